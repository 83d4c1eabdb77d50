# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Ends what has outlived its expiry by EC2's clock, and nothing else.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"
sandbox --region us-east-1,eu-west-1,eu-central-1

TEST "ends what has expired, and nothing else"
expired=$(ours old "$(utc '-1 hour')")
later=$(ours young "$(utc '+1 hour')")
never=$(ours lasting none)
unclear=$(ours odd tomorrow)
tagless=$(plant flame-ec2:run-id=bare)
orphan=$(plant FLAME_PARENT_APP=legacy FLAME_PARENT_IP=10.0.0.1)
stranger=$(plant Name=database)
protected=$(more=(DisableApiTermination=true) && ours kept "$(utc '-1 hour')")
flame gc --dry-run --output json
expect_status 0
expect_json '[.expired[].id] | sort | join(" ")' "$(printf '%s\n' "$expired" "$protected" | sort | xargs)"
expect_json '.expired[0].ended' false
expect_machines 8
flame gc --output json
expect_status 10 # what is protected may still live
expect_json '.expired[] | select(.ended) | .id' "$expired"
expect_json '[.unclear[].id] | sort | join(" ")' "$(printf '%s\n' "$unclear" "$tagless" | sort | xargs)"
expect_json '.orphans[].id' "$orphan"
expect_json '.error.instances | join(" ")' "$protected"
expect_in_stderr "$protected"
expect_in_stderr disableApiTermination
expect_same "$(state_of "$expired" | sed s/shutting-down/terminated/)" terminated
for id in "$later" "$never" "$unclear" "$tagless" "$orphan" "$stranger" "$protected"; do
  live_machines | grep -qx "$id" || die "$id was ended"
done

TEST "says in a table what it has found"
flame gc
expect_status 10
expect_in_stdout "WHAT"
grep -qE "^not-ended +$protected " stdout || die "the protected one is not named"
grep -qE "^unclear +$unclear .*\"tomorrow\" is no time" stdout || die "the unclear one is not named"
grep -qE "^orphan +$orphan .*FlameEC2 1.0" stdout || die "the orphan is not named"

TEST "tells by its status that something was found, when asked to"
flame gc --app nobody --exit-code
expect_status 0
expect_stdout_empty
flame gc --app legacy --exit-code
expect_status 11
expect_in_stdout "$orphan"
expect_not_in_stderr error
flame gc --app legacy --exit-code --output json
expect_status 11
expect_json '.error' null

sandbox --region us-east-1,eu-west-1,eu-central-1
TEST "goes by EC2's clock, not by this computer's"
id=$(ours clock "$(utc '+1 hour')")
fault 'DescribeInstances:date-behind=2h=2'
flame gc
expect_same "$(live_machines)" "$id"
no_more_faults
fault 'DescribeInstances:no-date'
fault 'DescribeRegions:no-date'
flame gc
expect_error 7 Date
expect_same "$(live_machines)" "$id"
no_more_faults
past=$(ours clock "$(utc '-5 minutes')")
fault 'DescribeInstances:date-behind=1h'
flame gc
expect_status 0
expect_machines 2
no_more_faults
fault 'DescribeInstances:date-ahead=2h'
flame gc
expect_status 0
expect_machines 0
no_more_faults

TEST "names volumes and interfaces that no machine has"
control POST leftovers/us-east-1 \
  --data-binary $'volume flame-ec2:run-id=r1 flame-ec2:app=hello\nnetwork-interface flame-ec2:run-id=r2\nvolume Name=data' \
  >leftovers
mapfile -t left <leftovers
flame gc --json --exit-code
expect_status 11
expect_json '[.leftovers[] | "\(.kind) \(.id)"] | sort | join(", ")' "network-interface ${left[1]}, volume ${left[0]}"
flame gc --app hello --json
expect_json '[.leftovers[].id] | join(" ")' "${left[0]}"

TEST "looks at every region, and a region that fails keeps no other from its turn"
here_one=$(ours here "$(utc '-1 hour')")
there_one=$(plant eu-west-1 flame-ec2:run-id=there "flame-ec2:expires-at=$(utc '-1 hour')")
fault 'DescribeInstances[Region=eu-central-1]:UnauthorizedOperation'
flame gc --region all --json
expect_status 5
expect_in_stderr eu-central-1
expect_json '.regions | join(" ")' "eu-west-1 us-east-1"
expect_json '[.expired[] | "\(.region) \(.id) \(.ended)"] | sort | join(", ")' \
  "eu-west-1 $there_one true, us-east-1 $here_one true"
expect_json '.error.kind' denied
expect_machines 0
no_more_faults

TEST "says what right is missing"
fault 'DescribeInstances:UnauthorizedOperation'
flame gc
expect_error 5 DescribeInstances
no_more_faults
fault 'DescribeRegions:UnauthorizedOperation'
flame gc --region all
expect_error 5 DescribeRegions
no_more_faults
id=$(ours mute "$(utc '-1 hour')")
fault 'TerminateInstances:UnauthorizedOperation'
flame gc
expect_status 10
expect_in_stderr "$id"
expect_in_stderr TerminateInstances
no_more_faults
fault 'DescribeVolumes:UnauthorizedOperation'
fault 'DescribeNetworkInterfaces:UnauthorizedOperation'
flame gc
expect_status 0
expect_in_stderr "volumes are not looked at"
expect_machines 0
no_more_faults

TEST "any number may run at once"
for n in 1 2 3 4 5 6; do ours many "$(utc "-$n minutes")" >/dev/null; done
pids=()
for n in 1 2 3 4 5; do
  mapfile -t environment < <(flame_environment)
  env -i "${environment[@]}" "$binary" gc >"gc.$n" 2>&1 </dev/null &
  pids+=($!)
done
for n in "${!pids[@]}"; do
  wait "${pids[n]}" || die "one of several failed: $(cat gc.*)"
done
expect_machines 0

TEST "takes no bad flags"
flame gc --app ''
expect_error 2 --app
flame gc i-0123456789abcdef0
expect_error 2
flame gc --region nowhere
expect_error 3 nowhere
