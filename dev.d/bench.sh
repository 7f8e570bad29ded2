# Measure compiled programs and the toolchain against peers
#
# Arguments go to bench/run.
# shellcheck shell=bash

main() {
  [[ -x bench/run ]] || not_there_yet 'there are no benchmarks (bench/run) yet'
  stage_toolchain release out
  exec bench/run --snow "$PWD/out/bin/snow" "$@"
}

main "$@"
