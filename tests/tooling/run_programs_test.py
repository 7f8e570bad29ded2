#!/usr/bin/env python3
"""Tests of tests/run_programs against a stand-in for the snow command."""

import os
import subprocess
import tempfile
import unittest

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "run_programs")

# Does what the line `# fake VERB: SCRIPT` of the case says.
FAKE_SNOW = r"""#!/bin/bash
file=$2
if [[ -d $file ]]; then file=$file/main.snow; fi
script=$(sed -n "s/^# fake $1: //p" "$file" | tr -d '\r')
path=$2
eval "$script"
"""


class RunPrograms(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = temporary.name
        self.snow = os.path.join(self.root, "snow")
        with open(self.snow, "w", encoding="utf-8") as file:
            file.write(FAKE_SNOW)
        os.chmod(self.snow, 0o755)
        self.cases = os.path.join(self.root, "cases")
        os.mkdir(self.cases)

    def write(self, name, *lines, end="\n"):
        path = os.path.join(self.cases, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write("".join(line + end for line in lines))
        return path

    def read(self, name):
        with open(os.path.join(self.cases, name), encoding="utf-8", newline="") as file:
            return file.read()

    def run_cases(self, *arguments):
        done = subprocess.run([RUNNER, "--snow", self.snow, *arguments, self.cases],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout

    def expect(self, last_line, *texts, arguments=()):
        code, output = self.run_cases(*arguments)
        self.assertEqual(output.rstrip("\n").split("\n")[-1], last_line, output)
        self.assertEqual(code, 0 if " 0 failed" in last_line else 1)
        for text in texts:
            self.assertIn(text, output)

    def test_run_with_output_and_input(self):
        self.write("a.snow", "# case: run", "# expect:", "#| hello", "#|", "#|  in", "#<  in",
                   "# fake run: echo hello; echo; cat")
        self.expect("1 passed, 0 failed, 0 skipped")

    def test_wrong_output_is_shown(self):
        self.write("a.snow", "# case: run", "# expect:", "#| hello", "# fake run: echo bye >&1")
        self.expect("0 passed, 1 failed, 0 skipped", "FAILED cases/a (run)", "-hello", "+bye")

    def test_exit_codes(self):
        self.write("a.snow", "# case: run exit=3", "# expect:", "# fake run: exit 3")
        self.write("b.snow", "# case: panic", "# stderr-contains: boom",
                   "# fake run: echo boom >&2; exit 101")
        self.write("c.snow", "# case: panic", "# fake run: exit 1")
        self.write("d.snow", "# case: panic", "# stderr-contains: boom", "# fake run: exit 101")
        self.expect("2 passed, 2 failed, 0 skipped", "exit code 1, expected 101",
                    "stderr does not contain: boom")

    def test_reject(self):
        self.write("a.snow", "# case: reject E001x", "# fake check: echo 'error[E0012]' >&2; exit 1")
        self.write("b.snow", "# case: reject E0013", "# fake check: echo 'error[E0012]'; exit 1")
        self.write("c.snow", "# case: reject", "# fake check: true")
        self.write("d.snow", "# case: reject", "# fake check: exit 139")
        self.write("e.snow", "# case: reject", "# fake check: exit 1")
        self.expect("1 passed, 4 failed, 0 skipped", "E0013 was not printed",
                    "accepted, but it must be rejected", "the compiler crashed (exit code 139)",
                    "rejected without a message")

    def test_warn_runs_too(self):
        self.write("a.snow", "# case: warn W0001", "# expect:", "#| x", "# fake run: echo x",
                   "# fake check: echo W0001")
        self.write("b.snow", "# case: warn W0001", "# expect:", "#| x", "# fake run: echo y",
                   "# fake check: echo W0001")
        self.write("c.snow", "# case: warn W0001", "# fake check: echo W0001; exit 1")
        self.expect("1 passed, 2 failed, 0 skipped", "+y", "expected only a warning")

    def test_messages_do_not_depend_on_the_folder(self):
        self.write("a.snow", "# case: reject E0001", "# fake check: echo \"$path:1: E0001\"; exit 1",
                   "# messages:", "#! a.snow:1: E0001")
        self.expect("1 passed, 0 failed, 0 skipped")

    def test_folder_case_gets_the_folder(self):
        self.write("f/EXPECT", "# case: run", "# expect:", "#| main.snow")
        self.write("f/main.snow", "# fake run: cd $path; echo main.*")
        self.write("f/other.snow", "# no case of its own")
        self.expect("1 passed, 0 failed, 0 skipped")

    def test_every_case_runs_in_an_empty_folder(self):
        for name in ("a.snow", "b.snow"):
            self.write(name, "# case: run", "# expect:", "# fake run: ls -A; touch x")
        self.expect("2 passed, 0 failed, 0 skipped")

    def test_time_limit(self):
        self.write("a.snow", "# case: run", "# expect:", "# fake run: sleep 1000 & wait")
        self.expect("0 passed, 1 failed, 0 skipped", "no end within 0.2 s",
                    arguments=("--seconds-max", "0.2"))

    def test_format(self):
        self.write("changed.snow", "# case: fmt", "# fake fmt: echo formatted > $path")
        self.write("changed.formatted", "formatted")
        self.write("different.snow", "# case: fmt", "# fake fmt: echo x > $path")
        self.write("different.formatted", "y")
        self.write("missing.snow", "# case: fmt", "# fake fmt: true")
        self.write("restless.snow", "# case: fmt", "# fake fmt: echo x >> $path")
        self.write("restless.formatted", "# case: fmt", "# fake fmt: echo x >> $path", "x")
        self.expect("1 passed, 3 failed, 0 skipped", "missing.formatted is missing",
                    "after the second formatting", "+x")

    def test_update(self):
        self.write("a.snow", "# before", "# case: run", "# expect:", "#| old", "#| older", "after",
                   "# fake run: echo new; echo; echo newer")
        self.write("b.snow", "# case: run", "# expect:", "# fake run: echo new", end="\r\n")
        self.write("c.snow", "# case: reject", "# fake check: echo no; exit 1", "# messages:")
        self.write("d.snow", "# case: fmt", "# fake fmt: true")
        self.expect("4 passed, 0 failed, 0 skipped", arguments=("--update",))
        self.assertEqual(self.read("a.snow"), "# before\n# case: run\n# expect:\n#| new\n#|\n#| newer\n"
                         "after\n# fake run: echo new; echo; echo newer\n")
        self.assertEqual(self.read("b.snow"),
                         "# case: run\r\n# expect:\r\n#| new\r\n# fake run: echo new\r\n")
        self.assertTrue(self.read("c.snow").endswith("# messages:\n#! no\n"))
        self.assertEqual(self.read("d.formatted"), self.read("d.snow"))

    def test_update_does_not_hide_a_failure(self):
        path = self.write("a.snow", "# case: run", "# expect:", "# fake run: echo x; exit 1")
        self.expect("0 passed, 1 failed, 0 skipped", arguments=("--update",))
        self.assertNotIn("#| x", self.read(os.path.basename(path)))

    def test_skip_and_invalid_headers(self):
        self.write("a.snow", "# case: run", "# expect:", "# skip: not now")
        self.write("b.snow", "# case: walk")
        self.write("c.snow", "# nothing")
        self.write("d.snow", "# case: run")
        self.write("e.snow", "# case: reject E12")
        self.expect("0 passed, 4 failed, 1 skipped", "skipped cases/a: not now", "no '# case:' line",
                    "unknown '# case: walk'", "a run case needs '# expect:'", "unknown word 'E12'")

    def test_no_case_is_a_failure(self):
        code, output = self.run_cases()
        self.assertEqual(code, 1)
        self.assertTrue(output.endswith("0 passed, 0 failed, 0 skipped\n"))


if __name__ == "__main__":
    unittest.main()
