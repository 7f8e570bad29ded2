"""What BUILD files and workspaces load."""

load(":packages.bzl", _snow_packages = "snow_packages")
load(":repositories.bzl", _snow_source = "snow_source")
load(
    ":rules.bzl",
    _SnowInfo = "SnowInfo",
    _snow_binary = "snow_binary",
    _snow_library = "snow_library",
    _snow_same_platform_toolchain = "snow_same_platform_toolchain",
    _snow_test = "snow_test",
    _snow_toolchain = "snow_toolchain",
)

SnowInfo = _SnowInfo
snow_binary = _snow_binary
snow_library = _snow_library
snow_packages = _snow_packages
snow_same_platform_toolchain = _snow_same_platform_toolchain
snow_source = _snow_source
snow_test = _snow_test
snow_toolchain = _snow_toolchain
