"""Repositories that Bazel's own part of every WORKSPACE would download.

A declaration made before wins, so these point to Debian's packages or to small stand-ins, and a
workspace that declares its own first keeps it.
"""

_DEBIAN = {
    "bazel_skylib": "tools/skylib",
    "platforms": "tools/platforms",
    "rules_java": "rules/java",
    "rules_proto": "rules/proto",
}

_RULES_CC = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_alias",
    "cc_toolchain_suite",
]

_COVERAGE = """filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
"""

def _files_impl(rctx):
    for path, text in rctx.attr.files.items():
        rctx.file(path, text, executable = False)

_files = repository_rule(
    implementation = _files_impl,
    attrs = {"files": attr.string_dict()},
)

def offline_repositories():
    """Declares the repositories that Bazel expects to exist."""
    existing = native.existing_rules()
    for name, folder in _DEBIAN.items():
        if name not in existing:
            native.local_repository(name = name, path = "/usr/share/bazel/" + folder)
    if "rules_cc" not in existing:
        _files(
            name = "rules_cc",
            files = {
                "BUILD.bazel": "",
                "WORKSPACE": "",
                "cc/BUILD.bazel": "",
                "cc/defs.bzl": "".join(["{0} = native.{0}\n".format(rule) for rule in _RULES_CC]),
            },
        )
    if "remote_coverage_tools" not in existing:
        _files(
            name = "remote_coverage_tools",
            files = {"BUILD.bazel": _COVERAGE, "WORKSPACE": ""},
        )
