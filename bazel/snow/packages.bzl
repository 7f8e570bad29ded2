"""The packages of a snow.lock as targets: `@name//:greetings`."""

def _text(line):
    return line.split(" = ", 1)[1].strip().strip('"')

def _list(line):
    words = line.split(" = ", 1)[1].strip()[1:-1]
    return [word.strip().strip('"') for word in words.split(",") if word.strip()]

def parse_lock(text):
    """The [[package]] tables of a lockfile, which has one key a line.

    Args:
      text: of snow.lock.
    Returns:
      a list of structs with name, checksum, dependencies, capabilities.
    """
    packages = []
    table = None
    for line in text.split("\n"):
        if line == "[[package]]":
            table = {"dependencies": [], "capabilities": []}
            packages.append(table)
        elif line.startswith("[["):
            table = None
        elif table != None and " = " in line:
            key = line.split(" = ", 1)[0]
            table[key] = _list(line) if key in ["dependencies", "capabilities"] else _text(line)
    return [
        struct(
            name = each["name"],
            checksum = each["checksum"],
            dependencies = each["dependencies"],
            capabilities = each["capabilities"],
        )
        for each in packages
    ]

_HEAD = """load("@rules_snow//snow:defs.bzl", "snow_library")

package(default_visibility = ["//visibility:public"])
"""

_LIBRARY = """
snow_library(
    name = "{name}",
    srcs = glob(["{name}/{root}**/*.snow"], exclude = ["{name}/**/*_test.snow", "{name}/tests/**"]),
    source_root = "{name}{slash_root}",
    allow = {allow},
    deps = {deps},
)
"""

def _snow_packages_impl(rctx):
    home = rctx.attr.home or rctx.os.environ.get("SNOW_HOME") or rctx.os.environ["HOME"] + "/.snow"
    build = _HEAD
    for package in parse_lock(rctx.read(rctx.attr.lock)):
        folder = rctx.path("%s/store/%s/package" % (home, package.checksum.replace("sha256:", "")))
        if not folder.exists:
            fail("%s is not in the store %s\nFetch it with: snow fetch" % (package.name, home))
        rctx.symlink(folder, package.name)
        root = "src" if folder.get_child("src").exists else ""
        build += _LIBRARY.format(
            name = package.name,
            root = root + "/" if root else "",
            slash_root = "/" + root if root else "",
            allow = repr(package.capabilities),
            deps = repr([":" + name for name in package.dependencies]),
        )
    rctx.file("BUILD.bazel", build)

snow_packages = repository_rule(
    implementation = _snow_packages_impl,
    local = True,
    environ = ["SNOW_HOME", "HOME"],
    attrs = {
        "lock": attr.label(mandatory = True, allow_single_file = True, doc = "snow.lock"),
        "home": attr.string(doc = "The folder of the store; $SNOW_HOME or ~/.snow unless set."),
    },
    doc = "One snow_library for each package of a lockfile, from the store that `snow fetch` fills.",
)
