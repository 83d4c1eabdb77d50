# shellcheck shell=bash
# shellcheck disable=SC2154 # work, status and the like are set by tests/e2e/run and lib/flame.bash
# TEST, the expectations, and the end of a suite.

current=""
tests=0
failed=""
at_end=() # commands for the end of the suite, whatever it is

# TEST NAME: what follows, up to the next TEST, is the test of this promise.
TEST() {
  [ -z "$current" ] || echo "ok: $current"
  current=$1
  tests=$((tests + 1))
}

# die WHY: a failed test says where, why and what was on stderr, and keeps its files.
die() {
  local i=0
  while [[ ${BASH_SOURCE[i]} == */lib/* ]]; do i=$((i + 1)); done
  failed=yes
  printf 'FAILED: %s (%s:%s)\n  %s\n' "$current" "${BASH_SOURCE[i]##*/}" "${BASH_LINENO[i - 1]}" "$1"
  [ ! -f stdout ] || head -c 1000 stdout | sed 's/^/  stdout: /'
  [ ! -f stderr ] || head -c 4000 stderr | sed 's/^/  stderr: /'
  printf '  files left in %s\n' "$work"
  exit 1
}

skip() { # WHY: the whole suite
  echo "skipped: $1"
  exit 77
}
needs() { # COMMAND...
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null || skip "$command is not there"
  done
}

expect_status() { [ "$status" = "$1" ] || die "expected exit status $1, got $status"; }
expect_stdout_empty() { [ ! -s stdout ] || die "expected nothing on stdout"; }
expect_stderr_empty() { [ ! -s stderr ] || die "expected nothing on stderr"; }
expect_stdout() { [ "$(cat stdout)" = "$1" ] || die "expected on stdout: $1"; }
expect_in_stdout() { grep -qF -- "$1" stdout || die "expected on stdout: …$1…"; }
expect_in_stderr() { grep -qF -- "$1" stderr || die "expected on stderr: …$1…"; }
expect_not_in_stderr() { ! grep -qF -- "$1" stderr || die "expected not on stderr: …$1…"; }
expect_in() { grep -qF -- "$2" "$1" || die "expected in $1: …$2…"; } # FILE TEXT
expect_same() { [ "$1" = "$2" ] || die "expected \"$2\", got \"$1\""; } # GOT WANTED
# expect_json FILTER WANTED: of jq on stdout.
expect_json() {
  local got
  got=$(jq -r "$1" stdout) || die "stdout is no JSON"
  [ "$got" = "$2" ] || die "expected $1 to be $2, got $got"
}
# expect_error STATUS WORDS...: the status, nothing on stdout, every word in the message on stderr,
# which is one line that starts as all errors do.
expect_error() {
  local word
  expect_status "$1"
  expect_stdout_empty
  expect_in_stderr "flame-ec2: error: "
  shift
  for word in "$@"; do expect_in_stderr "$word"; done
}

# until_true SECONDS COMMAND...: tries every 50 ms.
until_true() {
  local tries=$(($1 * 20))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.05
  done
}

end_of_suite() {
  sandbox_stop
  find_secrets
  check_schemas
  echo "ok: $current"
  echo "$tests tests passed"
}

at_exit() {
  local result=$?
  trap - EXIT
  sandbox_stop || true
  local command
  for command in "${at_end[@]}"; do eval "$command" || true; done
  local job
  for job in $(jobs -p); do # what a failed or ended suite has left would be waited for
    kill -KILL -- "-$job" 2>/dev/null || true
  done
  wait 2>/dev/null || true # else bash says that they were ended
  if [ -z "$failed" ] && [ "$result" -ne 0 ] && [ "$result" -ne 77 ]; then
    failed=yes
    echo "FAILED: $current (status $result); files left in $work"
  fi
  cd /
  [ -n "$failed" ] || rm -rf "$work"
  exit "$result"
}
