"""Repositories for the libraries of the system, found by pkg-config and llvm-config."""

def _ask(rctx, command, package):
    tool = rctx.which(command[0])
    if tool:
        result = rctx.execute([tool] + command[1:])
    else:
        result = struct(return_code = 1, stdout = "", stderr = "not on PATH")
    if result.return_code != 0:
        fail("%s: %s\nInstall it with: apt-get install %s" % (
            " ".join(command),
            result.stderr.strip(),
            package,
        ))
    return [word for word in result.stdout.replace("\n", " ").split(" ") if word]

_LIBRARY = """load("@snow//third_party/system:library.bzl", "system_cc_library")

package(default_visibility = ["//visibility:public"])

system_cc_library(
    name = "{name}",
    defines = {defines},
    linkopts = {linkopts},
    system_includes = {includes},
)
"""

def _is_linker_flag(word):
    return word[:2] in ["-L", "-l"] or word.startswith("-Wl,") or word == "-pthread"

def _library(name, words, includes = []):
    linkopts = []
    for word in words:
        if _is_linker_flag(word) and word not in linkopts:
            linkopts.append(word)
    return _LIBRARY.format(
        name = name,
        defines = repr([word[2:] for word in words if word.startswith("-D")]),
        linkopts = repr(linkopts),
        includes = repr(
            includes + [word[2:] for word in words if word.startswith("-I") and not includes],
        ),
    )

def _pkg_config_impl(rctx):
    words = _ask(rctx, ["pkg-config", "--cflags", "--libs"] + rctx.attr.modules, rctx.attr.package)
    rctx.file("BUILD.bazel", _library(rctx.name, words))

pkg_config_library = repository_rule(
    implementation = _pkg_config_impl,
    local = True,
    environ = ["PATH", "PKG_CONFIG_PATH"],
    attrs = {
        "modules": attr.string_list(mandatory = True),
        "package": attr.string(mandatory = True),
    },
)

_LLD = """
cc_library(
    name = "lld",
    srcs = ["liblldELF.a", "liblldCommon.a"],
    hdrs = glob(["include/lld/**"]),
    includes = ["include"],
    deps = [":llvm", "@zlib", "@zstd"],
)
"""

def _llvm_impl(rctx):
    include = rctx.path(_ask(rctx, ["llvm-config-19", "--includedir"], "llvm-19-dev")[0])
    libdir = rctx.path(_ask(rctx, ["llvm-config-19", "--libdir"], "llvm-19-dev")[0])
    if not libdir.get_child("liblldELF.a").exists:
        fail("%s has no liblldELF.a\nInstall it with: apt-get install liblld-19-dev" % libdir)
    for archive in ["liblldELF.a", "liblldCommon.a"]:
        rctx.symlink(libdir.get_child(archive), archive)
    rctx.symlink(include.get_child("lld"), "include/lld")

    # LLVM's 2,000 headers stay out of the sandbox: as inputs they would cost seconds an action.
    words = _ask(rctx, ["llvm-config-19", "--cppflags", "--link-shared", "--libs"], "llvm-19-dev")
    headers = [str(include.get_child(part).realpath.dirname) for part in ["llvm", "llvm-c"]]
    rctx.file("BUILD.bazel", _library("llvm", words + ["-L%s" % libdir], headers) + _LLD)

llvm_library = repository_rule(
    implementation = _llvm_impl,
    local = True,
    environ = ["PATH"],
)

# What a linker puts around a program's own objects: the C library's start-up files and the parts of
# the C and C++ libraries that are linked statically. Snow's toolchain brings them along.
_STARTUP_FILES = [
    "Scrt1.o",
    "crtbeginS.o",
    "crtendS.o",
    "crti.o",
    "crtn.o",
    "libc_nonshared.a",
    "libgcc.a",
    "libgcc_eh.a",
    "libstdc++.a",
]

def _libc_impl(rctx):
    for name in _STARTUP_FILES:
        path = _ask(rctx, ["clang-19", "-print-file-name=" + name], "clang-19")[0]
        if not path.startswith("/"):
            fail("clang-19 knows no %s\nInstall it with: apt-get install libc6-dev libstdc++-12-dev" %
                 name)
        rctx.symlink(path, name)
    rctx.file("BUILD.bazel", """filegroup(
    name = "startup_files",
    srcs = %s,
    visibility = ["//visibility:public"],
)
""" % repr(_STARTUP_FILES))

libc_files = repository_rule(
    implementation = _libc_impl,
    local = True,
    environ = ["PATH"],
)

def _alias_impl(rctx):
    rctx.file("BUILD.bazel", """alias(
    name = "%s",
    actual = "%s",
    visibility = ["//visibility:public"],
)
""" % (rctx.name, rctx.attr.actual))

# A library that this tree compiles itself, under a name like those of the others.
_alias_repository = repository_rule(
    implementation = _alias_impl,
    attrs = {"actual": attr.string(mandatory = True)},
)

# name: (modules of pkg-config, Debian packages)
_PKG_CONFIG = {
    "cli11": (["CLI11"], "libcli11-dev"),
    "curl": (["libcurl"], "libcurl4-openssl-dev"),
    "gtest": (["gtest_main", "gmock"], "libgtest-dev libgmock-dev"),
    "openssl": (["openssl"], "libssl-dev"),
    "postgresql": (["libpq"], "libpq-dev"),
    "re2": (["re2"], "libre2-dev"),
    "simdjson": (["simdjson"], "libsimdjson-dev"),
    "sqlite": (["sqlite3"], "libsqlite3-dev"),
    "utf8proc": (["libutf8proc"], "libutf8proc-dev"),
    "zlib": (["zlib"], "zlib1g-dev"),
    "zstd": (["libzstd"], "libzstd-dev"),
}

def system_libraries():
    """Declares @llvm (targets llvm and lld), @libc, and one repository for each other library."""
    llvm_library(name = "llvm")
    libc_files(name = "libc")
    for name, (modules, package) in _PKG_CONFIG.items():
        pkg_config_library(name = name, modules = modules, package = package)
    _alias_repository(name = "tomlplusplus", actual = "@snow//third_party/tomlplusplus")
