"""A registry that is killed at any moment: each publication is there as a whole, or not at all."""

import base64
import hashlib
import http.client
import json
import os
import random
import threading
import urllib.error
import urllib.request

from support import RegistryTest, Server

ROUNDS = 8


def draft(number, size):
    archive = random.Random(number).randbytes(size)
    return json.dumps({
        "name": "many", "vers": f"1.0.{number}", "deps": [],
        "cksum": "sha256:" + hashlib.sha256(archive).hexdigest(), "size": len(archive),
        "capabilities": [], "archive": base64.b64encode(archive).decode(),
    }).encode()


def publish(url, token, number, size=200_000):
    """The status, or None when the connection broke."""
    request = urllib.request.Request(url + "/api/v1/publish", data=draft(number, size), method="POST",
                                     headers={"Authorization": "Bearer " + token})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, http.client.HTTPException):
        return None


def get(url, path):
    with urllib.request.urlopen(f"{url}/{path}", timeout=60) as answer:
        return answer.read()


def root_of(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


class Crash(RegistryTest):
    def check(self, url, promised):
        """The tree is whole, and holds all that was promised."""
        lines = get(url, "index/ma/many").split(b"\n")[:-1]
        events = [json.loads(line) for line in lines]
        self.assertEqual([event["log"] for event in events], list(range(len(events))))
        versions = [event["vers"] for event in events]
        self.assertEqual(len(set(versions)), len(versions))
        self.assertLessEqual(promised, set(versions))
        note = get(url, "log/checkpoint").decode().split("\n")
        self.assertEqual(int(note[1]), len(lines))
        self.assertEqual(base64.b64decode(note[2]), root_of(lines))
        for event in events:
            digest = event["cksum"].removeprefix("sha256:")
            archive = get(url, f"archives/{digest[:2]}/{digest}.tar.zst")
            self.assertEqual(hashlib.sha256(archive).hexdigest(), digest)
        # Nothing else lies about.
        archives = [name for _, _, names in os.walk(os.path.join(self.data, "public/archives"))
                    for name in names]
        self.assertEqual(len(archives), len(events))
        return versions

    def test_kill_in_the_middle_of_publishing(self):
        token = self.token()
        server = self.serve(options=["--max-writes", "1000000"])
        self.assertEqual(publish(server.url, token, 0), 200)
        promised = {"1.0.0"}
        number = 1
        for seed in range(ROUNDS):
            # The registry is killed by another thread after a random number of milliseconds of
            # publishing without a pause, so that it falls into any step.
            killer = threading.Timer(random.Random(seed).uniform(0.02, 0.2), server.process.kill)
            killer.start()
            while True:
                status = publish(server.url, token, number)
                if status == 200:
                    promised.add(f"1.0.{number}")
                number += 1
                if status is None:
                    break
                self.assertEqual(status, 200)
            killer.join()
            server.kill()
            server = self.serve(options=["--max-writes", "1000000"])
            versions = self.check(server.url, promised)
            # What the crash has decided stays: published again, it is a conflict exactly if it is
            # there.
            last = f"1.0.{number - 1}"
            expected = 409 if last in versions else 200
            self.assertEqual(publish(server.url, token, number - 1), expected)
            promised.add(last)
        self.check(server.url, promised)

    def test_files_that_were_lost_are_made_again(self):
        token = self.token()
        server = self.serve()
        for number in range(3):
            self.assertEqual(publish(server.url, token, number), 200)
        server.kill()
        for path in ["index/ma/many", "log/checkpoint", "log/tile/0/000.p/3"]:
            os.remove(os.path.join(self.data, "public", path))
        server = self.serve()
        self.assertEqual(len(self.check(server.url, {"1.0.0", "1.0.1", "1.0.2"})), 3)

    def test_a_full_disk_loses_nothing(self):
        token = self.token()
        server = self.serve(most_file_bytes=1_000_000)
        self.assertEqual(publish(server.url, token, 0), 200)
        self.assertEqual(publish(server.url, token, 1, 2_000_000), 500)
        self.assertEqual(publish(server.url, token, 2), 200)
        server.kill()
        server = self.serve()
        self.assertEqual(self.check(server.url, {"1.0.0", "1.0.2"}), ["1.0.0", "1.0.2"])
        self.assertEqual(publish(server.url, token, 1, 2_000_000), 200)

    def test_one_registry_a_folder(self):
        self.serve()
        with self.assertRaises(AssertionError):
            Server(self.data)

    def test_bad_bodies(self):
        token = self.token()
        server = self.serve()
        for body in [b"", b"{", b"\xff\xfe", b"[1]", b"{" * 100_000, b'"' * 10, b"null"]:
            request = urllib.request.Request(
                server.url + "/api/v1/publish", data=body, method="POST",
                headers={"Authorization": "Bearer " + token})
            with self.assertRaises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(request, timeout=60)
            with raised.exception as error:
                self.assertEqual(error.code, 400, body[:20])
                self.assertIn("error", json.loads(error.read()))
        self.assertEqual(publish(server.url, token, 0), 200)
