# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Shows our machines: living, ended, of a run or an app, of all regions.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"
sandbox --region us-east-1,eu-west-1

TEST "says that there is none"
flame list
expect_status 0
expect_stdout_empty
expect_in_stderr us-east-1
flame list --json
expect_status 0
expect_json '.instances | length' 0

TEST "shows what lives, the newest first, in a table, as ids and as JSON"
first=$(ours one "$(utc '+90 minutes')")
sleep 1.1
second=$(ours two none)
stranger=$(plant Name=database)
flame list
expect_status 0
grep -qE "^ID +STATE +APP +RUN " stdout || die "no titles"
grep -qE "^$first .* one .*\(in 1h(2[0-9]|30)m\)" stdout || die "no expiry"
grep -qE "^$second .* two .* never" stdout || die "no \"never\""
! grep -q "$stranger" stdout || die "a machine of somebody else is shown"
flame ls --ids
expect_status 0
expect_stdout "$second
$first"
flame list --json
expect_json '[.instances[].instance_id] | join(" ")' "$second $first"
expect_json '.instances[1].run_id' one
expect_json '.instances[1].app' hello
expect_json '.instances[1].expires_at | test("^20..-..-..T..:..:..Z$")' true
expect_json '.instances[0].expires_at' null
expect_json '.instances[0].region' us-east-1
expect_json '.instances[0].account' "$(jq -r '.instances[1].account' stdout)"
flame list --output env
expect_stdout "FLAME_EC2_INSTANCE_IDS='$second $first'"

TEST "shows one run or app"
flame list --ids --run-id one
expect_stdout "$first"
echo two >run
flame list --ids --run-id-file run
expect_stdout "$second"
flame list --ids --app hello --run-id two
expect_stdout "$second"
flame list --ids --app other
expect_stdout_empty

TEST "reads no wildcards into ids and names"
flame list --run-id 'o*'
expect_error 2 'o*'
flame list --app '*'
expect_error 2 '*'

TEST "times are those of the time zone"
flame list --json
launched=$(jq -r '.instances[0].launched_at' stdout)
with=(TZ=UTC-5:30)
flame list
with=()
expect_in_stdout "$(TZ=UTC-5:30 date -d "$launched" +%H:%M) ("

TEST "shows ended machines with reason and stage, only when asked"
prints "$first" 'flame-ec2 0123456789abcdef stage=boot t=0.01 .
flame-ec2 0123456789abcdef stage=failed t=2.50 at=fetch rc=22 msg=HTTP 403 .
'
control POST "instances/$first/power-off" >/dev/null
wait_for_end "$first"
flame list --ids
expect_stdout "$second"
flame list --all
grep -qE "^$first +terminated +failed: at fetch +Client.InstanceInitiatedShutdown " stdout || die "no stage"
flame list --all --json
expect_json ".instances[] | select(.instance_id == \"$first\") | .stage" failed
expect_json ".instances[] | select(.instance_id == \"$first\") | .reason_code" Client.InstanceInitiatedShutdown
fault 'GetConsoleOutput:UnauthorizedOperation'
flame list --all
expect_status 0
expect_in_stderr GetConsoleOutput
expect_in_stdout "$first"
no_more_faults

TEST "shows all regions, and names those that fail"
there=$(plant eu-west-1 flame-ec2:run-id=there flame-ec2:expires-at=none)
flame list --region all --json
expect_status 0
expect_json '[.instances[] | "\(.region) \(.instance_id)"] | join(", ")' "eu-west-1 $there, us-east-1 $second"
flame list --region all
expect_in_stdout eu-west-1
fault 'DescribeInstances[Region=us-east-1]:UnauthorizedOperation'
flame list --region all --json
expect_status 5
expect_in_stderr us-east-1
expect_json '[.instances[].instance_id] | join(" ")' "$there"
expect_json '.error.kind' denied
no_more_faults

TEST "needs a region, and the right to look"
with=(AWS_REGION=)
flame list
with=()
expect_error 3 region
fault 'DescribeInstances:UnauthorizedOperation'
flame list
expect_error 5 DescribeInstances
no_more_faults
