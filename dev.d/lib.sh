# Shared by all verbs: output, running Bazel, the staged toolchain.
# shellcheck shell=bash

# shellcheck disable=SC2034  # read by ./dev
readonly DEV_VERBS=(setup build test check fmt demo bench fuzz sanitize shell)

if [[ -t 1 && -z ${NO_COLOR:-} && -z ${CI:-} ]]; then
  readonly BOLD=$'\e[1m' PLAIN=$'\e[0m'
else
  readonly BOLD='' PLAIN=''
fi

# Announces the next step; the seconds since the start show where time goes.
step() { printf '%s==> [%3ds] %s%s\n' "$BOLD" "$SECONDS" "$*" "$PLAIN"; }

# Ends with the given code and an explanation.
die() {
  local code=$1
  shift
  printf './dev: %s\n' "$@" >&2
  exit "$code"
}

# A verb whose product is not in the tree ends with code 2.
not_there_yet() { die 2 "$@"; }

need_command() {
  command -v "$1" >/dev/null || die 1 "$1 is missing; './dev setup' installs what is needed"
}

# Bazel COMMAND ARGUMENT…: with settings for a log instead of a terminal where there is none.
run_bazel() {
  need_command bazel
  local command=$1
  shift
  local settings=()
  if [[ -n ${CI:-} || ! -t 2 ]]; then settings=(--config=ci); fi
  bazel "$command" "${settings[@]}" "$@"
}

# Builds the toolchain in CONFIG (release, checked) and leaves a copy of it in FOLDER.
stage_toolchain() {
  local config=$1 folder=$2
  grep -q 'name = "toolchain"' BUILD.bazel ||
    not_there_yet 'there is no toolchain to build: the driver is not in the tree yet'
  run_bazel build --config="$config" //:toolchain
  local built
  built=$(bazel info --config="$config" bazel-bin 2>/dev/null)/toolchain
  # A running compiler keeps its old files; a reader never sees half of the new ones.
  rm -rf "$folder.new" && mkdir -p "$(dirname "$folder")"
  cp -RL "$built" "$folder.new"
  chmod -R u+w "$folder.new"
  rm -rf "$folder.old"
  if [[ -e $folder ]]; then mv "$folder" "$folder.old"; fi
  mv "$folder.new" "$folder"
  rm -rf "$folder.old"
}
