"""Everything that a workspace with Snow's sources in it needs, in one call."""

load("//third_party:offline.bzl", "offline_repositories")
load("//third_party/system:repositories.bzl", "system_libraries")

def snow_repositories():
    """Declares all external repositories. None of them is downloaded."""
    offline_repositories()
    system_libraries()
