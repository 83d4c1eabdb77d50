# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# What a person sees: each in terminals of 40, 80 and 200 columns.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"

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
expect_live() { grep -qE -- "$1" seen.live || die "expected as live line: $1, got: $(cat seen.live)"; }
expect_no_colors() { ! grep -qx color seen.codes || die "colors: $(cat -v seen.raw)"; }

sandbox --region us-east-1,eu-west-1
boot=(boot --app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0 --max-lifetime 1h
  --instance-type t3.nano)
machine=$(ours 'a-run-whose-name-is-rather-long' "$(utc '+90 minutes')")
expired=$(ours old "$(utc '-1 hour')")
prints "$machine" 'flame-ec2 0123456789abcdef stage=boot t=0.01 .
flame-ec2 0123456789abcdef stage=failed t=2.50 at=fetch rc=22 msg=the bundle could not be fetched: HTTP 403 .
'

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

TEST "tables fold, and tell on a narrow terminal what matters most"
for columns in 40 80 200; do
  on_terminal "$columns" -- list
  expect_status 0
  expect_on_screen "$machine"
  expect_on_screen running
  expect_fit seen.screen "$columns"
  on_terminal "$columns" -- logs "$machine"
  expect_status 0
  # The console is shown as it is, and sentences are broken by the terminal.
  sed '/^flame-ec2[: ]/d; /^i-.* only exists/d' seen.screen >table
  expect_in table failed
  expect_fit table "$columns"
  on_terminal "$columns" -- gc --dry-run
  expect_status 0
  expect_on_screen "$expired"
  grep -v '^flame-ec2: ' seen.screen >table
  expect_fit table "$columns"
  expect_same "$(grep -vx erase seen.codes)" ""
done
on_terminal 200 -- list
expect_on_screen a-run-whose-name-is-rather-long
expect_on_screen "in 1h"

TEST "why a machine has ended is on a terminal of 80 columns"
ended=$(ours a-run-that-has-ended "$(utc '+90 minutes')")
prints "$ended" 'flame-ec2 0123456789abcdef stage=boot t=0.01 .
flame-ec2 0123456789abcdef stage=failed t=2.50 at=fetch rc=22 msg=the bundle could not be fetched: HTTP 403 .
'
flame terminate "$ended" --wait
for columns in 80 200; do
  on_terminal "$columns" -- list --all
  expect_status 0
  expect_on_screen REASON
  expect_on_screen "Client.UserInit"
  expect_on_screen "failed: "
  expect_fit seen.screen "$columns"
done

TEST "plan folds, and is whole in a pipe"
plan=(plan "${boot[@]:1}" --instance-type "u-24tb1.112xlarge,c7i.metal-48xl" --market "spot,on-demand"
  --subnet-id "subnet-0123456789abcdef0,subnet-00112233445566778")
for columns in 40 80 200; do
  on_terminal "$columns" -- "${plan[@]}"
  grep -v '^flame-ec2: ' seen.screen >table
  expect_in table "u-24tb1.112xlarge"
  expect_in table "expires at: "
  expect_fit table "$columns"
done
flame "${plan[@]}"
expect_in_stdout "u-24tb1.112xlarge  subnet-0123456789abcdef0"
expect_in_stdout "c7i.metal-48xl     subnet-00112233445566778"
! grep -q '…' stdout || die "cut in a pipe: $(cat stdout)"

TEST "doctor and the settings fold too"
for columns in 40 80 200; do
  on_terminal "$columns" -- doctor "${boot[@]:1}"
  grep -v '^flame-ec2: ' seen.screen >table
  expect_in table "ok    caller"
  # A name that is longer than the terminal is wide stays whole.
  grep -vE '[^ ]{30}' table >foldable || true
  expect_fit foldable "$columns"
  on_terminal "$columns" -- configure --show "${boot[@]:1}"
  expect_status 0
  expect_on_screen "flag --app"
  grep -vE '[^ ]{30}' seen.screen >foldable || true
  expect_fit foldable "$columns"
done

TEST "one live line says what is done, for how long, and how long it may take"
fault 'DescribeInstances:delay=300ms'
for columns in 40 80 200; do
  on_terminal "$columns" "left" ctrl-c -- "${boot[@]}" --wait-for ready --boot-timeout 2m
  expect_status 130
  expect_live "launching|asking|waiting"
  expect_live "[0-9]+s, 1m[0-9]+s left"
  expect_fit seen.live $((columns - 1))
  ! grep -q "left$" seen.screen || die "the live line was left behind: $(cat seen.screen)"
  expect_on_screen "flame-ec2 terminate --region us-east-1 --run-id"
