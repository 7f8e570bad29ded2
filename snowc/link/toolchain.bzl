"""The folder that snow links programs from."""

LinkFilesInfo = provider(
    doc = "Files of a folder to link from; see link.h.",
    fields = {
        "files": "dict: path in the folder → File",
    },
)

# Shared libraries of the C library, which every program may need.
_LIBC = ["libm.so.6", "libc.so.6", "ld-linux-x86-64.so.2"]

_INTERPRETER = "/lib64/ld-linux-x86-64.so.2"

# In the order of a linker's command line.
_BEGIN = ["Scrt1.o", "crti.o", "crtbeginS.o"]
_STATIC = ["libstdc++.a", "libgcc.a", "libgcc_eh.a", "libc_nonshared.a"]
_END = ["crtendS.o", "crtn.o"]

def _archives_and_flags(deps):
    archives = []
    flags = []
    for dep in deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            for library in linker_input.libraries:
                archive = library.pic_static_library or library.static_library
                if archive and archive not in archives:
                    archives.append(archive)
            for flag in linker_input.user_link_flags:
                if flag not in flags:
                    flags.append(flag)
    return archives, flags

# Prints a line `library SONAME` for each -lNAME, as the shared library of that name calls itself.
_SONAMES = """
for name in "$@"; do
  for folder in $FOLDERS; do
    file=$folder/lib$name.so
    [ -e "$file" ] || continue
    soname=$(readelf -d "$file" 2>/dev/null | sed -n 's/.*(SONAME).*\\[\\(.*\\)\\]/\\1/p')
    if [ -n "$soname" ]; then echo "library $soname"; fi
    continue 2
  done
  case $name in
    pthread | dl | rt | m | c | stdc++ | gcc_s) ;;
    *) echo "no lib$name.so in $FOLDERS" >&2; exit 1 ;;
  esac
done
"""

def _link_files_impl(ctx):
    archives, flags = _archives_and_flags(ctx.attr.deps)
    folders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib"]
    names = []
    for flag in flags:
        if flag.startswith("-L") and flag[2:] not in folders:
            folders.insert(0, flag[2:])
        if flag.startswith("-l") and flag[2:] not in names:
            names.append(flag[2:])

    runtime = ctx.actions.declare_file(ctx.label.name + "/libsnow_runtime.a")
    script = ctx.actions.declare_file(ctx.label.name + ".mri")
    ctx.actions.write(script, "\n".join(
        ["create " + runtime.path] + ["addlib " + file.path for file in archives] + ["save", "end", ""],
    ))
    ctx.actions.run_shell(
        command = "ar -M < " + script.path,
        inputs = archives + [script],
        outputs = [runtime],
        mnemonic = "SnowRuntimeArchive",
    )

    startup = {file.basename: file for file in ctx.files.startup_files}
    lines = ["interpreter " + _INTERPRETER]
    lines += ["begin crt/" + name for name in _BEGIN]
    lines += ["archive libsnow_runtime.a"]
    lines += ["archive crt/" + name for name in _STATIC]
    end = ["library " + name for name in _LIBC] + ["end crt/" + name for name in _END]
    table = ctx.actions.declare_file(ctx.label.name + "/link.txt")
    ctx.actions.run_shell(
        command = "set -e\n" + "FOLDERS='%s'\n" % " ".join(folders) + "{\n" +
                  "printf '%s\\n'" + " '%s'" * len(lines) % tuple(lines) + "\n" +
                  _SONAMES +
                  "printf '%s\\n'" + " '%s'" * len(end) % tuple(end) + "\n} > " + table.path,
        arguments = names,
        outputs = [table],
        mnemonic = "SnowLinkTable",
    )

    files = {"libsnow_runtime.a": runtime, "link.txt": table}
    for name in _BEGIN + _STATIC + _END:
        copy = ctx.actions.declare_file("%s/crt/%s" % (ctx.label.name, name))
        ctx.actions.symlink(output = copy, target_file = startup[name])
        files["crt/" + name] = copy
    return [
        DefaultInfo(
            files = depset(files.values()),
            runfiles = ctx.runfiles(files = files.values()),
        ),
        LinkFilesInfo(files = files),
    ]

snow_link_files = rule(
    implementation = _link_files_impl,
    doc = "A folder NAME/ with link.txt and what it names: an archive of all of `deps`, start-up files.",
    attrs = {
        "deps": attr.label_list(providers = [CcInfo], doc = "The runtime."),
        "startup_files": attr.label(default = "@libc//:startup_files"),
    },
)
