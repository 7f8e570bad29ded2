#!/bin/bash
# The snow command from the outside: what a user types, sees and gets.
set -u

readonly SNOW=$PWD/toolchain/bin/snow
export SNOW_HOME=$TEST_TMPDIR/home
unset SNOW_REGISTRY SNOW_TOKEN
failures=0

# Runs snow with the arguments; its output is in $out, its messages in $err, its exit code in $code.
snow() {
  code=0
  "$SNOW" "$@" >"$TEST_TMPDIR/out" 2>"$TEST_TMPDIR/err" </dev/null || code=$?
  out=$(<"$TEST_TMPDIR/out")
  err=$(<"$TEST_TMPDIR/err")
}

# expect WHAT ACTUAL EXPECTED
expect() {
  if [[ $2 != "$3" ]]; then
    printf 'FAILED %s: %s: expected\n%s\nbut got\n%s\nstderr:\n%s\n' \
      "${FUNCNAME[1]}" "$1" "$3" "$2" "$err"
    failures=$((failures + 1))
  fi
}

expect_in() {
  if [[ $2 != *"$3"* ]]; then
    printf 'FAILED %s: %s does not contain\n%s\nbut is\n%s\n' "${FUNCNAME[1]}" "$1" "$3" "$2"
    failures=$((failures + 1))
  fi
}

in_new_folder() {
  local folder=$TEST_TMPDIR/case
  rm -rf "$folder"
  mkdir "$folder"
  cd "$folder" || exit 1
}

test_overview_names_every_command() {
  snow help
  expect 'exit code' "$code" 0
  local command
  for command in new init run check build test fmt clean add remove update fetch tree publish yank \
    login logout registry explain version; do
    expect_in 'the overview' "$out" "  $command "
  done
  snow
  expect 'exit code without arguments' "$code" 0
  snow run --help
  expect_in 'help of run' "$out" 'Usage: snow run [OPTION…] [PATH] [ARGUMENT…]'
}

test_wrong_command_lines_end_with_2() {
  snow biuld
  expect 'exit code' "$code" 2
  expect_in stderr "$err" "did you mean 'snow build'?"
  snow hello.snow
  expect_in stderr "$err" "'snow run hello.snow' runs a program"
  snow build --emit=tree
  expect 'exit code' "$code" 2
  snow run --no-such-flag
  expect 'exit code' "$code" 2
  snow explain E9999
  expect 'exit code' "$code" 2
}

test_explain() {
  snow explain E0012
  expect 'exit code' "$code" 0
  expect_in stdout "$out" 'E0012: cases missing'
}

test_a_file_runs_with_arguments_and_exit_code() {
  in_new_folder
  cat >args.snow <<'END'
fn main() -> Int do
  println(Env.args() |> String.join(","))
  List.length(Env.args())
end
END
  snow run args.snow one -- --two three
  expect stdout "$out" 'one,--two,three'
  expect 'exit code' "$code" 3
  expect 'files' "$(ls)" args.snow
}

test_errors_are_shown_and_end_with_1() {
  in_new_folder
  printf 'fn main() do\n  println(lenght)\nend\n' >wrong.snow
  snow run wrong.snow
  expect 'exit code' "$code" 1
  expect_in stderr "$err" 'error[E0004]'
  expect_in stderr "$err" 'wrong.snow:2:11'
  expect stdout "$out" ''
  snow check wrong.snow --message-format=json
  expect 'exit code' "$code" 1
  expect_in stderr "$err" '{"code":"E0004","severity":"error"'
  snow check wrong.snow --color=always
  expect_in stderr "$err" $'\e[1;31merror'
}

test_warnings_are_shown_again_when_nothing_is_compiled() {
  in_new_folder
  printf 'fn main() do\n  let unused = 1\n  println("ran")\nend\n' >warns.snow
  local round
  for round in first second; do
    snow run warns.snow
    expect "stdout of the $round run" "$out" ran
    expect_in "stderr of the $round run" "$err" 'warning[W0003]'
  done
}

test_nothing_to_build() {
  in_new_folder
  snow run
  expect 'exit code' "$code" 1
  expect_in stderr "$err" 'error[E0221]'
  snow run none.snow
  expect_in stderr "$err" 'there is no such file or folder'
  : >notes.txt
  snow run notes.txt
  expect_in stderr "$err" 'does not end in .snow'
}

