# Format C++, BUILD files and Snow
#
# --check changes nothing and fails if something is not formatted; --changed looks only at files
# that differ from the branch main. BUILD files are formatted when buildifier is on PATH, Snow files
# when the toolchain has been built.
# shellcheck shell=bash

# list_files PATTERN…: files that match, tracked or new.
list_files() {
  if ((only_changed)); then
    {
      git diff --name-only --diff-filter=d "$(git merge-base HEAD main 2>/dev/null || echo HEAD)" \
        -- "$@"
      git ls-files --others --exclude-standard -- "$@"
    } | sort -u
  else
    git ls-files --cached --others --exclude-standard --deduplicate -- "$@"
  fi
}

# apply NAME FILES… -- COMMAND…: runs the command on all files, remembers a failure.
apply() {
  local name=$1 files=()
  shift
  while [[ $1 != -- ]]; do
    if [[ -f $1 ]]; then files+=("$1"); fi
    shift
  done
  shift
  if ((${#files[@]} == 0)); then return; fi
  printf '%s: %d files\n' "$name" "${#files[@]}"
  printf '%s\0' "${files[@]}" | xargs -0 "$@" || failed=1
}

main() {
  only_changed=0 failed=0
  local check=0 argument
  for argument in "$@"; do
    case "$argument" in
      --check) check=1 ;;
      --changed) only_changed=1 ;;
      *) die 2 "fmt: unknown argument $argument" ;;
    esac
  done
  local files
  need_command clang-format-19
  mapfile -t files < <(list_files '*.cc' '*.h')
  if ((check)); then
    apply clang-format "${files[@]}" -- clang-format-19 --dry-run --Werror
  else
    apply clang-format "${files[@]}" -- clang-format-19 -i
  fi
  if command -v buildifier >/dev/null; then
    mapfile -t files < <(list_files '*.bzl' '*BUILD.bazel' '*WORKSPACE')
    apply buildifier "${files[@]}" -- buildifier -mode="$( ((check)) && echo check || echo fix)"
  else
    echo 'buildifier is not on PATH: BUILD files stay as they are'
  fi
  if [[ -x out/bin/snow ]]; then
    # Cases below tests/ hold text that is not formatted on purpose.
    mapfile -t files < <(list_files '*.snow' ':!tests')
    if ((check)); then
      apply 'snow fmt' "${files[@]}" -- out/bin/snow fmt --check
    else
      apply 'snow fmt' "${files[@]}" -- out/bin/snow fmt
    fi
  else
    echo "out/bin/snow has not been built: Snow files stay as they are ('./dev build' makes it)"
  fi
  ((failed == 0)) || die 1 "not formatted; './dev fmt' mends it"
}

main "$@"
