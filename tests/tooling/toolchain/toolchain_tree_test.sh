#!/bin/bash
# The tree has every file at its place, and the merged archive defines what all libraries did.
set -euo pipefail
cd tests/tooling/toolchain/tree

expected='./bin/program
./lib/libboth.a
./lib/libboth.flags
./lib/snow/library/inner/module.snow'
found=$(find . -type f -o -type l | sort)
if [[ $found != "$expected" ]]; then
  printf 'expected:\n%s\nfound:\n%s\n' "$expected" "$found"
  exit 1
fi

symbols=$(llvm-nm-19 --demangle --defined-only lib/libboth.a)
for name in 'Above()' 'Below()'; do
  if [[ $symbols != *" T $name"* ]]; then
    printf '%s is missing in:\n%s\n' "$name" "$symbols"
    exit 1
  fi
done
[[ $(cat lib/libboth.flags) == *-lz* ]]
