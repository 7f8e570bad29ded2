# Run the C++ tests under a sanitizer: ./dev sanitize asan|ubsan|tsan [TARGET…]
# shellcheck shell=bash

main() {
  case "${1:-}" in
    asan | ubsan | tsan) ;;
    *) die 2 'sanitize: say which one: asan, ubsan or tsan' ;;
  esac
  local sanitizer=$1
  shift
  if (($# == 0)); then set -- //...; fi
  run_bazel test --config="$sanitizer" --keep_going "$@"
}

main "$@"
