#!/usr/bin/env python3
"""Asserts which folder may know which, by the #include lines and the labels in BUILD files.

The tables below are the architecture: docs/architecture.md explains them.
"""

import os
import re
import unittest

# Inside snowc a folder may use those before it, and never one after it.
SNOWC = ["base", "diagnostics", "syntax", "format", "hir", "exhaustive", "resolve", "types", "package", "ir",
         "derive", "lower", "codegen", "link", "compile"]
# Users of the whole compiler, which know nothing of each other.
SNOWC_TOOLS = ["doc", "lsp", "repl"]

# Prefixes of paths that a folder may use, besides its own.
ALLOWED = {
    "driver": ["snowc/base", "snowc/diagnostics", "snowc/compile", "snowc/format", "snowc/doc",
               "snowc/lsp", "snowc/repl", "snowpkg"],
    "snowpkg": ["snowc/package"],
    "runtime": [],
    **{f"snowc/{name}": [f"snowc/{below}" for below in SNOWC[:at]] for at, name in enumerate(SNOWC)},
    **{f"snowc/{name}": [f"snowc/{below}" for below in SNOWC] for name in SNOWC_TOOLS},
}
# What generated code may call, and how values lie in memory; never the runtime's own code.
for KNOWS_ABI in ["package", "ir", "derive", "lower", "codegen", "link"]:
    ALLOWED[f"snowc/{KNOWS_ABI}"].append("runtime/abi")

# Derivation works on the concrete types that lowering makes (//snowc/lower:types, a target below both).
ALLOWED["snowc/derive"].append("snowc/lower")
# The library's sources are data of their tests.
for READS_LIBRARY in ["format", "types"]:
    ALLOWED[f"snowc/{READS_LIBRARY}"].append("stdlib")

PRODUCTS = ["driver", "snowc", "snowpkg", "runtime", "stdlib", "registry", "bazel"]
SOURCE = (".cc", ".h", ".def")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
# Labels of visibility lists point the other way and are left out.
LABEL = re.compile(r'"(?:@snow)?//([\w./-]+)(?::(?!__pkg__|__subpackages__)[\w./-]+)?"')
LLVM_MAY_BE_USED_IN = ("snowc/codegen/", "snowc/link/")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def workspace():
    # Below bazel-testlogs this file is a link to the source tree.
    return os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))


def files(root):
    for product in PRODUCTS:
        for folder, folders, names in os.walk(os.path.join(root, product)):
            folders.sort()
            for name in sorted(names):
                yield os.path.relpath(os.path.join(folder, name), root)


def is_below(path, prefix):
    return path == prefix or path.startswith(prefix + "/")


def room_of(path):
    """The key of ALLOWED that a file belongs to, or None."""
    parts = path.split("/")
    for room in ("/".join(parts[:2]), parts[0]):
        if room in ALLOWED:
            return room
    return None


def problem(user, used):
    """Why a file of ours may not use that path of ours; empty if it may."""
    if not any(is_below(used, product) for product in PRODUCTS):
        return ""
    room = room_of(user)
    if room is None:
        return f"{user}: no room of the architecture; add it to the tables of this test"
    if any(is_below(used, allowed) for allowed in [room, *ALLOWED[room]]):
        return ""
    return f"{user}: {room} must not know {used}"


def includes(root):
    """Yields (file, "<" or quote, included path)."""
    for path in files(root):
        if path.endswith(SOURCE):
            for bracket, included in INCLUDE.findall(read(os.path.join(root, path))):
                yield path, bracket, included


class DependencyArrows(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = workspace()

    def test_includes(self):
        found = [problem(path, included) for path, bracket, included in includes(self.root)
                 if bracket == '"']
        self.assertEqual([text for text in found if text], [])

    def test_labels_in_build_files(self):
        found = []
        for path in files(self.root):
            if os.path.basename(path) == "BUILD.bazel":
                labels = LABEL.findall(read(os.path.join(self.root, path)))
                found += [problem(path, label) for label in labels]
        self.assertEqual([text for text in found if text], [])

    def test_llvm_stays_in_its_rooms(self):
        found = [f"{path}: includes {included}" for path, _, included in includes(self.root)
                 if re.match(r"(llvm|llvm-c|lld)/", included)
                 and not (path.startswith(LLVM_MAY_BE_USED_IN) and path.endswith(".cc"))]
        self.assertEqual(found, [])

    def test_no_streams_in_headers(self):
        found = [path for path, _, included in includes(self.root)
                 if path.endswith(".h") and included == "iostream"]
        self.assertEqual(found, [])


class Rules(unittest.TestCase):
    """The rules themselves, so that an edit of the tables cannot turn them off unseen."""

    def test_downward_inside_the_compiler(self):
        self.assertEqual(problem("snowc/types/infer.cc", "snowc/syntax/tree.h"), "")
        self.assertEqual(problem("snowc/types/infer.cc", "snowc/types/unifier.h"), "")
        self.assertIn("must not know", problem("snowc/syntax/parser.cc", "snowc/types/unifier.h"))
        self.assertIn("must not know", problem("snowc/lsp/server.cc", "snowc/repl/repl.h"))

    def test_between_products(self):
        self.assertEqual(problem("driver/cmd_add.cc", "snowpkg/resolver/resolver.h"), "")
        self.assertEqual(problem("snowc/codegen/calls.cc", "runtime/abi/abi.def"), "")
        self.assertEqual(problem("snowpkg/publish/publish.cc", "snowc/package/interface.h"), "")
        for user, used in [("snowc/codegen/calls.cc", "runtime/actor/mailbox.h"),
                           ("snowc/types/infer.cc", "runtime/abi/abi.def"),
                           ("runtime/net/socket.cc", "snowc/base/result.h"),
                           ("snowpkg/manifest/manifest.cc", "snowc/syntax/tree.h"),
                           ("snowc/compile/compile.cc", "snowpkg/store/store.h"),
                           ("driver/main.cc", "snowc/types/unifier.h")]:
            self.assertIn("must not know", problem(user, used))

    def test_unknown_rooms_are_named(self):
        self.assertIn("no room", problem("snowc/magic/magic.cc", "snowc/base/result.h"))

    def test_labels(self):
        text = '"//a/b", "//a/b:c", "@snow//d", "//e:__pkg__", "//f:__subpackages__", "@llvm//:lld"'
        self.assertEqual(LABEL.findall(text), ["a/b", "a/b", "d"])


if __name__ == "__main__":
    unittest.main()
