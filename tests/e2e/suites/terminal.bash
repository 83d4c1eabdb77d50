# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# What a person sees: each in terminals of 40, 80 and 200 columns.

# on_terminal COLUMNS [TEXT ACTION]... -- ARGUMENT...: flame-ec2 in a terminal; see lib/terminal.py. What has
# come is on stdout too, where all outputs are searched for secrets.
on_terminal() {
  local columns=$1 steps=() environment=()
  shift
  while [ "$1" != -- ]; do
    steps+=("$1")
    shift
  done
  mapfile -t environment < <(flame_environment)
  status=0
  python3 -I "$here/lib/terminal.py" "$columns" seen "${steps[@]}" -- \
    env -i TERM=xterm "${environment[@]}" "$binary" "${@:2}" || status=$?
  arguments=()
  cp seen.raw stdout && : >stderr
  keep_output
  problems=$(grep -vxE 'color|erase' seen.codes || true)
  [ -z "$problems" ] || die "on the terminal: $problems"
}
# longest FILE: of its lines, in columns. A single long word has no place at which it could be broken.
longest() { { grep -E '[^ ] +[^ ]' "$1" || true; } | LC_ALL=C.UTF-8 wc -L; }
expect_fit() { # FILE COLUMNS
  local found
  found=$(longest "$1")
  [ "$found" -le "$2" ] || die "a line of $1 has $found columns, the terminal $2: $(cat "$1")"
}
expect_on_screen() { grep -qF -- "$1" seen.screen || die "expected on the screen: …$1…, got: $(cat seen.screen)"; }


TEST "help is as wide as the terminal, up to what can be read, and has no codes"
commands=$("$binary" --help | sed -nE 's/^  ([a-z][a-z-]+) .*/\1/p')
for columns in 40 80 200; do
  on_terminal "$columns" --
  expect_status 2
  expect_on_screen "flame-ec2 boots short-lived EC2 machines"
  expect_on_screen "flame-ec2 COMMAND --help"
  [ "$(wc -l <seen.screen)" -le 24 ] || [ "$columns" -lt 80 ] || die "more than 24 lines"
  expect_fit seen.screen "$columns"
  for words in --help "help statuses" "help boot" "help settings"; do
    # shellcheck disable=SC2086 # words
    on_terminal "$columns" -- $words
    expect_status 0
    expect_same "$(cat seen.codes)" ""
    [ "$words" = "help settings" ] || expect_fit seen.screen $((columns < 100 ? columns : 100))
  done
done
for command in $commands; do
  on_terminal 80 -- "$command" --help
  expect_status 0
  expect_fit seen.screen 80
  [ "$(wc -l <seen.screen)" -le 41 ] || die "the help of $command is too long"
  expect_on_screen "Example:"
done
[ "$(wc -w <<<"$commands")" -ge 15 ] || die "which commands are there? $commands"
