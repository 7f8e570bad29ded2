#!/bin/bash
# The program runs, and no output tells where it was built.
set -eu
cd tests/bazel_rules
[[ $(./app) == 'Hello, Bazel!' ]]
for file in app greetings.snowi; do
  if grep -qE 'execroot|/home/|/root/' "$file"; then
    echo "$file contains a path of this machine"
    exit 1
  fi
done
grep -q '^package greetings$' greetings.snowi
