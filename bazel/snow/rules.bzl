"""snow_library, snow_binary, snow_test and snow_toolchain.

A library is checked and written out as one interface file (.snowi: its public face, its code for
instantiation, its capabilities); whatever depends on it reads that file and never its sources. An
executable is compiled and linked in one action, since generic code is instantiated for the whole
program. No path of the machine gets into an output.
"""

SnowInfo = provider(
    doc = "A Snow package.",
    fields = {
        "package": "Its name, as in snow.toml.",
        "interface": "The .snowi file.",
        "interfaces": "A depset of the .snowi files of the package and all that it needs.",
    },
)

_TOOLCHAIN = "@rules_snow//snow:toolchain_type"

# Bazel 4 configures toolchains for the host unless asked; 5 and later never do, 9 refuses the word.
_RULE = {} if hasattr(native, "package_relative_label") else {"incompatible_use_toolchain_transition": True}

def _relative(file, label, root):
    """The path of a source below the package's source folder, or a failure."""
    path = file.short_path
    if path.startswith("../"):
        path = path.split("/", 2)[2]
    prefix = "/".join([part for part in [label.package, root] if part])
    if not prefix:
        return path
    if not path.startswith(prefix + "/"):
        fail("%s does not lie in %s/: set source_root, or move it there" % (path, prefix))
    return path[len(prefix) + 1:]

def _source_root(ctx):
    if ctx.attr.source_root != "auto":
        return ctx.attr.source_root
    for file in ctx.files.srcs:
        path = file.short_path.split("/", 2)[2] if file.short_path.startswith("../") else file.short_path
        start = ctx.label.package + "/src/" if ctx.label.package else "src/"
        if path.startswith(start):
            return "src"
    return ""

def _compile(ctx, mnemonic, words, output):
    toolchain = ctx.toolchains[_TOOLCHAIN]
    interfaces = depset(transitive = [dep[SnowInfo].interfaces for dep in ctx.attr.deps])
    root = _source_root(ctx)
    args = ctx.actions.args()
    args.use_param_file("@%s", use_always = True)
    args.set_param_file_format("multiline")
    args.add_all(words)
    args.add_all(["--package", ctx.attr.package_name or ctx.label.name])
    args.add_all(interfaces, before_each = "--interface-of")
    args.add_all([dep[SnowInfo].package for dep in ctx.attr.deps], before_each = "--dependency")
    for file in ctx.files.srcs:
        args.add("--source")
        args.add(_relative(file, ctx.label, root) + "=" + file.path)
    if ctx.attr.allow != ["*"]:
        args.add_all(ctx.attr.allow, before_each = "--allow")
        args.add("--restrict")
    ctx.actions.run(
        executable = toolchain.compiler,
        arguments = ["compile", args],
        inputs = depset(ctx.files.srcs, transitive = [interfaces]),
        outputs = [output],
        tools = toolchain.files,
        mnemonic = mnemonic,
        progress_message = mnemonic + " %s" % ctx.label,
    )
    return interfaces

def _library_impl(ctx):
    interface = ctx.actions.declare_file(ctx.label.name + ".snowi")
    interfaces = _compile(ctx, "SnowCheck", ["--interface", interface.path], interface)
    return [
        DefaultInfo(files = depset([interface])),
        SnowInfo(
            package = ctx.attr.package_name or ctx.label.name,
            interface = interface,
            interfaces = depset([interface], transitive = [interfaces]),
        ),
    ]

def _executable(ctx, words):
    output = ctx.actions.declare_file(ctx.label.name)
    words = words + ["--output", output.path]
    if ctx.var["COMPILATION_MODE"] == "opt":
        words = words + ["--release"]
    _compile(ctx, "SnowBuild", words, output)
    runfiles = ctx.runfiles(files = ctx.files.data, collect_data = True)
    return [DefaultInfo(executable = output, runfiles = runfiles)]

def _binary_impl(ctx):
    return _executable(ctx, [])

def _test_impl(ctx):
    return _executable(ctx, ["--tests"])

_ATTRS = {
    "srcs": attr.label_list(allow_files = [".snow"], mandatory = True, doc = "The package's files."),
    "deps": attr.label_list(providers = [SnowInfo], doc = "Packages that the sources name."),
    "data": attr.label_list(allow_files = True, doc = "Files that are there at run time."),
    "package_name": attr.string(doc = "The package's name; the target's unless set."),
    "source_root": attr.string(
        default = "auto",
        doc = "The folder of the modules, below the BUILD file; src if a source lies there.",
    ),
    "allow": attr.string_list(
        default = ["*"],
        doc = "What the package may reach: db env fs native net process. More does not compile.",
    ),
}

snow_library = rule(
    implementation = _library_impl,
    attrs = _ATTRS,
    provides = [SnowInfo],
    toolchains = [_TOOLCHAIN],
    doc = "A package that others use; its entry is lib.snow.",
    **_RULE
)

snow_binary = rule(
    implementation = _binary_impl,
    attrs = _ATTRS,
    executable = True,
    toolchains = [_TOOLCHAIN],
    doc = "An executable; its entry is main.snow. Optimised with -c opt.",
    **_RULE
)

snow_test = rule(
    implementation = _test_impl,
    attrs = _ATTRS,
    test = True,
    toolchains = [_TOOLCHAIN],
    doc = "The tests of a package; --test_filter picks some by name.",
    **_RULE
)

def _toolchain_impl(ctx):
    trees = ctx.attr.tree[DefaultInfo].files.to_list()
    if len(trees) != 1:
        fail("%s must be one folder with bin/snow in it" % ctx.attr.tree.label)
    return [platform_common.ToolchainInfo(
        compiler = trees[0].path + "/bin/snow",
        files = depset(trees),
    )]

def _toolchain_rule(cfg):
    return rule(
        implementation = _toolchain_impl,
        doc = "A Snow toolchain: a folder with bin/snow and lib/snow.",
        attrs = {"tree": attr.label(mandatory = True, cfg = cfg)},
    )

snow_toolchain = _toolchain_rule("exec")

# For the tree that builds the compiler itself: it is not built a second time for the host.
snow_same_platform_toolchain = _toolchain_rule("target")
