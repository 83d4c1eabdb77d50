# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Shows stages and console of one machine, alive or dead.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"
sandbox
nonce=0123456789abcdef0123456789abcdef
stage() { printf 'flame-ec2 %s stage=%s .\r\r\n' "$nonce" "$*"; }

TEST "says that a console is empty"
id=$(ours one none)
xen=$(more=(InstanceType=t2.nano) && ours old none) # of a type that shows nothing before its end
flame logs "$xen"
expect_status 0
expect_stdout_empty
expect_in_stderr "is empty"

TEST "shows stages and console, harmless and without secrets"
prints "$id" "$(stage boot t=0.01)
$(printf '\033[0;32m  OK  \033[0m] Started \033]0;title\007thing\r\n\001')
the token is hunter2hunter2, and https://b.s3/k?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=abcdef0123&x=1
$(stage start t=2.50)
flame-ec2 forged stage=stopped t=3.00 rc=0 .
"
secrets+=(hunter2hunter2)
with=(FLAME_EC2_ENV='{"TOKEN":"hunter2hunter2"}')
flame logs "$id"
expect_status 0
grep -qE "^boot +0.01s" stdout || die "no stage"
grep -qE "^start +2.50s" stdout || die "no stage"
! grep -qE "^stopped" stdout || die "a forged stage is shown"
expect_in_stdout "  OK  ] Started thing"
expect_in_stdout "the token is ***, and"
! grep -q abcdef0123 stdout || die "a signature is shown"
! LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]' stdout || die "control characters"
! grep -q "$nonce" stdout || die "the nonce is shown"
flame logs "$id" --json
with=()
expect_json '[.stages[].stage] | join(" ")' "boot start"
expect_json '.stages[1].ms' 2500
expect_json '.machine.instance_id' "$id"
expect_json '.machine.stage' start
expect_json '.console_is_whole' true
expect_json '.console | contains("hunter2")' false

TEST "finds the latest machine of a run or an app"
sleep 1.1
newer=$(ours one none)
prints "$newer" $'hello from the newer one\n'
flame logs --run-id one
expect_status 0
expect_in_stdout "hello from the newer one"
expect_in_stderr "$newer"
flame logs --app hello
expect_in_stdout "hello from the newer one"
echo one >run
flame logs --run-id-file run
expect_in_stdout "hello from the newer one"
flame logs --run-id nobody
expect_error 1 "run nobody" us-east-1
flame logs i-0123456789abcdef0
expect_error 1 i-0123456789abcdef0

TEST "shows a machine that has ended"
control POST "instances/$newer/power-off" >/dev/null
wait_for_end "$newer"
flame logs --run-id one
expect_status 0
expect_in_stdout "hello from the newer one"
expect_in_stderr terminated

TEST "takes the console of the last change of state, where the type has no other"
old=$(more=(InstanceType=t2.nano) && ours xen none)
prints "$old" $'the old way\n'
flame logs "$old"
expect_status 0
expect_in_stderr "last change of state"
control POST "instances/$old/power-off" >/dev/null
wait_for_end "$old"
flame logs "$old"
expect_in_stdout "the old way"

TEST "says that stage lines may be forged once the beginning is gone"
prints "$id" "$(head -c 70000 /dev/zero | tr '\0' x | fold -w 100)
flame-ec2 forged stage=boot t=0.00 .
"
flame logs "$id"
expect_status 0
expect_in_stderr "may be the release's own"

TEST "follows a machine until it has ended"
follows=$(ours follow none)
prints "$follows" "$(stage boot t=0.01)
one
"
flame_start logs --follow "$follows"
until_true 30 grep -q '^one' stdout || die "the first line does not come"
prints "$follows" $'two\nthr'
until_true 30 grep -q '^two' stdout || die "the second line does not come"
prints "$follows" $'ee\n'"$(stage stopped t=9.00 rc=3)"$'\n'
control POST "instances/$follows/power-off" >/dev/null
flame_wait
expect_status 0
expect_same "$(grep -cE '^(one|two|three)$' stdout)" 3
expect_in_stderr "stopped status 3"
expect_in_stderr Client.InstanceInitiatedShutdown

TEST "stops following at a signal"
flame_start logs -f "$id"
until_true 30 test -s stdout || die "nothing comes"
kill -INT "$pid"
flame_wait
expect_status 130

TEST "wants one machine, and says what it cannot do"
flame logs
expect_error 2 "nothing is selected"
flame logs "$id" "$old"
expect_error 2 "one machine"
flame logs "$id" --run-id one
expect_error 2
flame logs web-1
expect_error 2 web-1
flame logs "$id" --output env
expect_error 2 "--output env" "choose one of text, json"
flame logs "$id" --follow --json
expect_status 2
fault 'GetConsoleOutput:UnauthorizedOperation'
flame logs "$id"
expect_error 5 GetConsoleOutput
no_more_faults
