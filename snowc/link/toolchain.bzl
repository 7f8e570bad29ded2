"""The folder that snow links programs from."""

# Shared libraries of the C library, which every program may need.
_LIBC = ["libm.so.6", "libc.so.6", "ld-linux-x86-64.so.2"]

_INTERPRETER = "/lib64/ld-linux-x86-64.so.2"

# In the order of a linker's command line.
_BEGIN = ["Scrt1.o", "crti.o", "crtbeginS.o"]
_STATIC = ["libstdc++.a", "libgcc.a", "libgcc_eh.a", "libc_nonshared.a"]
_END = ["crtendS.o", "crtn.o"]

# Prints a line `library SONAME` for each -lNAME of the file of flags $1, as the shared library of
# that name calls itself.
_SONAMES = """
folders="$(sed -n 's/^-L//p' "$1") /usr/lib/x86_64-linux-gnu /lib/x86_64-linux-gnu /usr/lib"
for name in $(sed -n 's/^-l//p' "$1"); do
  for folder in $folders; do
    file=$folder/lib$name.so
    [ -e "$file" ] || continue
    soname=$(readelf -d "$file" 2>/dev/null | sed -n 's/.*(SONAME).*\\[\\(.*\\)\\]/\\1/p')
    if [ -n "$soname" ]; then echo "library $soname"; fi
    continue 2
  done
  case $name in
    pthread | dl | rt | m | c | stdc++ | gcc_s) ;;
    *) echo "no lib$name.so in $folders" >&2; exit 1 ;;
  esac
done
"""

def _print(lines):
    return "".join(["echo '%s'\n" % line for line in lines])

def _link_files_impl(ctx):
    outputs = []

    runtime = {file.extension: file for file in ctx.files.archive}
    archive = ctx.actions.declare_file("%s/%s" % (ctx.label.name, runtime["a"].basename))
    ctx.actions.symlink(output = archive, target_file = runtime["a"])
    outputs.append(archive)

    startup = {file.basename: file for file in ctx.files.startup_files}
    for name in _BEGIN + _STATIC + _END:
        copy = ctx.actions.declare_file("%s/crt/%s" % (ctx.label.name, name))
        ctx.actions.symlink(output = copy, target_file = startup[name])
        outputs.append(copy)

    begin = ["interpreter " + _INTERPRETER]
    begin += ["begin crt/" + name for name in _BEGIN]
    begin += ["archive " + archive.basename]
    begin += ["archive crt/" + name for name in _STATIC]
    end = ["library " + name for name in _LIBC] + ["end crt/" + name for name in _END]
    table = ctx.actions.declare_file(ctx.label.name + "/link.txt")
    ctx.actions.run_shell(
        command = "set -e\n{\n" + _print(begin) + _SONAMES + _print(end) + "} > \"$2\"",
        arguments = [runtime["flags"].path, table.path],
        inputs = [runtime["flags"]],
        outputs = [table],
        mnemonic = "SnowLinkTable",
    )
    outputs.append(table)
    return [DefaultInfo(files = depset(outputs), runfiles = ctx.runfiles(files = outputs))]

snow_link_files = rule(
    implementation = _link_files_impl,
    doc = "A folder NAME/ with link.txt (see link.h) and what it names.",
    attrs = {
        "archive": attr.label(mandatory = True, doc = "A static_archive of the runtime."),
        "startup_files": attr.label(default = "@libc//:startup_files"),
    },
)
