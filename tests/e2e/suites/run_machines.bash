# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# `run`: real commands on machines under real systemd, many at once, and what each comes to.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
mkdir -p s3/keep
sandbox --machines nspawn
image=(--image-id ami-0123456789abcdef0)
store=(--store s3://keep/flame/)

# begin NAME ARGUMENT...: a run beside the others; NAME.stdout, .stderr and .json are its own.
names=()
begin() {
  local name=$1 environment=()
  shift
  mapfile -t environment < <(flame_environment)
  names+=("$name")
  (
    code=0
    env -i --default-signal "${environment[@]}" "$binary" run "${image[@]}" --run-id "$name" \
      --result "$name.json" "$@" >"$name.stdout" 2>"$name.stderr" </dev/null || code=$?
    echo "$code" >"$name.status"
  ) &
}
# all_ended: waits for those that have begun, and keeps what they said for the search for secrets.
all_ended() {
  local name
  for name in "${names[@]}"; do
    until_true 120 test -s "$name.status" || die "$name has not ended: $(cat "$name.stderr")"
    cp "$name.stdout" "outputs/$name.stdout"
    cp "$name.stderr" "outputs/$name.stderr"
  done
  names=()
}
# came_to NAME STATUS: the status, in the exit and in the result, and no machine is left.
came_to() {
  cp "$1.stdout" stdout
  cp "$1.stderr" stderr
  status=$(cat "$1.status")
  expect_status "$2"
  jq -e . "$1.json" >/dev/null || die "the result of $1 is no JSON"
  expect_same "$(jq -r .exit_status "$1.json")" "$2"
  expect_same "$(jq -r '.may_still_run | length' "$1.json")" 0
}
of_result() { jq -r "$2" "$1.json"; } # NAME FILTER

begin good -- echo hello
begin one --shell 'echo out; echo err >&2; exit 1'
begin answer "${store[@]}" --shell 'echo out; echo err >&2; exit 42'
begin killed -- sh -c 'echo before; kill -KILL $$'
begin unknown -- no-such-command
begin plain -- /etc/passwd
begin arguments -- printf '%s|' 'a b' '' '$HOME' "it's" '*' --help
begin binary -- sh -c 'head -c 20000 /dev/urandom >r && md5sum r >&2 && cat r'
all_ended

TEST "a command's output and status are those of run"
came_to good 0
expect_stdout hello
came_to one 1
expect_stdout out
expect_same "$(grep -v '^flame-ec2: ' stderr)" err

TEST "so they are by a store"
came_to answer 42
expect_stdout out
expect_same "$(grep -v '^flame-ec2: ' stderr)" err
expect_same "$(of_result answer '.machines[0].status')" 42

TEST "a command that a signal ended is 128 and its number"
came_to killed 137
expect_stdout before
expect_in_stderr "was ended by SIGKILL"

TEST "a command that is not there is 127, one that cannot be executed 126"
came_to unknown 127
expect_in_stderr no-such-command
came_to plain 126

TEST "arguments come as they are, and so do bytes, without a newline at their end too"
came_to arguments 0
printf '%s|' 'a b' '' '$HOME' "it's" '*' --help >wanted
cmp stdout wanted
came_to binary 0
expect_same "$(md5sum <stdout)" "$(grep '  r$' stderr | cut -c1-32)  -"

begin heavy "${store[@]}" -- sh -c 'head -c 50000000 /dev/urandom >r && md5sum r >&2 && cat r'
begin flood -- sh -c 'seq 8000000; echo told >&2'
begin daemon -- sh -c 'sleep 600 & setsid sleep 600 & echo forked; exit 3'
begin off --run-as root -- sh -c 'echo bye; systemctl poweroff; sleep 60'
begin reads -- cat
begin late --max-lifetime 15s --boot-timeout 14s -- sh -c 'echo before; exec sleep 600'
all_ended

TEST "50 MB come whole by a store"
came_to heavy 0
expect_same "$(md5sum <stdout)" "$(grep '  r$' stderr | cut -c1-32)  -"
expect_same "$(of_result heavy '.machines[0].stdout | "\(.bytes) \(.left_out)"')" "50000000 0"

TEST "what a console cannot carry is left out, and said"
came_to flood 0
expect_same "$(tail -n 1 stdout)" 8000000
[ "$(wc -c <stdout)" -lt 200000 ] || die "$(wc -c <stdout) bytes came by a console"
expect_in_stderr told
expect_in_stderr "of 62888896 bytes of stdout"
expect_in_stderr "with --store all of it comes"
[ "$(of_result flood '.machines[0].stdout.left_out')" -gt 60000000 ] || die "the result does not say it"

TEST "what a command has forked ends with it"
came_to daemon 3
expect_stdout forked

TEST "a command that powers off its machine is ended by that"
came_to off 143
expect_stdout bye

TEST "nothing is on the standard input"
came_to reads 0
expect_stdout_empty

TEST "a lifetime that is over is 125, and says so"
came_to late 125
expect_stdout before
expect_in_stderr "the lifetime of "
expect_same "$(of_result late .error.kind)" timeout

TEST "no machine is left"
none_lives() { [ -z "$(live_machines)" ]; }
until_true 60 none_lives || die "still there: $(live_machines)"