done
no_more_faults
expect_machines 2

TEST "what stands at the end of a boot is the result alone, below the notes"
on_terminal 80 -- "${boot[@]}" --wait-for running --run-id all-done
expect_status 0
expect_on_screen "$(live_machines | tail -n 1)"
! grep -q "launching" seen.screen || die "a live line was left: $(cat seen.screen)"
flame terminate --run-id all-done
expect_status 0

TEST "the live line follows a terminal that becomes narrow"
on_terminal 120 "left" resize=40 "… " resize=40 " left" ctrl-c -- "${boot[@]}" --wait-for ready --boot-timeout 2m
expect_status 130
tail -n 1 seen.live >last
expect_fit last 39

TEST "no colors when nobody wants them"
for variable in NO_COLOR=1 CLICOLOR=0 TERM=dumb; do
  with=("$variable")
  on_terminal 80 -- list --run-id 'a*'
  expect_no_colors
  expect_status 2
done
with=(TERM=dumb)
on_terminal 80 -- "${boot[@]}" --wait-for running --run-id dumb
expect_same "$(cat seen.codes)" ""
expect_on_screen "flame-ec2: launching t3.nano"
with=(NO_COLOR=1)
on_terminal 80 -- list --run-id 'a*' --color always
grep -qx color seen.codes || die "--color always is stronger than NO_COLOR"
with=()
on_terminal 80 -- list --run-id 'a*' --color never
expect_no_colors
on_terminal 80 -- list --run-id 'a*'
grep -qx color seen.codes || die "no color on a terminal"
flame list --run-id 'a*' --color auto
! grep -q $'\033' stderr || die "codes in a pipe"
flame terminate --run-id dumb

TEST "a question stands on a clean line, and its answer is taken"
on_terminal 80 "[y/N]" type=n -- terminate --app hello
expect_on_screen "[y/N]"
expect_machines 2

TEST "-vv names each request, and no secret"
flame "${boot[@]}" --wait-for running --run-id traced -vv -e PASSWORD=hunter22
expect_status 0
grep -qE '^flame-ec2: RunInstances at 127\.0\.0\.1:[0-9]+: 200 after [0-9]+ ms, request [0-9a-f-]+$' stderr ||
  die "no line of the request"
secrets+=(hunter22)
flame list -v
! grep -q " at 127.0.0.1:" stderr || die "-v alone names the requests"

TEST "a sandbox says how its keys can be had, and that a folder was not there"
"$sandbox_binary" --port 0 --metadata-port 0 --machines none --s3 no/such 2>told </dev/null &
bare=$!
until_true 20 grep -q "keys" told || die "the sandbox has not told: $(cat told)"
kill "$bare"
wait "$bare" || true
expect_in told "the folder no/such was not there"
expect_in told "--env-file FILE"
"$sandbox_binary" --port 0 --metadata-port 0 --machines none --s3 s3 --print-env >bare.env 2>ready </dev/null &
bare=$!
until_true 20 grep -q ready ready || die "the sandbox did not start: $(cat ready)"
kill "$bare"
wait "$bare" || true
expect_same "$(grep -cE 'keys|was not there' ready)" 0
secrets+=("$(plain_env_file bare.env | sed -n 's/^AWS_SECRET_ACCESS_KEY=//p')")

TEST "what people read is there as JSON too"
for words in "help" "help boot" "help settings" "help statuses" man "completion fish" "boot --help" --help; do
  # shellcheck disable=SC2086 # words
  flame $words --json
  expect_status 0
  expect_json '.text | length > 100' true
done
flame template-user-data --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --json
expect_status 0
expect_json '.user_data | startswith("#!/bin/sh\n")' true
expect_json '.bytes < .limit' true
flame template-user-data --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --json --format gzip
expect_status 2
expect_json .error.kind usage
flame wait "$machine" --json # one object, which holds the error
expect_status 9
expect_json '"\(.machines[0].instance_id) \(.error.kind) \(.error.stage)"' "$machine bootstrap fetch"
flame help boot list
expect_error 2 "flame-ec2 help boot"
flame list --region us-eest-1
expect_in_stderr "did you mean us-east-1?"