test_a_library_has_no_main() {
  in_new_folder
  snow new shapes --template lib
  expect 'exit code' "$code" 0
  cd shapes || return
  snow run
  expect 'exit code' "$code" 1
  expect_in stderr "$err" 'error[E0220]'
  snow build
  expect 'exit code' "$code" 0
}

test_templates_compile_and_their_tests_pass() {
  local template
  for template in app lib web; do
    in_new_folder
    snow new "my_$template" --template "$template"
    expect 'exit code' "$code" 0
    cd "my_$template" || return
    snow check
    expect "check of $template" "$code" 0
    expect "messages of $template" "$err" ''
    snow test
    expect "test of $template" "$code" 0
    expect_in "output of the tests of $template" "$out" '1 passed, 0 failed, 0 skipped'
  done
}

test_new_refuses_what_is_no_name_or_there_already() {
  in_new_folder
  snow new My-App
  expect 'exit code' "$code" 1
  expect_in stderr "$err" 'my_app'
  mkdir there
  snow new there
  expect 'exit code' "$code" 1
  expect 'files' "$(ls -A)" there
}

test_init_keeps_what_is_there() {
  in_new_folder
  mkdir mine && cd mine || return
  printf 'fn main() do\n  println("mine")\nend\n' >main.snow
  snow init
  expect 'exit code' "$code" 0
  snow run
  expect stdout "$out" mine
  snow init
  expect 'exit code of a second init' "$code" 1
}

test_build_leaves_an_executable_and_clean_removes_it() {
  in_new_folder
  snow new hello
  cd hello || return
  mkdir -p src/deeper && cd src/deeper || return
  snow build
  expect 'exit code' "$code" 0
  cd ../.. || return
  expect 'output of the program' "$(build/debug/hello)" 'Hello, world!'
  snow build --release
  expect 'output of the release build' "$(build/release/hello)" 'Hello, world!'
  snow build -o "$PWD/elsewhere"
  expect 'output of the program elsewhere' "$(./elsewhere)" 'Hello, world!'
  snow clean
  expect 'exit code of clean' "$code" 0
  [[ ! -e build ]] || expect 'build/' there gone
}

test_builds_are_the_same_wherever_the_package_lies() {
  in_new_folder
  snow new hello
  mkdir -p other/place && cp -r hello other/place/
  (cd hello && "$SNOW" build -q) && (cd other/place/hello && "$SNOW" build -q)
  cmp hello/build/debug/hello other/place/hello/build/debug/hello ||
    expect 'bytes' different same
  if grep -q "$TEST_TMPDIR" hello/build/debug/hello; then
    expect 'paths of this machine' there absent
  fi
}

test_emit_shows_what_is_inside() {
  in_new_folder
  printf 'fn main() do\n  println("hi")\nend\n' >hi.snow
  snow build hi.snow --emit=ir
  expect_in ir "$out" 'fn @main.main'
  snow build hi.snow --emit=llvm
  expect_in llvm "$out" 'define internal'
  snow build hi.snow --emit=obj -o objects
  expect 'exit code' "$code" 0
  [[ -s objects/hi.snow.o ]] || expect 'object' absent there
}

test_fmt() {
  in_new_folder
  mkdir tests
  printf 'fn  main( ) do\nprintln( "hi" )\nend\n' >ugly.snow
  cp ugly.snow tests/ugly_test.snow
  snow fmt --check
  expect 'exit code of --check' "$code" 1
  expect 'files named' "$out" $'tests/ugly_test.snow\nugly.snow'
  snow fmt
  expect 'exit code' "$code" 0
  expect 'formatted' "$(<ugly.snow)" $'fn main() do\n  println("hi")\nend'
  snow fmt --check
  expect 'exit code of --check afterwards' "$code" 0
  printf 'fn main( do\n' >broken.snow
  snow fmt
  expect 'exit code of a broken file' "$code" 1
  expect 'a broken file' "$(<broken.snow)" 'fn main( do'
  expect 'standard input' "$(printf 'fn  a() = 1\n' | "$SNOW" fmt -)" 'fn a() = 1'
}

