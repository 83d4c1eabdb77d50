# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Boots, describes and ends on moto: an EC2 that was not written here.

server=$project/build/venv/bin/moto_server
[ -x "$server" ] || skip "moto is not there: scripts/test puts it into build/venv"
waits=running # what only exists is never ready

# On a free port, which it names. Its own process, ended by its id.
"$server" -H 127.0.0.1 -p 0 >moto.log 2>&1 </dev/null &
moto_pid=$!
at_end+=("kill $moto_pid")
until_true 60 grep -q 'Running on http' moto.log || die "moto did not start: $(tail -n 5 moto.log)"
endpoint=$(grep -oE 'http://127.0.0.1:[0-9]+' moto.log | head -n 1)

with=(AWS_ENDPOINT_URL="$endpoint" AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=AKIAMOTO
  AWS_SECRET_ACCESS_KEY=moto-secret-key)
secrets+=(moto-secret-key)
# moto knows this image; subnet and group are of its default VPC.
image=ami-12c6146b
moto() { # ACTION [NAME=VALUE...]
  curl -sS --aws-sigv4 aws:amz:eu-west-1:ec2 --user AKIAMOTO:moto-secret-key \
    --data "Action=$1&Version=2016-11-15$(printf '&%s' "${@:2}" x=y)" "$endpoint/"
}
# fresh: an account without machines, since moto cannot look for one by its client token.
fresh() {
  curl -sS --fail -X POST "$endpoint/moto-api/reset" >reset
  subnet=$(moto DescribeSubnets | grep -oE 'subnet-[0-9a-f]+' | head -n 1)
  moto_bundle hello
  group=$(moto DescribeSecurityGroups | grep -oE 'sg-[0-9a-f]+' | head -n 1)
}
fresh

TEST "says what moto says about a subnet that is not there"
flame boot --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h \
  --image-id "$image" --subnet-id subnet-00000000000000bad --security-group-id "$group"
expect_error 1 InvalidSubnetID.NotFound subnet-00000000000000bad

TEST "boots a machine that moto knows"
flame boot --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --image-id "$image" \
  --subnet-id "$subnet" --security-group-id "$group" --instance-type t3.small --tag team=blue \
  --run-id moto-1 --output json
expect_status 0
expect_json '.instances[0].state' running
expect_json '.instances[0].subnet_id' "$subnet"
expect_json '.instances[0].instance_type' t3.small
id=$(jq -r '.instances[0].instance_id' stdout)

TEST "moto has understood the tags, the group and the user data"
moto DescribeInstances "InstanceId.1=$id" >described
expect_in described "<value>moto-1</value>"
expect_in described "<value>blue</value>"
expect_in described "$group"
moto DescribeInstanceAttribute "InstanceId=$id" Attribute=userData >attribute
tr -d '\n ' <attribute | sed -E 's/.*<userData><value>([^<]*).*/\1/' | base64 -d >script
expect_same "$(head -n 1 script)" "#!/bin/sh"

TEST "ends the machine by its run"
flame terminate --run-id moto-1 --wait
expect_status 0
moto DescribeInstances "InstanceId.1=$id" >described
expect_in described "<name>terminated</name>"

TEST "lists, shows and sweeps what moto knows"
# A second boot fails: moto has no filter by client-token once it has machines.
tag=TagSpecification.1.Tag
id=$(moto RunInstances "ImageId=$image" "SubnetId=$subnet" MinCount=1 MaxCount=1 \
  TagSpecification.1.ResourceType=instance $tag.1.Key=flame-ec2:run-id $tag.1.Value=moto-2 \
  $tag.2.Key=flame-ec2:expires-at "$tag.2.Value=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)" |
  grep -oP '<instanceId>\K[^<]+' | head -n 1)
flame list --ids
expect_status 0
expect_stdout "$id"
flame list --region all --json
expect_status 0
expect_json '.instances[].instance_id' "$id"
expect_json '.instances[].region' eu-west-1
flame logs --run-id moto-2
expect_status 0
flame gc --exit-code
expect_status 0
moto CreateTags "ResourceId.1=$id" Tag.1.Key=flame-ec2:expires-at \
  Tag.1.Value=2020-01-01T00:00:00Z >/dev/null
