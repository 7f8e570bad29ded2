"""A rule for libraries whose files lie below /usr and are therefore no inputs of actions."""

def _impl(ctx):
    linker_input = cc_common.create_linker_input(
        owner = ctx.label,
        user_link_flags = depset(ctx.attr.linkopts),
    )
    return [CcInfo(
        compilation_context = cc_common.create_compilation_context(
            defines = depset(ctx.attr.defines),
            system_includes = depset(ctx.attr.system_includes),
        ),
        linking_context = cc_common.create_linking_context(linker_inputs = depset([linker_input])),
    )]

system_cc_library = rule(
    implementation = _impl,
    doc = "Defines, include folders and linker flags of a library that the system provides.",
    attrs = {
        "defines": attr.string_list(),
        "linkopts": attr.string_list(),
        "system_includes": attr.string_list(),
    },
    provides = [CcInfo],
)
