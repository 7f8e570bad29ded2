#!/usr/bin/env python3
"""Tests of dev.d/count_test_cases.py."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

COUNTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "dev.d",
                       "count_test_cases.py")

GOOGLE_TEST = """<?xml version="1.0"?><testsuites><testsuite name="Lexer">
<testcase name="Numbers" classname="Lexer" status="run" result="completed"/>
<testcase name="Later" classname="Lexer" status="notrun" result="suppressed"/>
%s
</testsuite></testsuites>"""
FAILURE = '<testcase name="Names" classname="Lexer" status="run"><failure message="no"/></testcase>'


class CountTestCases(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = temporary.name
        self.events = []

    def add_result(self, label, status, xml=None, attempt=1, shard=1):
        outputs = [{"name": "test.log", "uri": "file:///nowhere"}]
        if xml is not None:
            path = os.path.join(self.root, f"test {len(self.events)}.xml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(xml)
            outputs.append({"name": "test.xml", "uri": "file://" + path.replace(" ", "%20")})
        key = {"label": label, "run": 1, "shard": shard, "attempt": attempt}
        self.events.append({"id": {"testResult": key},
                            "testResult": {"status": status, "testActionOutput": outputs}})

    def add_target(self, label, success):
        self.events.append({"id": {"targetCompleted": {"label": label}},
                            "completed": {"success": True} if success else {}})

    def expect(self, last_line, *texts):
        path = os.path.join(self.root, "events.json")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(event) + "\n" for event in self.events)
        done = subprocess.run([sys.executable, COUNTER, path], stdout=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual(done.stdout.rstrip("\n").split("\n")[-1], last_line)
        self.assertEqual(done.returncode, 0 if " 0 failed" in last_line else 1)
        for text in texts:
            self.assertIn(text, done.stdout)

    def test_cases_of_google_test(self):
        self.add_result("//a:a_test", "PASSED", GOOGLE_TEST % "")
        self.add_result("//b:b_test", "FAILED", GOOGLE_TEST % FAILURE)
        self.expect("2 passed, 1 failed, 2 skipped", "FAILED //b:b_test Lexer.Names")

    def test_test_without_cases_counts_once(self):
        self.add_result("//a:a_test", "PASSED")
        self.add_result("//b:b_test", "FAILED")
        self.add_result("//c:c_test", "PASSED", "<testsuites/>")
        self.expect("2 passed, 1 failed, 0 skipped")

    def test_crash_after_passing_cases(self):
        self.add_result("//a:a_test", "TIMEOUT", GOOGLE_TEST % "")
        self.expect("1 passed, 1 failed, 1 skipped", "FAILED //a:a_test TIMEOUT")

    def test_broken_xml(self):
        self.add_result("//a:a_test", "FAILED", "<testsuites>")
        self.expect("0 passed, 1 failed, 0 skipped")

    def test_last_attempt_counts(self):
        self.add_result("//a:a_test", "FAILED", GOOGLE_TEST % FAILURE, attempt=1)
        self.add_result("//a:a_test", "FLAKY", GOOGLE_TEST % "", attempt=2)
        self.expect("1 passed, 0 failed, 1 skipped")

    def test_shards_add_up(self):
        self.add_result("//a:a_test", "PASSED", GOOGLE_TEST % "", shard=1)
        self.add_result("//a:a_test", "PASSED", GOOGLE_TEST % "", shard=2)
        self.expect("2 passed, 0 failed, 2 skipped")

    def test_target_that_did_not_build(self):
        self.add_target("//a:a", True)
        self.add_target("//b:b", False)
        self.expect("0 passed, 1 failed, 0 skipped", "FAILED //b:b was not built")


if __name__ == "__main__":
    unittest.main()
