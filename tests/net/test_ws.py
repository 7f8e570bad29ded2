"""The WebSocket server against a client of this file's own."""

import base64
import hashlib
import os
import struct
import unittest

from support import Connection, Program

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Client(Connection):
    """Opens a WebSocket; the answer to the handshake is in `head`."""

    def __init__(self, port, path="/", headers=""):
        super().__init__(port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                  f"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                  f"Sec-WebSocket-Version: 13\r\n{headers}\r\n")
        self.head = self.read_until(b"\r\n\r\n").decode()
        if " 101 " in self.head:
            digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            assert f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n" in self.head

    @staticmethod
    def frame(opcode, payload, final=True, masked=True):
        data = payload.encode() if isinstance(payload, str) else payload
        head = bytes([(0x80 if final else 0) | opcode])
        bit = 0x80 if masked else 0
        if len(data) < 126:
            head += bytes([bit | len(data)])
        elif len(data) < 65536:
            head += bytes([bit | 126]) + struct.pack(">H", len(data))
        else:
            head += bytes([bit | 127]) + struct.pack(">Q", len(data))
        if not masked:
            return head + data
        mask = os.urandom(4)
        return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data))

    def say(self, text):
        self.send(self.frame(TEXT, text))

    def hear(self):
        """The next frame: opcode and payload."""
        first, second = self.read_exactly(2)
        assert second < 0x80, "masked by the server"
        length = second
        if length == 126:
            length = struct.unpack(">H", self.read_exactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self.read_exactly(8))[0]
        return first & 15, self.read_exactly(length)

    def hear_text(self):
        opcode, payload = self.hear()
        assert opcode == TEXT, (opcode, payload)
        return payload.decode()

    def hear_close(self):
        opcode, payload = self.hear()
        assert opcode == CLOSE, (opcode, payload)
        return struct.unpack(">H", payload[:2])[0] if payload else None


