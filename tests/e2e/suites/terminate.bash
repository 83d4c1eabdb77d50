# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Ends machines: by id, by run, what is already gone, what is not ours.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h)
boots() { # RUN_ID: one machine of this run; prints its id
  flame boot "${ordinary[@]}" --run-id "$1" --output json
  expect_status 0
  jq -re '.instances[0].instance_id' stdout || die "no id"
}
sandbox

TEST "ends a machine by its id"
id=$(boots one)
flame terminate "$id"
expect_status 0
expect_machines 0

TEST "takes what is already gone as done"
flame terminate "$id"
expect_status 0

TEST "waits until the machine is gone"
id=$(boots two)
flame terminate --wait "$id"
expect_status 0
expect_in <(machines) "$id	terminated"

TEST "ends all machines of a run, and no other"
boots three >/dev/null
boots three >/dev/null
other=$(boots four)
flame terminate --run-id three --wait
expect_status 0
expect_same "$(live_machines)" "$other"

TEST "takes a run without machines as done, and says where it looked"
flame terminate --run-id nobody --settle 1s
expect_status 0
expect_in_stderr "$(of_sandbox AWS_REGION)"

TEST "wants exactly one selector"
flame terminate
expect_error 2
flame terminate --run-id four --app hello
expect_error 2
flame terminate --run-id four "$other"
expect_error 2

TEST "takes no empty selector"
flame terminate --run-id ''
expect_error 2 run-id
flame terminate --app ''
expect_error 2 app
flame terminate ''
expect_error 2
expect_same "$(live_machines)" "$other"

TEST "takes no selector from variables"
with=(FLAME_EC2_RUN_ID=four FLAME_EC2_APP=hello RELEASE_NAME=hello)
flame terminate
expect_error 2
with=()
expect_same "$(live_machines)" "$other"

TEST "ends a whole app only when told --yes, where there is no terminal to ask"
flame terminate --app hello
expect_status 2
expect_in_stderr "--yes"
expect_same "$(live_machines)" "$other"
flame terminate --app hello --yes
expect_status 0
expect_machines 0

TEST "leaves a machine alone that is not ours, unless told --force"
ec2 RunInstances ImageId=ami-0123456789abcdef0 MinCount=1 MaxCount=1 >launched
id=$(grep -oE 'i-[0-9a-f]{17}' launched | head -n 1)
flame terminate "$id"
[ "$status" -ne 0 ] || die "ended a machine that is not ours"
expect_in_stderr "--force"
expect_same "$(live_machines)" "$id"
flame terminate --force "$id"
expect_status 0
expect_machines 0

TEST "ends what it can when one id is unknown"
id=$(boots five)
flame terminate "$id" i-0123456789abcdef0 --settle 1s
expect_status 0
expect_machines 0

TEST "ends what it can when one is protected, and names that one"
kept=$(more=(DisableApiTermination=true) && ours six none)
id=$(ours six none)
flame terminate --run-id six --json
expect_status 10
expect_json '.terminated | join(" ")' "$id"
expect_json '.error.instances | join(" ")' "$kept"
expect_in_stderr disableApiTermination
expect_same "$(live_machines)" "$kept"

sandbox
TEST "ends what it can when a right is missing for one"
id=$(ours seven none)
other=$(ours seven none)
fault "TerminateInstances[InstanceId.1=$other]:UnauthorizedOperation"
fault "TerminateInstances[InstanceId.2=$other]:UnauthorizedOperation"
flame terminate "$id" "$other"
expect_status 10
expect_stdout "$id"
expect_in_stderr "$other"
expect_in_stderr TerminateInstances
expect_same "$(live_machines)" "$other"
no_more_faults
flame terminate "$other"
expect_machines 0

TEST "names every id that is none, and sends nothing"
flame terminate i-1 web i-0123456789abcdef0 ami-0123456789abcdef0
expect_error 2 '"i-1"' '"web"' '"ami-0123456789abcdef0"'

TEST "refuses a run id that tags, filters or shells cannot carry"
# shellcheck disable=SC2016 # is not to be expanded
for run in '*' 'a b' 'a;b' '$(id)' "$(printf 'x%.0s' {1..65})"; do
  flame terminate --run-id "$run"
  expect_error 2 run_id
done

sandbox --visible-after 4s
TEST "ends machines that become visible only seconds after their launch"
id=$(ours late none)
flame terminate --run-id late
expect_status 0
expect_stdout "$id"
id=$(ours later none)
flame terminate "$id"
expect_status 0
expect_stdout "$id"
expect_machines 0

TEST "looks for a run to the end of --settle when that is given"
id=$(ours twice none)
until_true 30 is_described "$id" || die "not visible"
second=$(ours twice none)
flame terminate --run-id twice --settle 8s
expect_status 0
expect_in_stdout "$second"
expect_machines 0
