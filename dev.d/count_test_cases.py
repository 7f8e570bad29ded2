#!/usr/bin/env python3
"""Counts the test cases of one `bazel test` from its build events.

Usage: count_test_cases.py EVENTS.json, the file of --build_event_json_file. Names what failed and
ends with the line `N passed, N failed, N skipped`. A target that did not build, or that ended
without writing its cases, counts as one case.
"""

import json
import sys
import urllib.parse
import xml.etree.ElementTree


def read_events(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def result_of_case(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("result") in ("skipped", "suppressed"):
        return "skipped"
    if case.get("status") == "notrun":
        return "skipped"
    return "passed"


def cases_of_file(path):
    """Yields (name, result) for each test case of a test.xml; nothing when it has none."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return
    for case in root.iter("testcase"):
        name = ".".join(filter(None, [case.get("classname"), case.get("name")]))
        yield name, result_of_case(case)


def path_of_uri(uri):
    return urllib.parse.unquote(urllib.parse.urlparse(uri).path)


def cases_of_result(label, result):
    """Yields (name, result) for each test case of one run of a target."""
    ok = result.get("status") in ("PASSED", "FLAKY")
    cases = []
    for output in result.get("testActionOutput", []):
        if output.get("name") == "test.xml":
            cases = list(cases_of_file(path_of_uri(output["uri"])))
    if not cases:
        cases = [(result.get("status", "no status"), "passed" if ok else "failed")]
    elif not ok and all(result != "failed" for _, result in cases):
        # It crashed or ran out of time after its last finished case.
        cases.append((result.get("status", "no status"), "failed"))
    return [(f"{label} {name}", result) for name, result in cases]


def collect(events):
    """Returns (name, result) for every test case, and every target that did not build."""
    runs = {}  # (label, run, shard) -> cases of the last attempt
    unbuilt = []
    for event in events:
        identity = event.get("id", {})
        if "testResult" in event:
            key = identity["testResult"]
            run = (key["label"], key.get("run", 1), key.get("shard", 1))
            runs[run] = cases_of_result(key["label"], event["testResult"])
        elif "targetCompleted" in identity and not event.get("completed", {}).get("success"):
            unbuilt.append((identity["targetCompleted"]["label"] + " was not built", "failed"))
    return [case for cases in runs.values() for case in cases] + unbuilt


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, result in collect(read_events(sys.argv[1])):
        counts[result] += 1
        if result == "failed":
            print(f"FAILED {name}")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
