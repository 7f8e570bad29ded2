"""SQLite, and PostgreSQL with a real server."""

import os
import subprocess
import tempfile
import unittest

from support import LIMIT, Program, certificate, postgres, postgres_programs, run


class Sqlite(unittest.TestCase):
    def test_sqlite(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "test.db")
            code, out, err = run("sqlite", {"TEST_FILE": path})
            self.assertEqual(out.splitlines(), [
                "inner fails", "1", "2",
                "UNIQUE constraint failed: t.a", "2",
                "1", "3",
                "100", "[%{n => 100}]",
                'near "nonsense": syntax error',
                "/nonexistent/x.db: unable to open database file",
                "the connection is closed",
            ], err)
            self.assertEqual(code, 0)
            # What other programs see.
            out = subprocess.run(["sqlite3", path, "PRAGMA integrity_check; PRAGMA journal_mode;"],
                                 capture_output=True, text=True, timeout=LIMIT, check=True).stdout
            self.assertEqual(out, "ok\nwal\n")


@unittest.skipIf(postgres_programs() is None, "PostgreSQL is not installed")
class Postgres(unittest.TestCase):
    def test_pg(self):
        code, out, err = run("pg", {"TEST_PG_URL": postgres().url()})
        self.assertEqual(out.splitlines(), [
            "2",
            "[%{id => 1, owner => ann, note => }, %{id => 2, owner => bob, note => n}]",
            'column "nonsense" does not exist',
            'duplicate key value violates unique constraint "account_pkey"',
            "[%{as is => a 'b' \\, n => 42}]",
            "inner: inner fails", "1 4",
            'duplicate key value violates unique constraint "account_pkey", 4',
            "in the middle, 4", "4",
            "cancelled",
            "50", "true true", "1",
            "terminating connection due to administrator command",
            "no connection to the server",
            "[%{one => 1}]",
            "pool closed",
            "the connection is closed",
            'connection to server at "127.0.0.1", port 1 failed: Connection refused Is the server '
            "running on that host and accepting TCP/IP connections?",
        ], err)
        self.assertEqual(code, 0)

    def connect(self, url):
        code, out, err = run("pg_connect", {"TEST_PG_URL": url})
        self.assertEqual(code, 0, err)
        return out.strip()

    def test_sslmodes(self):
        server = postgres()
        server.sql("drop role if exists tlsonly, clearonly, secret; create role tlsonly login; "
                   "create role clearonly login; create role secret login password 'pass word'")
        cert, _ = certificate()
        connect = self.connect
        # A server that takes either: 'ssl' of pg_stat_ssl tells which it was.
        self.assertEqual(connect(server.url()), "t")
        self.assertEqual(connect(server.url(options="?sslmode=disable")), "f")
        self.assertEqual(connect(server.url(options="?sslmode=allow")), "f")
        self.assertEqual(connect(server.url(options="?sslmode=prefer")), "t")
        self.assertEqual(connect(server.url(options="?sslmode=require")), "t")
        self.assertEqual(connect(server.url("tlsonly", options="?sslmode=allow")), "t")
        self.assertEqual(connect(server.url("clearonly", options="?sslmode=prefer")), "f")
        self.assertIn("no pg_hba.conf entry", connect(server.url("tlsonly", options="?sslmode=disable")))
        self.assertIn("no pg_hba.conf entry", connect(server.url("clearonly", options="?sslmode=require")))
        # The certificate is for localhost and signed by itself.
        full = f"?sslmode=verify-full&sslrootcert={cert}"
        named = server.url(options=full).replace("127.0.0.1", "localhost")
        self.assertEqual(connect(named), "t")
        self.assertIn("does not match host name", connect(server.url(options=full)))
        self.assertEqual(connect(server.url(options=f"?sslmode=verify-ca&sslrootcert={cert}")), "t")
        other, _ = certificate("other.example")
        self.assertIn("certificate verify failed",
                      connect(server.url(options=f"?sslmode=verify-ca&sslrootcert={other}")))
        # Passwords
        self.assertEqual(connect(server.url("secret", "pass%20word")), "t")
        self.assertIn("password authentication failed", connect(server.url("secret", "wrong")))
        self.assertIn("database \"nope\" does not exist", connect(server.url().replace("/postgres", "/nope")))
        self.assertIn("bad database URL", connect("postgres://x?y=z"))
        self.assertEqual(connect("postgres://snow@name.invalid/x").split(":")[0],
                         "cannot resolve name.invalid")

    def test_server_that_dies(self):
        server = postgres()
        with Program("pg_dies", {"TEST_PG_URL": server.url()}, tells_port=False) as program:
            self.assertEqual(program.process.stdout.readline(), "in transaction\n")
            server.kill()
            try:
                lines = [program.process.stdout.readline() for _ in range(3)]
            finally:
                server.start()
            self.assertNotEqual(lines[0], "no error\n")
            self.assertNotEqual(lines[1], "no error\n")
            self.assertEqual(lines[2], "waiting\n")
            code, out = program.finish()
            self.assertEqual((code, out), (0, "back: 0\n"), program.stderr)

    def test_slow_queries_hold_nobody_up(self):
        code, out, err = run("pg_slow", {"TEST_PG_URL": postgres().url(), "SNOW_WORKERS": "1"})
        self.assertEqual((code, out), (0, "others went on\n20\n"), err)


if __name__ == "__main__":
    unittest.main()
