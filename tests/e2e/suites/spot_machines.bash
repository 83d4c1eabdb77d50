# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2119,SC2154
# Spot machines that EC2 takes back: what it tells them, what they make of it, and who hears of it.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/runs.bash"
needs_machines
mkdir -p s3/keep
sandbox --machines nspawn
image=(--image-id ami-0123456789abcdef0 --market spot)
store=(--store s3://keep/flame/)

# tell NAME WHAT [TIME]: EC2 says so to the machine of that run, once its command runs.
tell() {
  runs "$1"
  control POST "instances/$id/$2" --data "${3-}" >/dev/null
}

orderly='trap "echo had time; exit 7" TERM; echo before; while :; do sleep 0.1; done'
begin orderly -- sh -c "$orderly"
begin sleeps "${store[@]}" -- sh -c 'echo before; exec sleep 600'
begin stubborn -- sh -c 'trap "" TERM; echo before; while :; do sleep 0.1; done'
begin drains "${store[@]}" --artifacts drained \
  --on-interruption 'echo "until $FLAME_EC2_INTERRUPTION" >"$FLAME_EC2_ARTIFACTS/word"' -- sh -c "$orderly"
begin ignores --on-interruption ignore -- sh -c 'echo before; exec sleep 600'
begin hinted --on-interruption 'echo never >/dev/console' -- sh -c 'echo before; sleep 20; exit 3'
# A boot beside them, whose first machine is taken back while it is being set up.
mapfile -t environment < <(flame_environment)
mkdir -p service/bin
printf '#!/bin/sh\nexec sleep 600\n' >service/bin/hello && chmod +x service/bin/hello
bundle hello.tar.gz service
env -i "${environment[@]}" "$binary" boot --app hello --bundle s3://bundles/hello.tar.gz "${image[@]}" \
  --max-lifetime 1h --run-id again --setup-command 'sleep 15' >again.stdout 2>again.stderr </dev/null &
again=$!
sets_up() { grep -qs "it is at: setup" again.stderr; }
until_true 90 sets_up || die "it never came to setup: $(cat again.stderr)"
first=$(grep -oE 'i-[0-9a-f]{17}' again.stderr | head -n 1)
control POST "instances/$first/interrupt" >/dev/null
tell orderly interrupt
tell sleeps interrupt
tell stubborn interrupt 28s
tell drains interrupt
tell ignores interrupt 3s
tell hinted rebalance
all_ended

TEST "a command that EC2's notice stops says its own status, and run says why"
came_to orderly 7
expect_stdout "before
had time"
expect_in_stderr "was interrupted: EC2 takes the machine back at 20"
expect_same "$(of_result orderly '.machines[0].market')" spot
of_result orderly '.machines[0].interrupted_at' | grep -qE '^20.*Z$' || die "the result does not say when"

TEST "so it does by a store, and SIGTERM is 143"
came_to sleeps 143
expect_stdout before
expect_in_stderr "EC2 takes the machine back"

TEST "a command that does not end in the time of the notice is killed"
came_to stubborn 137
expect_stdout before
expect_in_stderr "was ended by SIGKILL"

TEST "a command of the user's runs before, as the one that is stopped"
came_to drains 7
expect_same "$(cat drained/word)" "until $(of_result drains '.machines[0].interrupted_at')"

TEST "what ignores the notice is taken back: 125, and EC2 is the reason"
came_to ignores 125
expect_stdout before
expect_in_stderr "EC2 took the machine back"
expect_same "$(of_result ignores '.error.kind + " " + .error.aws_code')" "capacity Server.SpotInstanceTermination"
expect_same "$(of_result ignores .error.retryable)" true
expect_same "$(of_result ignores '.machines[0].interrupted_at')" null

TEST "EC2's hint is told, and stops nothing"
came_to hinted 3
expect_stdout before
expect_in_stderr "EC2 may take"
expect_same "$(of_result hinted '.machines[0].interrupted_at')" null

TEST "a boot takes another machine for one that is taken back before it is ready"
code=0
wait "$again" || code=$?
cp again.stdout outputs/again.stdout
cp again.stderr outputs/again.stderr
expect_same "$code" 0
id=$(cut -f1 again.stdout)
[ "$id" != "$first" ] || die "the boot gave a machine that EC2 has taken"
expect_same "$(state_of "$first")" terminated
expect_same "$(live_machines)" "$id"

TEST "wait, list and logs tell of it"
flame_start wait "$id" --for stopped
control POST "instances/$id/interrupt" >/dev/null
flame_wait
expect_status 143
expect_in_stderr "EC2 takes the machine back"
wait_for_end "$id"
flame list --all --run-id again --json
expect_status 0
expect_same "$(jq -r '[.instances[] | .stage] | unique | join(" ")' stdout)" interrupted
flame logs "$id"
expect_status 0
expect_in_stdout "interrupted"
expect_in_stdout "EC2 takes the machine back"

TEST "results are as their schema says"
expect_machines 0
for result in *.json; do # as if they had been printed; the end of the suite looks at them
  calls=$((calls + 1))
  printf 'run-result\0--json\0' >"calls/$calls.args"
  cp "$result" "outputs/$calls.stdout"
done
