"""The HTTP client against a server of Python, and against what is no server."""

import http.server
import socketserver
import ssl
import threading
import unittest

from support import certificate, free_port, run


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = []

    def answer(self, status, text, headers=()):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.seen.append((self.command, self.path))
        if self.path == "/ok":
            self.answer(200, "fine", [("X-Name", "n")])
        elif self.path == "/echo":
            sent = self.headers.get("X-Sent") or "-"
            self.answer(200, f"{self.command} {sent} {self.headers['Content-Type']} {body}")
        elif self.path == "/redirect":
            self.answer(302, "elsewhere", [("Location", "/ok")])
        elif self.path == "/status/404":
            self.answer(404, "nothing")
        elif self.path in ("/slow", "/hang"):
            self.server.released.wait(20)
            self.close_connection = True
        elif self.path == "/broken":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            self.close_connection = True
        else:
            self.answer(404, "no such page")

    do_GET = do_POST = do_PATCH = do_HEAD = do_any

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def handle_error(self, *_):
        pass


class Client(unittest.TestCase):
    def test_client(self):
        server = Server(("127.0.0.1", 0), Handler)
        server.released = threading.Event()
        tls = Server(("127.0.0.1", 0), Handler)
        tls.released = server.released
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate())
        tls.socket = context.wrap_socket(tls.socket, server_side=True)
        for one in (server, tls):
            threading.Thread(target=one.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        refused = free_port()
        try:
            code, out, err = run("client", {
                "TEST_URL": base, "TEST_REFUSED": str(refused),
                "TEST_TLS_URL": f"https://localhost:{tls.server_port}/ok", "no_proxy": "*"})
        finally:
            server.released.set()
            for one in (server, tls):
                one.shutdown()
                one.server_close()
        self.assertEqual(out.splitlines(), [
            "Ok(fine)",
            "Err(HTTP 404: no such page)",
            "Ok(POST - text/plain; charset=utf-8 h\u00e9)",
            f"Err(http://127.0.0.1:{refused}/x: Connection refused)",
            "404 - nothing",
            "200 - PATCH 1 text/plain; charset=utf-8 patched",
            "200 n fine",
            "200 n ",
            "bad url", "resolve", "timeout", "broken", "bad url", "tls",
            "100",
            "end",
        ], err)
        self.assertEqual((code, err), (0, ""))


if __name__ == "__main__":
    unittest.main()
