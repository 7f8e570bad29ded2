# Build the toolchain into out/: out/bin/snow and what it needs
#
# The folder can be moved or copied anywhere. --checked builds it with assertions, as ./dev test
# does.
# shellcheck shell=bash

main() {
  local config=release
  case "${1:-}" in
    '') ;;
    --checked) config=checked ;;
    *) die 2 "build: unknown argument $1" ;;
  esac
  step "building the toolchain ($config)"
  stage_toolchain "$config" out
  step "done: out/bin/snow"
}

main "$@"