class WebSocket(unittest.TestCase):
    def setUp(self):
        self.program = Program("ws_server")
        self.port = self.program.port

    def tearDown(self):
        self.program.__exit__()

    def closed(self):
        return self.program.process.stdout.readline()

    def test_echo(self):
        with Client(self.port, "/x?y") as c:
            for text in ["hello", "", "h\u00e9 \U0001F600", "x" * 200, "y" * 100_000]:
                c.say(text)
                self.assertEqual(c.hear_text(), text)
            c.send(c.frame(TEXT, "in ", final=False) + c.frame(PING, "p") + c.frame(0, "pieces"))
            self.assertEqual(c.hear(), (PONG, b"p"))
            self.assertEqual(c.hear_text(), "in pieces")
            c.send(c.frame(PONG, "unasked"))
            c.say("binary")
            self.assertEqual(c.hear(), (BINARY, b"\x01\x02"))
            c.send(c.frame(CLOSE, struct.pack(">H", 1000) + b"bye"))
            self.assertEqual(c.hear_close(), 1000)
            self.assertEqual(c.read_all(), b"")
        self.assertEqual(self.closed(), "closed 1000 bye -1\n")

    def test_refusals(self):
        with Client(self.port, "/refused") as c:
            self.assertTrue(c.head.startswith("HTTP/1.1 403 Forbidden\r\n"), c.head)
        with Client(self.port, "/broken") as c:
            self.assertTrue(c.head.startswith("HTTP/1.1 500 "), c.head)
        self.program.wait_for_stderr("panicked: on_connect failed")
        with Connection(self.port) as c:
            c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = c.read_all()
            self.assertTrue(answer.startswith(b"HTTP/1.1 426 Upgrade Required\r\n"), answer)
            self.assertIn(b"Sec-WebSocket-Version: 13\r\n", answer)
        with Connection(self.port) as c:
            c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            self.assertTrue(c.read_all().startswith(b"HTTP/1.1 405 "))

    def test_protocol_errors(self):
        frame = Client.frame
        cases = [(frame(TEXT, "x", masked=False), 1002), (frame(3, "x"), 1002),
                 (frame(0, "x"), 1002), (frame(PING, "x" * 126), 1002),
                 (bytes([0xC1]), 1002), (frame(TEXT, b"\xff"), 1007),
                 (frame(TEXT, b"\xc3"), 1007), (frame(CLOSE, b"\x03"), 1002),
                 (frame(CLOSE, struct.pack(">H", 1005)), 1002),
                 (bytes([0x82, 0xFF]) + struct.pack(">Q", 1 << 40) + b"mask", 1009)]
        for data, code in cases:
            with Client(self.port) as c:
                c.send(data)
                self.assertEqual(c.hear_close(), code, data[:20])
                self.assertEqual(c.read_all(), b"")
            self.assertTrue(self.closed().startswith(f"closed {code} "))

    def test_own_close_and_panics(self):
        with Client(self.port) as c:
            c.say("close")
            self.assertEqual(c.hear_close(), 4001)
            c.send(c.frame(CLOSE, struct.pack(">H", 4001)))
            self.assertEqual(c.read_all(), b"")
        self.assertEqual(self.closed(), "closed 4001 as you wish -1\n")
        with Client(self.port) as c:
            c.say("panic")
            self.assertEqual(c.hear_close(), 1011)
            c.send(c.frame(CLOSE, struct.pack(">H", 1011)))
            self.assertEqual(c.read_all(), b"")
        self.program.wait_for_stderr("panicked: on_message failed")
        self.assertEqual(self.closed(), "closed 1011 internal error -1\n")

    def test_lost_connections(self):
        c = Client(self.port)
        c.say("x")
        c.hear()
        c.socket.close()
        self.assertEqual(self.closed(), "closed 1006 connection lost -1\n")

    def test_rooms(self):
        with Client(self.port, "/room/a", "X-Name: ann\r\n") as ann, \
                Client(self.port, "/room/a") as bob, Client(self.port, "/room/b") as eve:
            self.assertEqual(ann.hear_text(), "welcome to /room/a, ann")
            self.assertEqual(bob.hear_text(), "welcome to /room/a, you")
            eve.hear_text()
            eve.say("all: hi")
            self.assertEqual(eve.hear_text(), "2")
            self.assertEqual(ann.hear_text(), "all: hi")
            self.assertEqual(bob.hear_text(), "all: hi")
            ann.say("others: psst")
            self.assertEqual(ann.hear_text(), "1")
            self.assertEqual(bob.hear_text(), "others: psst")
            bob.say("leave")
            self.assertEqual(bob.hear_text(), "0 -1")
            bob.send(bob.frame(CLOSE, ""))
            self.assertIsNone(bob.hear_close())
            self.closed()
            eve.say("all: again")
            self.assertEqual(eve.hear_text(), "1")
            self.assertEqual(ann.hear_text(), "all: again")

    def test_many(self):
        clients = [Client(self.port, "/room/a") for _ in range(300)]
        for c in clients:
            c.hear_text()
        clients[0].say("all: x")
        for i, c in enumerate(clients):
            texts = {c.hear_text()} | ({c.hear_text()} if i == 0 else set())
            self.assertIn("all: x", texts)
        for c in clients:
            c.socket.close()

    def test_who_does_not_read_is_closed(self):
        with Client(self.port, "/room/a") as deaf, Client(self.port) as loud:
            deaf.hear_text()
            loud.say("x")
            loud.hear()
            text = "all:" + "z" * 100_000
            # The socket's buffers take some MB, the queue one more.
            for _ in range(300):
                loud.say(text)
                if loud.hear_text() == "0":
                    break
            else:
                self.fail("the queue is not bounded")
        # Both have ended by now, in whichever order.
        self.assertIn("closed 1013", [self.closed()[:11], self.closed()[:11]])


class WebSocketLife(unittest.TestCase):
    def test_stop(self):
        with Program("ws_server", {"TEST_MS": "300"}) as program:
            with Client(program.port) as c:
                c.say("x")
                c.hear_text()
                self.assertEqual(c.hear_close(), 1001)
                c.send(c.frame(CLOSE, struct.pack(">H", 1001)))
                self.assertEqual(c.read_all(), b"")
            code, out = program.finish()
            self.assertEqual(code, 0)
            self.assertEqual(out, "closed 1001 server stops -1\nstopped\n")


if __name__ == "__main__":
    unittest.main()
