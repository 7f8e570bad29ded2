"""The HTTP server against curl and raw sockets."""

import http.client
import subprocess
import threading
import unittest

from support import Connection, Program, free_port


def head_of(answer):
    return answer.split(b"\r\n\r\n", 1)[0].decode()


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.program = Program("http_server")
        cls.port = cls.program.port

    @classmethod
    def tearDownClass(cls):
        cls.program.__exit__()

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text, response

    def get(self, path):
        status, text, _ = self.ask("GET", path)
        self.assertEqual(status, 200, text)
        return text

    def test_routes(self):
        self.assertEqual(self.get("/hello"), "Hello, world\n")
        self.assertEqual(self.get("/"), "root")
        self.assertEqual(self.get("/users/me"), "me")
        self.assertEqual(self.get("/users/7"), "user|7")
        self.assertEqual(self.get("/users/a%2Fb%20c"), "user|a/b c")
        self.assertEqual(self.get("/users/ann/posts/3"), "GET|ann|3")
        self.assertEqual(self.ask("POST", "/users/ann/posts/3")[1], "POST|ann|3")
        self.assertEqual(self.get("/static/a/b%20c.txt"), "static|a/b c.txt")
        self.assertEqual(self.get("/caf%C3%A9"), "accent")
        self.assertEqual(self.ask("DELETE", "/method")[1], "delete")
        self.assertEqual(self.ask("PUT", "/method", "x")[1], "put")
        for path in ["/nope", "/hello/", "/users/", "/users/7/posts", "/HELLO"]:
            self.assertEqual(self.ask("GET", path)[0], 404, path)

    def test_methods(self):
        status, text, response = self.ask("POST", "/hello", "x")
        self.assertEqual((status, text), (405, "Method Not Allowed"))
        self.assertEqual(response.getheader("Allow"), "GET, HEAD")
        self.assertEqual(self.ask("GET", "/method")[2].getheader("Allow"), "PUT, DELETE")
        status, text, response = self.ask("HEAD", "/hello")
        self.assertEqual((status, text), (200, ""))
        self.assertEqual(response.getheader("Content-Length"), "13")

    def test_request(self):
        self.assertEqual(self.get("/query?q=a%20b+c&x"), "a b c|-|q=a%20b+c&x")
        headers = {"X-One": "1", "Cookie": "a=1; b=2"}
        self.assertEqual(self.ask("GET", "/headers", None, headers)[1], "1|-|2")
        status, text, response = self.ask("POST", "/echo", "h\u00e9llo".encode())
        self.assertEqual((status, text), (201, "h\u00e9llo"))
        self.assertEqual(response.getheader("Content-Type"), "text/x-echo")
        self.assertEqual(self.ask("POST", "/form", "a+b=c%20d")[1], "c d")
        self.assertRegex(self.get("/peer"), r"^127\.0\.0\.1:\d+$")

    def test_middleware(self):
        _, _, response = self.ask("GET", "/hello")
        self.assertEqual(response.getheader("X-Outer"), "/hello")
        self.assertEqual(response.getheader("X-Inner"), "1")
        status, _, response = self.ask("GET", "/blocked")
        self.assertEqual(status, 403)
        self.assertEqual(response.getheader("X-Outer"), "/blocked")
        self.assertIsNone(response.getheader("X-Inner"))
        self.assertEqual(self.ask("GET", "/nope")[2].getheader("X-Inner"), "1")

    def test_panics_are_500_and_others_go_on(self):
        with Connection(self.port) as connection:
            for _ in range(3):
                connection.send("GET /boom HTTP/1.1\r\nHost: x\r\n\r\n")
                head, body = connection.answer()
                self.assertTrue(head.startswith("HTTP/1.1 500 Internal Server Error\r\n"), head)
                self.assertEqual(body, b"Internal Server Error")
                connection.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(connection.answer()[1], b"Hello, world\n")
        self.program.wait_for_stderr("panicked: the handler failed\n  in GET /boom\n")
        self.assertEqual(self.ask("GET", "/range")[0], 500)
        self.program.wait_for_stderr("index 7 out of range for length 3")

    def test_headers_cannot_be_split(self):
        _, _, response = self.ask("GET", "/evil")
        self.assertIsNone(response.getheader("X-Injected"))
        self.assertIsNone(response.getheader("X-A"))
        self.assertEqual(response.getheader("X-Fine"), "yes")

    def test_large_answers(self):
        self.assertEqual(len(self.get("/big")), 5_000_000)
        out = subprocess.run(["curl", "-s", f"http://127.0.0.1:{self.port}/big"],
                             capture_output=True, timeout=30, check=True).stdout
        self.assertEqual(out, b"0123456789" * 500_000)

    def test_curl_sends_large_bodies(self):
        body = b"x" * 3_000_000
        for extra in [[], ["-H", "Transfer-Encoding: chunked"]]:
            out = subprocess.run(["curl", "-s", "--data-binary", "@-", *extra,
                                  f"http://127.0.0.1:{self.port}/echo"], input=body,
                                 capture_output=True, timeout=30, check=True).stdout
            self.assertEqual(out, body)

    def refused(self, request, status):
        with Connection(self.port) as connection:
            connection.send(request)
            answer = connection.read_all()
            self.assertTrue(head_of(answer).startswith(f"HTTP/1.1 {status} "), answer[:200])
            self.assertIn(b"Connection: close\r\n", answer)

    def test_what_could_smuggle_is_refused(self):
        host = "Host: x\r\n"
        self.refused(f"POST /echo HTTP/1.1\r\n{host}Content-Length: 5\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)
        self.refused(f"POST /echo HTTP/1.1\r\n{host}Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400)
        self.refused(f"POST /echo HTTP/1.1\r\n{host}Content-Length: +5\r\n\r\nhello", 400)
        self.refused(f"POST /echo HTTP/1.1\r\n{host}Transfer-Encoding: chunked, identity\r\n\r\n", 501)
        self.refused(f"POST /echo HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n5\nhello", 400)
        self.refused(f"GET /hello HTTP/1.1\r\n{host}X: a\r\n b\r\n\r\n", 400)
        self.refused(f"GET /hello HTTP/1.1\r\n{host}X: a\rb\r\n\r\n", 400)
        self.refused("GET /hello HTTP/1.1\r\n\r\n", 400)
        self.refused("GET /hello HTTP/1.1\nHost: x\n\n", 400)
        self.refused(f"GET /static/../hello HTTP/1.1\r\n{host}\r\n", 400)
        self.refused(f"GET /static/%2e%2e/hello HTTP/1.1\r\n{host}\r\n", 400)
        self.refused(f"GET /hello HTTP/2.0\r\n{host}\r\n", 505)
        self.refused(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400)

    def test_limits(self):
        host = "Host: x\r\n"
        self.refused(f"POST /echo HTTP/1.1\r\n{host}Content-Length: 8388609\r\n\r\n", 413)
        self.refused(f"GET /hello HTTP/1.1\r\n{host}X: {'a' * 70000}\r\n\r\n", 431)
        self.refused(f"GET /{'a' * 70000}", 414)
        # header_ms of the program is 1000
        self.refused("GET /hello HTTP/1.1\r\nHo", 408)

    def test_pipelining(self):
        with Connection(self.port) as connection:
            count = 300
            thread = threading.Thread(target=connection.send, args=(
                "".join(f"GET /users/{i} HTTP/1.1\r\nHost: x\r\n\r\n" for i in range(count)),))
            thread.start()
            for i in range(count):
                self.assertEqual(connection.answer()[1], f"user|{i}".encode())
            thread.join()

    def test_http_1_0(self):
        with Connection(self.port) as connection:
            connection.send("GET /hello HTTP/1.0\r\n\r\n")
            answer = connection.read_all()
            self.assertTrue(answer.endswith(b"Hello, world\n"))
        with Connection(self.port) as connection:
            connection.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            self.assertIn("Connection: keep-alive", connection.answer()[0])

    def test_slow_handlers_hold_nobody_up(self):
        slow = [Connection(self.port) for _ in range(50)]
        for connection in slow:
            connection.send("GET /slow?ms=300 HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.get("/hello"), "Hello, world\n")
        for connection in slow:
            self.assertEqual(connection.answer()[1], b"slept")
            connection.socket.close()


class HttpLife(unittest.TestCase):
    def test_stop(self):
        with Program("http_server") as program:
            with Connection(program.port) as idle, Connection(program.port) as slow:
                idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                idle.answer()
                slow.send("GET /slow?ms=200 HTTP/1.1\r\nHost: x\r\n\r\n")
                # Answered after the request above has begun: the two are on one worker's queue.
                with Connection(program.port) as last:
                    last.send("POST /stop HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                    last.read_all()
                self.assertEqual(idle.read_all(), b"")
                slow.read_all()
            code, out = program.finish()
            self.assertEqual((code, out), (0, "stopped\n"))

    def test_serve_says_where(self):
        port = free_port()
        with Program("serve", {"TEST_PORT": str(port)}, tells_port=False) as program:
            program.wait_for_stderr(f"HTTP server listening on 0.0.0.0:{port}\n")
            with Connection(port) as connection:
                connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(connection.answer()[1], b"served")
            # A second one does not get the port.
            with Program("serve", {"TEST_PORT": str(port)}, tells_port=False) as second:
                code, _ = second.finish()
                self.assertEqual(code, 101)
                self.assertIn(f"panic: cannot listen on 0.0.0.0:{port}: Address already in use",
                              second.stderr)
            program.process.terminate()
            code, _ = program.finish()
            self.assertEqual(code, 128 + 15)

    def test_one_worker_serves_many(self):
        with Program("http_server", {"SNOW_WORKERS": "1"}) as program:
            stalled = [Connection(program.port) for _ in range(300)]
            for connection in stalled:
                connection.send("GET /hello HTTP/1.1\r\n")
            with Connection(program.port) as connection:
                connection.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(connection.answer()[1], b"Hello, world\n")
            for connection in stalled:
                connection.send("Host: x\r\n\r\n")
                self.assertEqual(connection.answer()[1], b"Hello, world\n")
                connection.socket.close()


if __name__ == "__main__":
    unittest.main()
