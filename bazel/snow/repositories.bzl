"""@snow: the source tree that these rules are part of."""

def _snow_source_impl(rctx):
    root = rctx.path(Label("@rules_snow//:WORKSPACE")).realpath.dirname.dirname
    for child in root.readdir():
        if not child.basename.startswith("bazel-") and child.basename not in [".git", "bazel", "out"]:
            rctx.symlink(child, child.basename)

_snow_source = repository_rule(implementation = _snow_source_impl, local = True)

def snow_source():
    """Declares @snow, unless the workspace has done so."""
    if "snow" not in native.existing_rules():
        _snow_source(name = "snow")
