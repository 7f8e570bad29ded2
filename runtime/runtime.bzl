"""Flags of the runtime's C++."""

load("//build_defs:defs.bzl", "snow_cc_library")

# Frame pointers are what backtraces walk; nothing of the runtime may unwind.
RUNTIME_COPTS = [
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-omit-frame-pointer",
    "-mno-omit-leaf-frame-pointer",
    "-fno-threadsafe-statics",
    # The linker drops what a program does not need.
    "-ffunction-sections",
    "-fdata-sections",
]

def runtime_cc_library(name, copts = [], **kwargs):
    """A snow_cc_library with the flags of the runtime, linked statically."""
    snow_cc_library(name = name, copts = RUNTIME_COPTS + copts, linkstatic = True, **kwargs)
