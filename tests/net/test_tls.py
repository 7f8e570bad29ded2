"""HTTPS against curl, openssl s_client and Python's ssl."""

import ssl
import subprocess
import unittest

from support import Connection, Program, certificate


class Https(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cert, key = certificate()
        cls.program = Program("http_server", {"TEST_CERT": cls.cert, "TEST_KEY": key})
        cls.port = cls.program.port

    @classmethod
    def tearDownClass(cls):
        cls.program.__exit__()

    def curl(self, path, *options):
        return subprocess.run(["curl", "-s", "--cacert", self.cert, "--resolve",
                               f"localhost:{self.port}:127.0.0.1", *options,
                               f"https://localhost:{self.port}{path}"],
                              capture_output=True, timeout=30)

    def test_curl(self):
        self.assertEqual(self.curl("/hello").stdout, b"Hello, world\n")
        self.assertEqual(self.curl("/hello", "--tls-max", "1.2").stdout, b"Hello, world\n")
        self.assertEqual(len(self.curl("/big").stdout), 5_000_000)
        self.assertEqual(self.curl("/echo", "--data-binary", "x" * 100_000).stdout, b"x" * 100_000)
        self.assertNotEqual(self.curl("/hello", "--tls-max", "1.1", "--tlsv1.0").returncode, 0)

    def test_openssl(self):
        for version in ["-tls1_2", "-tls1_3"]:
            out = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}",
                                  "-CAfile", self.cert, "-verify_return_error", "-quiet",
                                  "-servername", "localhost", version],
                                 input=b"GET /hello HTTP/1.0\r\n\r\n", capture_output=True,
                                 timeout=30)
            self.assertIn(b"Hello, world\n", out.stdout, out.stderr)

    def test_alpn(self):
        context = ssl.create_default_context(cafile=self.cert)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with Connection(self.port, lambda s: context.wrap_socket(s, server_hostname="localhost")) as c:
            self.assertEqual(c.socket.selected_alpn_protocol(), "http/1.1")
            c.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertEqual(c.answer()[1], b"Hello, world\n")

    def test_records_that_come_together(self):
        context = ssl.create_default_context(cafile=self.cert)
        into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(into, out, server_hostname="localhost")
        with Connection(self.port) as c:
            def step(action):
                while True:
                    try:
                        return action()
                    except ssl.SSLWantReadError:
                        c.send(out.read())
                        into.write(c.socket.recv(65536))
            step(tls.do_handshake)
            for _ in range(20):
                # Three requests in records of their own, in one write.
                for i in range(3):
                    tls.write(f"GET /users/{i} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                c.send(out.read())
                text = b""
                while text.count(b"user|") < 3:
                    text += step(lambda: tls.read(65536))
                self.assertRegex(text, rb"(?s)user\|0.*user\|1.*user\|2$")

    def test_stalled_and_broken_handshakes_hold_nobody_up(self):
        stalled = [Connection(self.port) for _ in range(100)]
        broken = [Connection(self.port) for _ in range(20)]
        for connection in broken:
            connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.curl("/hello").stdout, b"Hello, world\n")
        for connection in broken:
            connection.read_all()
        # header_ms of the program is 1000: then the stalled are closed.
        for connection in stalled:
            self.assertEqual(connection.read_all(), b"")
            connection.socket.close()

    def test_files_that_do_not_fit(self):
        other = certificate("other.example")
        cases = [({"TEST_CERT": "/nonexistent.pem", "TEST_KEY": "/x"},
                  "cannot use certificate /nonexistent.pem: No such file or directory"),
                 ({"TEST_CERT": self.cert, "TEST_KEY": other[1]},
                  f"the key {other[1]} does not fit the certificate {self.cert}")]
        for environment, text in cases:
            with Program("http_server", environment, tells_port=False) as program:
                code, _ = program.finish()
                self.assertEqual(code, 101)
                self.assertIn(text, program.stderr)


if __name__ == "__main__":
    unittest.main()
