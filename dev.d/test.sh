# Set up, build, and run every test
#
# Runs `bazel test //...`, then each executable tests/run_* against the toolchain built with
# assertions. Such a runner takes `--snow PATH` and ends with a line like the last one here, which
# counts test cases: `N passed, N failed, N skipped`. The exit code is 0 when none failed.
# shellcheck shell=bash

passed=0 failed=0 skipped=0

# Adds the counts of a runner's last line; a runner without one has failed.
# add_counts NAME EXIT-CODE LAST-LINE
add_counts() {
  local name=$1 code=$2 line=$3
  local pattern='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
  if [[ $line =~ $pattern ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    skipped=$((skipped + BASH_REMATCH[3]))
    if ((code != 0 && BASH_REMATCH[2] == 0)); then
      step "$name: exit code $code although no case failed"
      failed=$((failed + 1))
    fi
  else
    step "$name: exit code $code and no count of cases"
    failed=$((failed + 1))
  fi
}

run_runner() {
  local runner=$1 code=0
  step "$runner"
  "./$runner" --snow "$PWD/out/checked/bin/snow" </dev/null | tee "$work/output" || code=$?
  add_counts "$runner" "$code" "$(tail -n 1 "$work/output")"
}

main() {
  (($# == 0)) || die 2 "test: takes no arguments; 'bazel test //folder/...' runs a part"
  # shellcheck source=dev.d/setup.sh
  (source dev.d/setup.sh)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT

  step 'bazel test //...'
  local code=0
  run_bazel test --config=checked --keep_going --build_event_json_file="$work/events.json" \
    //... </dev/null || code=$?
  dev.d/count_test_cases.py "$work/events.json" | tee "$work/output" || true
  add_counts 'bazel test' "$code" "$(tail -n 1 "$work/output")"

  local runner runners=()
  for runner in tests/run_*; do
    if [[ -x $runner ]]; then runners+=("$runner"); fi
  done
  step 'building the toolchain (checked)'
  # In a shell of its own: a failure is counted and does not hide the other results.
  if (stage_toolchain checked out/checked); then
    for runner in "${runners[@]}"; do run_runner "$runner"; done
  else
    step "no toolchain, so nothing ran of: ${runners[*]}"
    failed=$((failed + ${#runners[@]}))
  fi

  step 'all done'
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0))
}

main "$@"
