# A fast loop: format, folder dependencies and the small tests
#
# Checks the format of the C++ files that differ from main, then builds and runs the small tests in
# the fast configuration. Arguments name other targets than //...
# shellcheck shell=bash

main() {
  step 'format of changed files'
  # shellcheck source=dev.d/fmt.sh
  (source dev.d/fmt.sh --check --changed)
  step 'small tests'
  local targets=("$@")
  if ((${#targets[@]} == 0)); then targets=(//...); fi
  run_bazel test --build_tests_only --test_size_filters=small --keep_going "${targets[@]}"
}

main "$@"
