# Open a shell with the built snow on PATH
# shellcheck shell=bash

main() {
  [[ -x out/bin/snow ]] || not_there_yet "out/bin/snow has not been built; './dev build' makes it"
  PATH="$PWD/out/bin:$PATH" exec "${SHELL:-/bin/bash}" "$@"
}

main "$@"
