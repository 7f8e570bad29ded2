"""Rules that put a relocatable toolchain together from what the tree builds."""

def _static_archive_impl(ctx):
    inputs = []
    flags = []
    for dep in ctx.attr.deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            flags += [flag for flag in linker_input.user_link_flags if flag not in flags]
            for library in linker_input.libraries:
                archive = library.pic_static_library or library.static_library
                if archive and archive not in inputs:
                    inputs.append(archive)
    archive = ctx.actions.declare_file("lib%s.a" % ctx.label.name)
    arguments = ctx.actions.args()
    arguments.add(archive)
    arguments.add_all(inputs)

    # 'D' leaves times and owners out, 'L' takes the members of archives.
    ctx.actions.run_shell(
        outputs = [archive],
        inputs = inputs,
        arguments = [arguments],
        command = 'rm -f "$1" && llvm-ar-19 qcsDL "$@"',
        mnemonic = "MergeArchives",
        progress_message = "Merging archives into %{output}",
        use_default_shell_env = True,
    )
    flag_file = ctx.actions.declare_file("lib%s.flags" % ctx.label.name)
    ctx.actions.write(flag_file, "".join([flag + "\n" for flag in flags]))
    return [DefaultInfo(files = depset([archive, flag_file]))]

static_archive = rule(
    implementation = _static_archive_impl,
    doc = """One archive of C++ libraries and all that they depend on.

Beside lib<name>.a stands lib<name>.flags: the linker flags of the system's libraries that it
needs, one a line.""",
    attrs = {"deps": attr.label_list(mandatory = True, providers = [CcInfo])},
)

def _in_package(file, label):
    path = file.short_path
    if path.startswith("../"):
        path = path.split("/", 2)[2]
    if label.package and path.startswith(label.package + "/"):
        path = path[len(label.package) + 1:]
    return path

def _toolchain_tree_impl(ctx):
    tree = ctx.actions.declare_directory(ctx.label.name)
    inputs = []
    taken = {}
    arguments = ctx.actions.args()
    arguments.add(tree.path)
    for target, place in ctx.attr.places.items():
        for file in target[DefaultInfo].files.to_list():
            path = place + _in_package(file, target.label) if place.endswith("/") else place
            if path in taken:
                fail("%s: both %s and %s want this place" % (path, taken[path], target.label))
            taken[path] = target.label
            inputs.append(file)
            arguments.add_all([file.path, path])
    ctx.actions.run_shell(
        outputs = [tree],
        inputs = inputs,
        arguments = [arguments],
        command = """
            tree=$1; shift
            while (($#)); do
              mkdir -p "$tree/$(dirname "$2")" && cp -L "$1" "$tree/$2" || exit 1
              shift 2
            done""",
        mnemonic = "ToolchainTree",
        progress_message = "Laying out %{output}",
    )
    return [DefaultInfo(files = depset([tree]), runfiles = ctx.runfiles(files = [tree]))]

toolchain_tree = rule(
    implementation = _toolchain_tree_impl,
    doc = "One folder with files of other targets at chosen places.",
    attrs = {
        "places": attr.label_keyed_string_dict(
            mandatory = True,
            allow_files = True,
            doc = "Where the files of a target go: a path for a single file, or a folder with a " +
                  "slash at its end, below which they keep their path in their package.",
        ),
    },
)