moto CreateVolume AvailabilityZone=eu-west-1a Size=1 TagSpecification.1.ResourceType=volume \
  TagSpecification.1.Tag.1.Key=flame-ec2:run-id TagSpecification.1.Tag.1.Value=moto-2 >/dev/null
flame gc --exit-code --json
expect_status 11
expect_json '.expired[] | "\(.id) \(.ended)"' "$id true"
expect_json '.leftovers[].kind' volume

boot() { flame boot --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h "$@"; }
# describe: what moto knows of the machine that was printed.
describe() { moto DescribeInstances "InstanceId.1=$(cut -f1 stdout)" >described; }

TEST "moto understands an interface, a root volume, metadata options and raw parameters"
fresh
boot --image-id "$image" --instance-type t3.small --public-ip --subnet-id "$subnet" \
  --security-group-id "$group" --root-volume-size 30 --root-volume-type gp3 --metadata-hop-limit 3 \
  --metadata-tags --ec2 Placement.PartitionNumber=3 --ec2 EbsOptimized=true
expect_status 0
describe
expect_in described "<subnetId>$subnet</subnetId>"
expect_in described "<groupId>$group</groupId>"
expect_in described "<httpPutResponseHopLimit>3</httpPutResponseHopLimit>"
expect_in described "<ebsOptimized>true</ebsOptimized>"
root=$(moto DescribeImages "ImageId.1=$image" | sed -nE 's/.*<rootDeviceName>([^<]*).*/\1/p')
expect_same "$(grep -oE '<deviceName>[^<]*' described)" "<deviceName>$root"
volume=$(grep -oE 'vol-[0-9a-f]+' described | head -n 1)
moto DescribeVolumes "VolumeId.1=$volume" >described
expect_in described "<size>30</size>"
expect_in described "<volumeType>gp3</volumeType>"

TEST "moto takes placement, processor, reservation and private names"
fresh
boot --image-id "$image" --instance-type t3.small --availability-zone eu-west-1b --placement-group tight \
  --tenancy dedicated --cpu-credits standard --cpu-cores 1 --threads-per-core 1 --capacity-reservation none \
  --private-dns-hostname resource-name --private-dns-a --no-private-dns-aaaa \
  --root-volume-size 30 --root-volume-initialization-rate 200
expect_status 0
describe
expect_in described "<availabilityZone>eu-west-1b</availabilityZone>"

TEST "moto, which gives the least of what is asked for on the spot market, is asked for the rest elsewhere"
fresh
boot --image-id "$image" --instance-type t3.small --market spot,on-demand --spot-max-price 0.01 --count 3 \
  --subnet-id "$subnet" --security-group-id "$group" --json
expect_status 0
expect_json '[.instances[].market] | sort | join(" ")' "on-demand on-demand spot"

TEST "moto takes several spot machines at once"
fresh
boot --image-id "$image" --instance-type t3.small --market spot --spot-max-price 0.01 --count 3 \
  --subnet-id "$subnet" --security-group-id "$group" --json
expect_status 0
expect_json '[.instances[].market] | join(" ")' "spot spot spot"
expect_json '[.instances[].instance_id] | unique | length' 3
moto DescribeInstances >described
expect_same "$(grep -o '<instanceId>' described | wc -l)" 3

TEST "moto finds a public image by its name, and the machine gets a type for it"
fresh
boot --image al2023 --subnet-id "$subnet" --security-group-id "$group"
expect_status 0
expect_in_stderr "taking t3.nano"
describe
expect_in described "<instanceType>t3.nano</instanceType>"