test_a_folder_may_be_called_like_a_command() {
  in_new_folder
  mkdir test
  printf 'fn main() do\n  println("hi")\nend\n' >test/main.snow
  snow fmt --check test
  expect 'exit code of fmt' "$code" 0
  snow run test
  expect stdout "$out" hi
}

test_registry_gets_its_own_words() {
  in_new_folder
  snow registry serve --help
  expect 'exit code' "$code" 0
  expect_in stdout "$out" 'usage: snow registry serve [OPTIONS]'
  snow registry token create --data data --user zoe --scope publish
  expect 'exit code of token create' "$code" 0
  expect_in stdout "$out" 'snow_'
  snow registry token create --data data --user zoe --scope everything
  expect 'exit code for a wrong scope' "$code" 1
  snow registry sevre
  expect 'exit code for a wrong command' "$code" 2
}

test_tests_that_fail_end_with_1() {
  in_new_folder
  printf 'test "sums" do\n  assert 1 + 1 == 3\nend\n\ntest "other" do\nend\n' >sums.snow
  snow test sums.snow
  expect 'exit code' "$code" 1
  expect 'last line' "${out##*$'\n'}" '1 passed, 1 failed, 0 skipped'
  snow test sums.snow --filter other
  expect 'exit code with a filter' "$code" 0
  expect 'last line with a filter' "${out##*$'\n'}" '1 passed, 0 failed, 1 skipped'
  printf 'fn main() do\nend\n' >none.snow
  snow test none.snow
  expect 'output without tests' "$out" '0 passed, 0 failed, 0 skipped'
}

test_path_dependencies() {
  in_new_folder
  snow new app
  snow new shapes --template lib
  cd app || return
  snow add --path ../shapes
  expect 'exit code of add' "$code" 0
  expect_in 'snow.toml' "$(<snow.toml)" 'shapes = { path = "../shapes" }'
  printf 'import Shapes\n\nfn main() do\n  println(Shapes.sum([1, 2, 3]))\nend\n' >src/main.snow
  snow run
  expect stdout "$out" 6
  snow test
  expect 'tests of the package alone' "${out##*$'\n'}" '1 passed, 0 failed, 0 skipped'
  snow tree
  expect_in tree "$out" '└── shapes 0.1.0'
  snow remove shapes
  expect 'exit code of remove' "$code" 0
  snow run
  expect 'exit code without the dependency' "$code" 1
  expect_in stderr "$err" 'error[E0031]'
}

test_many_at_once_do_not_hurt_each_other() {
  in_new_folder
  snow new hello
  cd hello || return
  local pids=() i
  for i in 1 2 3 4; do
    "$SNOW" build >/dev/null 2>&1 &
    pids+=($!)
    "$SNOW" run >"run$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || expect "exit code" "$?" 0; done
  expect 'outputs' "$(cat run?)" $'Hello, world!\nHello, world!\nHello, world!\nHello, world!'
  expect 'output of the program' "$(build/debug/hello)" 'Hello, world!'
}

test_a_home_that_cannot_be_written_is_no_obstacle() {
  in_new_folder
  printf 'fn main() do\n  println("hi")\nend\n' >hi.snow
  : >"$TEST_TMPDIR/file"
  SNOW_HOME=$TEST_TMPDIR/file/home TMPDIR=$TEST_TMPDIR snow run hi.snow
  expect stdout "$out" hi
}

test_a_toolchain_that_lacks_files_says_so() {
  in_new_folder
  mkdir bin && cp "$SNOW" bin/snow
  code=0
  err=$(bin/snow check 2>&1) || code=$?
  expect 'exit code' "$code" 1
  expect_in stderr "$err" 'error[E0223]'
}

test_the_toolchain_can_be_moved() {
  in_new_folder
  cp -rL "$(dirname "$SNOW")/.." moved
  printf 'fn main() do\n  println("hi")\nend\n' >hi.snow
  expect stdout "$(moved/bin/snow run hi.snow)" hi
}

for name in $(declare -F | sed -n 's/^declare -f \(test_.*\)/\1/p'); do
  (
    failures=0
    "$name"
    exit "$failures"
  ) || failures=$((failures + $?))
done
if ((failures > 0)); then
  echo "$failures failures"
  exit 1
fi
echo 'all passed'
