# Fuzz one parser of outside input: ./dev fuzz [TARGET [SECONDS]]
#
# Without a target it lists them. Findings and new inputs are left in out/fuzz/; an input that found
# something belongs into the target's corpus, which every `bazel test` replays.
# shellcheck shell=bash

main() {
  local target=${1:-} seconds=${2:-60}
  if [[ -z $target ]]; then
    local targets
    targets=$(run_bazel query 'attr(tags, "\bfuzz\b", tests(//...))' 2>/dev/null) || true
    [[ -n $targets ]] || not_there_yet 'there are no fuzz targets in the tree yet'
    printf '%s\n' "$targets"
    return
  fi
  [[ $target == //*:* ]] || die 2 "fuzz: a target looks like //folder:name_fuzz, not $target"
  run_bazel build --config=fuzz "$target"
  local path=${target#//}
  path=${path/://}
  local program corpus=out/fuzz/$path
  program=$(bazel info --config=fuzz bazel-bin 2>/dev/null)/$path
  mkdir -p "$corpus"
  # The inputs in the tree are where fuzzing begins.
  local label seed
  while read -r label; do
    seed=${label#//}
    seed=${seed/://}
    if [[ -f $seed ]]; then cp "$seed" "$corpus/seed-${seed//\//-}"; fi
  done < <(run_bazel query "labels(data, $target)" 2>/dev/null)
  step "fuzzing for $seconds s; inputs in $corpus"
  "$program" -max_total_time="$seconds" -artifact_prefix="$corpus/" "$corpus"
}

main "$@"
