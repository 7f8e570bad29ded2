# Build the toolchain and watch it at work
# shellcheck shell=bash

main() {
  [[ -x examples/demo ]] || not_there_yet 'there is no demonstration (examples/demo) yet'
  stage_toolchain release out
  exec examples/demo "$PWD/out/bin/snow" "$@"
}

main "$@"
