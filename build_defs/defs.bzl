"""C++ rules with the flags of this tree.

The flags stand in the targets and not in .bazelrc, so a workspace that builds these sources needs
no settings of its own. Headers of the system stay silent.
"""

_COPTS = ["-std=c++20", "-Wall", "-Wextra", "-Werror"]

def snow_cc_library(name, copts = [], **kwargs):
    """A cc_library with C++20 and all warnings as errors."""
    native.cc_library(name = name, copts = _COPTS + copts, **kwargs)

def snow_cc_binary(name, copts = [], **kwargs):
    """A cc_binary with C++20 and all warnings as errors."""
    native.cc_binary(name = name, copts = _COPTS + copts, **kwargs)

def snow_cc_test(name, copts = [], deps = [], gtest = True, size = "small", **kwargs):
    """A cc_test with C++20, all warnings as errors, and GoogleTest with its main function.

    A small test (the default) must end within 60 s and is part of `./dev check`.

    Args:
      name: of the target.
      copts: more compiler flags.
      deps: of the test; GoogleTest (and gMock) is added.
      gtest: False for a test with a main function of its own.
      size: of the test, as Bazel understands it.
      **kwargs: everything else that cc_test knows.
    """
    native.cc_test(
        name = name,
        size = size,
        copts = _COPTS + copts,
        deps = deps + (["@gtest"] if gtest else []),
        **kwargs
    )

def snow_cc_fuzz_test(name, corpus, copts = [], deps = [], **kwargs):
    """A fuzz target: `LLVMFuzzerTestOneInput` in `srcs`.

    With --config=fuzz it is a libFuzzer program that `bazel run` starts; otherwise a test that runs
    the target once over each file of the corpus.

    Args:
      name: of the target.
      corpus: files, usually glob(["testdata/fuzz_corpus/**"]); at least one.
      copts: more compiler flags.
      deps: of the target.
      **kwargs: everything else that cc_test knows.
    """
    native.cc_test(
        name = name,
        size = "small",
        copts = _COPTS + copts,
        data = corpus,
        args = select({
            "@snow//build_defs:fuzzing": [],
            "//conditions:default": ["$(location %s)" % file for file in corpus],
        }),
        linkopts = select({
            "@snow//build_defs:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        tags = ["fuzz"],
        deps = deps + select({
            "@snow//build_defs:fuzzing": [],
            "//conditions:default": ["@snow//build_defs:replay_main"],
        }),
        **kwargs
    )