TEST "run with no set-up at all: the machine is launched, and ended when its command's end is not known"
fresh
flame_start run --image al2023 --result result.json --run-id no-setup -- uname -a
is_launched() { [ -n "$(id_of_run)" ]; }
id_of_run() { moto DescribeInstances | grep -oP '<instanceId>\K[^<]+' | head -n 1; }
until_true 60 is_launched || die "nothing was launched"
id=$(id_of_run)
until_true 60 grep -q "$id" stderr || die "the launch was not seen"
moto DescribeInstanceAttribute "InstanceId=$id" Attribute=userData >attribute
tr -d '\n ' <attribute | sed -E 's/.*<userData><value>([^<]*).*/\1/' | base64 -d >script
expect_same "$(head -n 1 script)" "#!/bin/sh"
kill -INT "$pid"
flame_wait
expect_status 130
expect_same "$(jq -r .exit_status result.json)" 130
moto DescribeInstances "InstanceId.1=$id" >described
expect_in described "<name>terminated</name>"
fresh
flame_start run --image al2023 --result result.json -- uname -a
until_true 60 is_launched || die "nothing was launched"
moto TerminateInstances "InstanceId.1=$(id_of_run)" >ended
flame_wait
expect_status 125
expect_same "$(jq -r .exit_status result.json)" 125
flame doctor --for run --image al2023 --json
expect_json '[.checks[] | select(.verdict == "fail")] | length' 0

TEST "public images that moto does not know are told apart from those it knows"
for name in al2023 al2023-minimal; do
  for type in t3.nano t4g.nano; do
    fresh
    boot --image "$name" --instance-type "$type" --dry-run=ec2
    expect_status 0
    expect_in_stderr "EC2 would launch $type"
  done
done
for name in debian-12 ubuntu-24.04; do
  boot --image "$name"
  expect_error 1 "the Region has no image $name: AWS has no parameter /aws/service/" ParameterNotFound \
    "take another of al2023"
done

TEST "the default VPC is moto's; without its subnets, and without it, a boot says what to do"
fresh
boot --image al2023
expect_status 0
expect_in_stderr "no subnet_id is set; EC2 takes a subnet of the default VPC"
fresh
vpc=$(moto DescribeVpcs | grep -oP '<vpcId>\K[^<]+' | head -n 1)
for one in $(moto DescribeSubnets | grep -oE '<subnetId>subnet-[0-9a-f]+' | cut -d'>' -f2); do
  moto DeleteSubnet "SubnetId=$one" >/dev/null
done
boot --image al2023
expect_error 1 MissingInput "aws ec2 create-default-subnet"
moto DeleteVpc "VpcId=$vpc" >deleted
boot --image al2023
expect_error 1 VPCIdNotSpecified "aws ec2 create-default-vpc"

TEST "moto's launch template is looked into, and its interface takes our subnet in"
fresh
moto CreateLaunchTemplate LaunchTemplateName=web "LaunchTemplateData.ImageId=$image" \
  LaunchTemplateData.InstanceType=t3.large LaunchTemplateData.NetworkInterface.1.DeviceIndex=0 \
  "LaunchTemplateData.NetworkInterface.1.SecurityGroupId.1=$group" \
  "LaunchTemplateData.UserData=$(base64 <<<'#!/bin/sh' | sed 's/=/%3D/g')" >created
expect_in created "<launchTemplateName>web</launchTemplateName>"
boot --launch-template-id web --subnet-id "$subnet"
expect_status 0
expect_in_stderr "the user data of launch template web is replaced"
describe
expect_in described "<instanceType>t3.large</instanceType>"
expect_in described "<groupId>$group</groupId>"
expect_in described "<subnetId>$subnet</subnetId>"

TEST "doctor looks at what moto knows of the default VPC"
fresh
flame doctor --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --image-id "$image" \
  --instance-type t3.small --subnet-id "$subnet" --security-group-id "$group" --public-ip --json
expect_json '[.checks[] | select(.check == "caller" or .check == "subnet" or .check == "type" or .check == "groups" or .check == "bundle" or .check == "launch") | .verdict] | join(" ")' \
  "ok ok ok ok ok ok"
expect_json '.checks[] | select(.check == "route") | .message | contains("'"$subnet"'")' true
