# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# What happens while EC2 has little to give: stories of scenarios (docs/sandbox.md). Machines only exist.
# At the end of each, every machine that EC2 ever made was returned or has been ended.

sub_a=subnet-0123456789abcdef0 sub_b=subnet-0fedcba9876543210 sub_c=subnet-00112233445566778
boot() {
  local type=(--instance-type t3.nano)
  [[ " $* " != *" --instance-type "* ]] || type=()
  flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --bundle s3://bundles/hello.tar.gz \
    --no-inspect --json "${type[@]}" "$@"
}
# story [until launched|running]: a sandbox that plays the scenario on stdin.
story() {
  cat >scenario.toml
  sandbox_stop
  : >sandbox.log # what said() looks at
  sandbox --scenario scenario.toml --pending-time 200ms
  waits=${2:-launched}
}
# refused: what the candidates answered that did not win, one a line.
refused() { jq -r '.refused[] | "\(.market // "-") \(.instance_type) \(.subnet_id) \(.aws_code)"' stdout; }
won() { jq -r '.instances[0] | "\(.market) \(.instance_type) \(.subnet_id)"' stdout; }
# launches [CODE]: how many RunInstances were answered so; without CODE: how many launched.
launches() {
  control GET requests | jq --arg code "${1-}" '[.[] | select(.action == "RunInstances" and .code == $code)] | length'
}
all_are_ended() { ! machines | grep -vE "$returned" | grep -qv '	terminated$'; }
# expect_nothing_lost: all that EC2 ever made are the returned ones, which live, and ended ones.
expect_nothing_lost() {
  local returned id
  returned=$(jq -r '.instances[]?.instance_id' stdout | paste -sd '|')
  returned=${returned:-none}
  until_true 20 all_are_ended || die "of $returned and ended machines: $(machines)"
  for id in ${returned//|/ }; do
    [ "$id" = none ] || [[ $(state_of "$id") == @(pending|running) ]] || die "$id was returned, and is $(state_of "$id")"
  done
}

TEST "the example of docs/sandbox.md is a scenario, and has every key"
sed -n '/^```toml$/,/^```$/{//!p}' "$project/docs/sandbox.md" >example.toml
[ -s example.toml ] || die "no example"
sandbox --scenario example.toml
for key in visible_after states_after spot_role capacity addresses quotas not_offered taken_back buckets later; do
  grep -qE "^(\[+$key\]+$|$key = )" example.toml || die "the example has no $key"
done
boot --market on-demand --subnet-id "$sub_b"
expect_status 0
expect_nothing_lost

TEST "a scenario with mistakes: all at once, with lines, beside those of the flags, and no sandbox"
printf 'spot_rol = true\n[capacity]\n"t3.nano" = 1\n' >broken.toml
status=0
"$sandbox_binary" --scenario broken.toml --pending-time soon --machines none >stdout 2>stderr || status=$?
expect_status 2
expect_in_stderr "broken.toml:1: spot_rol is no key of a scenario"
expect_in_stderr 'broken.toml:3: "t3.nano" is not TYPE/ZONE/MARKET'
expect_in_stderr "--pending-time"
status=0
"$sandbox_binary" --scenario nowhere.toml --machines none >stdout 2>stderr || status=$?
expect_status 2
expect_in_stderr nowhere.toml
control PUT scenario --data-binary 'spot_rol = true' >stdout 2>stderr && die "a scenario with a mistake was taken"

TEST "spot is out in a and b, on-demand wins in c"
story <<'TOML'
[capacity]
"*/us-east-1a/*" = 0
"*/us-east-1b/*" = 0
"*/us-east-1c/spot" = 0
TOML
boot --market spot,on-demand --subnet-id "$sub_a,$sub_b,$sub_c"
expect_status 0
expect_same "$(won)" "on-demand t3.nano $sub_c"
expect_same "$(refused)" "spot t3.nano $sub_a InsufficientInstanceCapacity
spot t3.nano $sub_b InsufficientInstanceCapacity
spot t3.nano $sub_c InsufficientInstanceCapacity
on-demand t3.nano $sub_a InsufficientInstanceCapacity
on-demand t3.nano $sub_b InsufficientInstanceCapacity"
expect_nothing_lost

TEST "a zone without room is asked once, whatever subnets it has, and a group that had some goes on in it"
inner=subnet-0aaaaaaaaaaaaaaa1 # of zone a too
story <<'TOML'
[capacity]
"*/us-east-1a/*" = 0
TOML
boot --subnet-id "$sub_a,$inner,$sub_b"
expect_status 0
expect_same "$(won)" "on-demand t3.nano $sub_b"
expect_same "$(refused)" "- t3.nano $sub_a InsufficientInstanceCapacity"
expect_same "$(launches InsufficientInstanceCapacity)" 1
story <<'TOML'
[addresses]
subnet-0123456789abcdef0 = 2
TOML
boot --subnet-id "$sub_a,$inner" --count 3
expect_status 0
expect_same "$(jq -r '.instances[].subnet_id' stdout)" "$(printf '%s\n' "$sub_a" "$sub_a" "$inner")"
expect_nothing_lost

TEST "throttled for three seconds: nothing lost, nothing doubled"
story <<'TOML'
[buckets]
RunInstances = { requests = 0, requests_per_second = 0 }
[[later]]
after = "3s"
[later.buckets]
RunInstances = { requests = 10, requests_per_second = 10 }
TOML
boot --subnet-id "$sub_a,$sub_b" --count 3
expect_status 0
expect_same "$(jq '.instances | length' stdout)" 3
[ "$(launches RequestLimitExceeded)" -ge 1 ] || die "nothing was throttled"
expect_same "$(launches)" 1
expect_machines 3
expect_nothing_lost

TEST "throttled to the end: status 7, nothing lives"
story <<'TOML'
[buckets]
RunInstances = { requests = 0, requests_per_second = 0 }
TOML
boot --subnet-id "$sub_a,$sub_b" --boot-timeout 3s
expect_status 7
expect_json .error.aws_code RequestLimitExceeded
expect_nothing_lost

TEST "ending is throttled too: what was launched is ended all the same"
story <<'TOML'
[capacity]
"*/*/*" = 3
[buckets]
TerminateInstances = { requests = 0, requests_per_second = 0 }
[[later]]
after = "3s"
[later.buckets]
TerminateInstances = { requests = 10, requests_per_second = 10 }
TOML
printf 'machine:power-off=1ms@2\n' | control POST faults --data-binary @- >/dev/null
boot --subnet-id "$sub_a" --count 3 --wait-for ready --boot-timeout 20s
[ "$status" -ne 0 ] || die "a machine went off, and nobody minds"
expect_nothing_lost
expect_machines 0

TEST "the subnet is full, the next one takes it"
story <<'TOML'
[addresses]
subnet-0123456789abcdef0 = 1
TOML
boot --subnet-id "$sub_a,$sub_b"
expect_same "$(won)" "on-demand t3.nano $sub_a"
first=$(jq -r '.instances[0].instance_id' stdout)
boot --subnet-id "$sub_a,$sub_b" --instance-type t3.nano,t3.small
expect_status 0
expect_same "$(won)" "on-demand t3.nano $sub_b"
expect_same "$(refused)" "- t3.nano $sub_a null
- t3.small $sub_a null" # known before, and not asked for
expect_machines 2
flame terminate "$first" --wait
expect_status 0
boot --subnet-id "$sub_a,$sub_b"
expect_same "$(won)" "on-demand t3.nano $sub_a"

TEST "the quota of a family is spent: another family, or the other market"
story <<'TOML'
[quotas]
"standard/on-demand" = 2
TOML
boot --subnet-id "$sub_a"
expect_status 0
boot --subnet-id "$sub_a,$sub_b" --instance-type t3.nano,m7i.large,g4dn.xlarge
expect_status 0
expect_same "$(won)" "on-demand g4dn.xlarge $sub_a"
expect_same "$(refused)" "- t3.nano $sub_a VcpuLimitExceeded"
expect_in_stderr "vCPU limit of 2"
boot --subnet-id "$sub_a,$sub_b" --market on-demand,spot
expect_status 0
expect_same "$(won)" "spot t3.nano $sub_a"
expect_machines 3
control PUT scenario --data-binary $'[quotas]\n"standard/on-demand" = 2\n"standard/spot" = 0' >/dev/null
boot --subnet-id "$sub_a,$sub_b" --market on-demand,spot
expect_status 6
expect_json '.error.kind' capacity
expect_in stdout MaxSpotInstanceCountExceeded
expect_machines 3

TEST "a quota that a type is too large for: a smaller one fits, and none as large is asked for"
story <<'TOML'
[quotas]
"standard/on-demand" = 2
TOML
boot --subnet-id "$sub_a,$sub_b" --instance-type m7i.4xlarge,r7i.4xlarge,t3.nano
expect_status 0
expect_same "$(won)" "on-demand t3.nano $sub_a"
expect_same "$(launches VcpuLimitExceeded)" 1
boot --subnet-id "$sub_a" --instance-type t3.nano
expect_status 6
expect_in_stderr "L-1216C47A: vCPUs of Standard on-demand machines"
fault RunInstances:VcpuLimitExceeded
boot --subnet-id "$sub_a" --instance-type g4dn.xlarge
expect_status 6
expect_in_stderr "L-DB2E81BA: vCPUs of G and VT on-demand machines"
no_more_faults
expect_machines 1

TEST "a type that the zone lacks: the zone that has it, or the next type"
story <<'TOML'
[not_offered]
us-east-1a = ["m7i.*"]
us-east-1b = ["m7i.large"]
TOML
boot --instance-type m7i.large,m7i.xlarge --subnet-id "$sub_a,$sub_b"
expect_status 0
expect_same "$(won)" "on-demand m7i.xlarge $sub_b"
expect_nothing_lost
boot --instance-type m7i.xlarge --subnet-id "$sub_a"
expect_status 6
expect_json '.error | "\(.kind) \(.aws_code)"' "capacity Unsupported"
expect_in stdout "choosing us-east-1b"

TEST "an account without the role of spot: on-demand, and one word of it"
story <<'TOML'
spot_role = false
TOML
boot --market spot,on-demand --subnet-id "$sub_a,$sub_b"
expect_status 0
expect_same "$(won)" "on-demand t3.nano $sub_a"
expect_same "$(refused)" "spot t3.nano $sub_a AuthFailure.ServiceLinkedRoleCreationNotPermitted"
expect_nothing_lost

TEST "describe lags behind the launch: nothing doubled, nothing lost"
story until running <<'TOML'
visible_after = "3s"
states_after = "1s"
TOML
boot --subnet-id "$sub_a,$sub_b" --count 2
expect_status 0
expect_same "$(launches)" 1
expect_machines 2
expect_nothing_lost
flame terminate --run-id "$(jq -r .run_id stdout)"
expect_status 0
expect_machines 0

TEST "describe lags, and the answer of the launch is lost"
story <<'TOML'
visible_after = "3s"
TOML
control POST faults --data-binary RunInstances:lost-after=1 >/dev/null
boot --subnet-id "$sub_a,$sub_b" --count 2
expect_status 0
expect_machines 2
expect_nothing_lost

TEST "describe lags, and the caller is interrupted: all are ended"
story until running <<'TOML'
visible_after = "3s"
TOML
flame_signalled_when "RunInstances 200" INT boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h \
  --bundle s3://bundles/hello.tar.gz --no-inspect --count 2 --json
expect_status 130
expect_same "$(machines | wc -l)" 2
expect_nothing_lost
expect_machines 0

TEST "taken back while pending: replaced by the next candidate"
story until running <<'TOML'
[taken_back]
"*/us-east-1a/*" = { count = 1 }
TOML
boot --subnet-id "$sub_a,$sub_b"
expect_status 0
expect_same "$(won)" "on-demand t3.nano $sub_b"
expect_same "$(refused)" "- t3.nano $sub_a Server.InsufficientInstanceCapacity"
expect_same "$(machines | wc -l)" 2
expect_nothing_lost

TEST "taken back everywhere: status 6, nothing lives"
story until running <<'TOML'
[taken_back]
"*/*/*" = { count = 9 }
TOML
boot --subnet-id "$sub_a,$sub_b"
expect_status 6
expect_json .error.kind capacity
expect_nothing_lost
expect_machines 0

TEST "spot comes back while a boot still asks: it takes what is there then"
story <<'TOML'
[capacity]
"*/*/*" = 0
[[later]]
after = "1s"
[later.capacity]
"*/*/*" = 5
TOML
boot --market spot --subnet-id "$sub_a"
expect_status 6
sleep 1
boot --market spot --subnet-id "$sub_a"
expect_status 0
expect_nothing_lost

TEST "bad input: all mistakes at once, and nothing is asked"
sandbox
many() { printf 'm%s.large,' $(seq 1 "$1") | sed 's/,$//'; } # so many types
boot --count 1000000000 --instance-type "$(many 101)" --subnet-id "$sub_a,$sub_b,$sub_c" --tag aws:x=1 --tag =v \
  --ec2 InstanceType=t3.small
expect_status 3
for word in "1000000000 is out of range" "a number from 1 to 1000" \
  "make 303 candidates, and a boot tries 300 at most" 'tags "aws:x" has a name' "an entry has no name" \
  'ec2 "InstanceType" is what the setting instance_type sends'; do
  expect_in_stderr "$word"
done
for count in 0 -1 1.5 99999999999999999999; do
  boot --count="$count"
  expect_status 3
  expect_json .error.kind config
done
mapfile -t tags < <(seq 51 | sed 's/.*/--tag\nk&=v/')
boot "${tags[@]}" --root-volume-size 0
expect_status 3
expect_in_stderr "tags has 51 entries"
expect_in_stderr "flag --root-volume-size: 0 is out of range"
expect_same "$(asked)" ""

TEST "a type that is not there, beside one that is: it is not asked for, and that is said"
boot --instance-type t3.nanoo,t3.nano --subnet-id "$sub_a,$sub_b"
expect_status 0
expect_in_stderr "not asked for: no zone of the Region offers t3.nanoo"
expect_json '.instances[0].instance_type' t3.nano
flame terminate "$(jq -r '.instances[0].instance_id' stdout)" --wait
expect_status 0

TEST "a type that is not there, alone: EC2's words, the setting, and nothing lives"
boot --instance-type t3.nanoo --subnet-id "$sub_a"
expect_status 1
expect_json '.error | "\(.kind) \(.aws_code)"' "refused InvalidParameterValue"
expect_in_stderr "Invalid value 't3.nanoo' for InstanceType"
expect_in_stderr "hint: correct instance_type: did you mean t3.nano?"
expect_machines 0

TEST "a type that is not there, and no right to look: the next is asked for"
fault DescribeSubnets:UnauthorizedOperation
fault DescribeInstanceTypeOfferings:UnauthorizedOperation
boot --instance-type t3.nanoo,t3.nano --subnet-id "$sub_a,$sub_b"
no_more_faults
expect_status 0
expect_json '.instances[0].instance_type' t3.nano
expect_same "$(refused)" "- t3.nanoo $sub_a InvalidParameterValue"
flame terminate "$(jq -r '.instances[0].instance_id' stdout)" --wait
expect_status 0

TEST "spot beside a template: what the template leaves open, and what it does not"
ec2 CreateLaunchTemplate LaunchTemplateName=open LaunchTemplateData.ImageId=ami-0123456789abcdef0 >created
ec2 CreateLaunchTemplate LaunchTemplateName=spot LaunchTemplateData.ImageId=ami-0123456789abcdef0 \
  LaunchTemplateData.InstanceMarketOptions.MarketType=spot >created
of_template() { flame boot --app hello --max-lifetime 1h --bundle s3://bundles/hello.tar.gz --no-inspect --json "$@"; }
of_template --launch-template-id open --market spot
expect_status 0
expect_same "$(jq -r '.instances[0].market' stdout)" spot
of_template --launch-template-id spot --market on-demand
expect_status 3
expect_in_stderr "market is on-demand, and launch template spot is for spot, which a request cannot take back"
expect_machines 1

TEST "a template's persistent spot request is sent as a one-time one; what cannot be read is warned of"
market="LaunchTemplateData.InstanceMarketOptions"
ec2 CreateLaunchTemplate LaunchTemplateName=pers LaunchTemplateData.ImageId=ami-0123456789abcdef0 \
  "$market.MarketType=spot" "$market.SpotOptions.SpotInstanceType=persistent" \
  "$market.SpotOptions.InstanceInterruptionBehavior=stop" "$market.SpotOptions.MaxPrice=0.5" >created
of_template --launch-template-id pers
expect_status 0
expect_json '.instances[0].market' spot
expect_same "$(control GET requests | jq -c '[.[] | select(.action == "RunInstances")][-1].params
  | with_entries(select(.key | startswith("InstanceMarketOptions"))) | [.[]]')" '["spot","terminate","0.5","one-time"]'
! grep -q "cannot be read" stderr || die "a template that was read"
fault DescribeLaunchTemplateVersions:UnauthorizedOperation
of_template --launch-template-id pers --dry-run=ec2
expect_in_stderr "launch template pers cannot be read: should it ask for persistent spot machines"
no_more_faults

TEST "options of the spot market beside the settings: refused by name, and nothing is asked"
before=$(asked)
for option in InstanceInterruptionBehavior=stop SpotInstanceType=one-time ValidUntil=2030-01-01T00:00:00Z; do
  boot --market spot --ec2 "InstanceMarketOptions.SpotOptions.$option"
  expect_status 3
  expect_in_stderr "flag --ec2: ec2 \"InstanceMarketOptions.SpotOptions.${option%%=*}\" is what market"
done
boot --count 2 --ec2 PrivateIpAddress=10.0.0.9 --availability-zone us-east-1a --ec2 Placement.AvailabilityZoneId=use1-az1
expect_status 3
expect_in_stderr '"PrivateIpAddress" is of one machine, and count is more'
expect_in_stderr '"Placement.AvailabilityZoneId" is the zone that availability_zone names'
expect_same "$(asked)" "$before"
