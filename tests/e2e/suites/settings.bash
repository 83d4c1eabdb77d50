# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Settings of the machine: what RunInstances is sent, what is looked up before, what is refused.

# What nobody asks AWS about: image and type by themselves.
plain=(--image-id ami-0123456789abcdef0 --instance-type t3.nano)
boot() { flame boot --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --wait-for launched "$@"; }
sandbox

# last_launch FILTER: of jq on the parameters of the last RunInstances.
last_launch() { control GET requests | jq -r "[.[] | select(.action == \"RunInstances\")][-1].params | $1"; }
sent() { last_launch ".[\"$1\"] // \"\""; }
# count ACTION: how often it was asked for.
count() { asked | grep -cx "$1" || true; }
# machine FILTER: of jq on the truth about the machine that was printed.
machine() { control GET instances | jq -r ".[] | select(.id == \"$(cut -f1 stdout)\") | $1"; }
# template NAME PARAMETER=VALUE...: makes one; its id is in $template.
template() {
  local name=$1
  shift
  ec2 CreateLaunchTemplate "LaunchTemplateName=$name" "${@/#/LaunchTemplateData.}" >created
  template=$(sed -nE 's/.*<launchTemplateId>([^<]*).*/\1/p' created)
  [ -n "$template" ] || die "no launch template: $(cat created)"
}

TEST "a plain boot asks for nothing beside the machine and its bundle"
boot "${plain[@]}"
expect_status 0
expect_same "$(asked | sort -u | xargs)" "DescribeInstances GetObject HeadObject RunInstances"

TEST "every setting of the machine arrives, as flag, variable and key"
with=(FLAME_EC2_METADATA_HOP_LIMIT=3 FLAME_EC2_EC2='{"Placement.PartitionNumber": 3}')
cat >machine.toml <<'TOML'
root_volume_size = 30
root_volume_type = "gp3"
root_volume_iops = 4000
root_volume_throughput = 250
ec2 = { "EnclaveOptions.Enabled" = false, EbsOptimized = true }
TOML
boot "${plain[@]}" --config machine.toml --no-associate-public-ip-address --metadata-tags \
  --root-volume-encrypted --subnet-id subnet-0123456789abcdef0 \
  --security-group-ids sg-0123456789abcdef0,sg-0fedcba9876543210 --key-name sandbox-key \
  --iam-instance-profile Name=sandbox-runner --tag team=blue --ec2 Monitoring.Enabled=true -e A=1
with=()
expect_status 0
expect_same "$(last_launch 'to_entries[] | select(.key | startswith("Tag") or . == "UserData" or . == "ClientToken" | not) | "\(.key)=\(.value)"')" \
  "BlockDeviceMapping.1.DeviceName=/dev/xvda
BlockDeviceMapping.1.Ebs.DeleteOnTermination=true
BlockDeviceMapping.1.Ebs.Encrypted=true
BlockDeviceMapping.1.Ebs.Iops=4000
BlockDeviceMapping.1.Ebs.Throughput=250
BlockDeviceMapping.1.Ebs.VolumeSize=30
BlockDeviceMapping.1.Ebs.VolumeType=gp3
DisableApiTermination=false
EbsOptimized=true
EnclaveOptions.Enabled=false
IamInstanceProfile.Name=sandbox-runner
ImageId=ami-0123456789abcdef0
InstanceInitiatedShutdownBehavior=terminate
InstanceType=t3.nano
KeyName=sandbox-key
MaxCount=1
MetadataOptions.HttpPutResponseHopLimit=3
MetadataOptions.HttpTokens=required
MetadataOptions.InstanceMetadataTags=enabled
MinCount=1
Monitoring.Enabled=true
NetworkInterface.1.AssociatePublicIpAddress=false
NetworkInterface.1.DeviceIndex=0
NetworkInterface.1.SecurityGroupId.1=sg-0123456789abcdef0
NetworkInterface.1.SecurityGroupId.2=sg-0fedcba9876543210
NetworkInterface.1.SubnetId=subnet-0123456789abcdef0
Placement.PartitionNumber=3"
expect_same "$(machine '.tags.team, .hop_limit, .metadata_tags, .http_tokens, .public_ip' | xargs)" "blue 3 enabled required"
expect_same "$(machine '.disks | tojson')" '{"/dev/xvda":"30"}'

TEST "placement, processor, reservation and private names arrive under EC2's names"
cat >machine.toml <<'TOML'
cpu_credits = "unlimited"
cpu_cores = 2
private_dns_hostname = "resource-name"
root_volume_initialization_rate = 200
TOML
with=(FLAME_EC2_TENANCY=dedicated FLAME_EC2_THREADS_PER_CORE=1)
boot "${plain[@]}" --config machine.toml --placement-group sandbox-group --availability-zone us-east-1b \
  --capacity-reservation cr-0123456789abcdef0 --private-dns-a --no-private-dns-aaaa
with=()
expect_status 0
expect_same "$(last_launch 'to_entries[] | select(.key | test("^(Placement|Cpu|Credit|Capacity|PrivateDns|BlockDevice.*Rate)")) | "\(.key)=\(.value)"')" \
  "BlockDeviceMapping.1.Ebs.VolumeInitializationRate=200
CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId=cr-0123456789abcdef0
CpuOptions.CoreCount=2
CpuOptions.ThreadsPerCore=1
CreditSpecification.CpuCredits=unlimited
Placement.AvailabilityZone=us-east-1b
Placement.GroupName=sandbox-group
Placement.Tenancy=dedicated
PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord=false
PrivateDnsNameOptions.EnableResourceNameDnsARecord=true
PrivateDnsNameOptions.HostnameType=resource-name"
expect_same "$(machine .subnet_id)" subnet-0fedcba9876543210
boot "${plain[@]}" --capacity-reservation only
expect_status 0
expect_same "$(sent CapacityReservationSpecification.CapacityReservationPreference)" capacity-reservations-only
boot "${plain[@]}" --placement-group nobody
expect_error 1 InvalidPlacementGroup.Unknown nobody
boot "${plain[@]}" --capacity-reservation cr-1
expect_error 1 InvalidCapacityReservationId.NotFound cr-1

TEST "what contradicts itself about the place and the volume is told before anything is asked"
before=$(asked | wc -l)
boot "${plain[@]}" --availability-zone eu-west-1a --subnet-id subnet-0123456789abcdef0 --tenancy shared \
  --capacity-reservation some --ec2 CreditSpecification.CpuCredits=standard --ec2 Placement.Tenancy=host \
  --ec2 CapacityReservationSpecification.CapacityReservationPreference=open
expect_error 3 "availability_zone eu-west-1a and subnet_id are both set" \
  "availability_zone eu-west-1a is not in us-east-1" '"shared"' '"some" is no capacity reservation' \
  'ec2 "CreditSpecification.CpuCredits" is what the setting cpu_credits sends' \
  'ec2 "Placement.Tenancy" is what the setting tenancy sends' \
  'ec2 "CapacityReservationSpecification.CapacityReservationPreference" is what the setting capacity_reservation sends'
expect_same "$(asked | wc -l)" "$before"
boot "${plain[@]}" --root-volume-size 20 --ec2 BlockDeviceMapping.1.DeviceName=/dev/xvda --ec2 BlockDeviceMapping.1.Ebs.VolumeSize=9
expect_error 3 'ec2 "BlockDeviceMapping.1.DeviceName" is the root volume /dev/xvda, which root_volume_'

TEST "tags: as many and as long as EC2 takes, counted in letters"
many() { seq 1 "$1" | sed 's,.*,--tag\nk&=v,'; }
mapfile -t tags < <(many 43)
boot "${plain[@]}" "${tags[@]}" --tag Name=mine --tag "$(printf 'é%.0s' {1..128})=$(printf '€%.0s' {1..256})" --tag k43= --tag k42=
expect_error 3 "tags has 45 entries, and EC2 leaves room for 44 beside ours"
mapfile -t tags < <(many 42)
boot "${plain[@]}" "${tags[@]}" --tag Name=mine --tag "$(printf 'é%.0s' {1..128})=$(printf '€%.0s' {1..256})"
expect_status 0
expect_same "$(machine '.tags | length')" 49
boot "${plain[@]}" --tag =x --tag aws:x=1 --tag AWS:y=1 --tag flame-ec2:app=1 --tag "$(printf 'é%.0s' {1..129})=1" \
  --tag "long=$(printf '€%.0s' {1..257})"
expect_error 3 "an entry has no name" 'tags "aws:x" has a name that EC2 does not take' 'tags "AWS:y" has a name' \
  'tags "flame-ec2:app" is one of ours' 'tags "long" has a value of 257 characters, and EC2 takes 256'

TEST "a public address is the machine's, and the subnet's way is kept when nothing is said"
boot "${plain[@]}" --public-ip --output json --wait-for running
expect_status 0
expect_json '.instances[0].public_ip | test("^[0-9.]+$")' true
boot "${plain[@]}"
expect_same "$(last_launch 'keys | map(select(startswith("NetworkInterface"))) | length')" 0

TEST "the root volume is the image's own, whatever it is called"
boot --image ubuntu-24.04 --instance-type t3.nano --root-volume-size 20
expect_status 0
expect_same "$(machine '.disks | tojson')" '{"/dev/sda1":"20"}'
boot "${plain[@]}" --root-volume-size 4
expect_error 3 "root_volume_size is 4 GiB, and image ami-0123456789abcdef0 needs 8"

TEST "public images by name, for the type's architecture"
boot --image debian-12
expect_status 0
expect_same "$(sent ImageId) $(sent InstanceType)" "ami-0123456789abcdef0 t3.nano"
expect_in_stderr "no instance_type is set; taking t3.nano"
boot --image al2023 --instance-type t4g.small
expect_status 0
expect_same "$(sent ImageId)" ami-0aaaaaaaaaaaaaaa3
boot --image debian12
expect_error 3 'image "debian12" is no name of a public image' "did you mean debian-12?" ubuntu-24.04
boot --image debian-12 --instance-type t3.nano,t4g.nano
expect_error 3 "instance_type t4g.nano is arm64" "give types of one architecture"
boot --image debian-12 --image-id ami-0123456789abcdef0
expect_error 3 "are both set"

TEST "every name of a public image is there for both architectures, and one that a Region lacks is told"
boot --image debian12
names=$(sed -n 's/.*the names are \(.*\); any other image.*/\1/p' stderr | tr -d ',')
expect_same "$(wc -w <<<"$names")" 8
for name in $names; do
  for type in t3.nano t4g.nano; do
    boot --image "$name" --instance-type "$type" --dry-run=ec2
    expect_status 0
    expect_in_stderr "EC2 would launch $type"
  done
done
control POST faults --data-binary GetParameter:ParameterNotFound >/dev/null
boot --image debian-13
expect_error 1 "the Region has no image debian-13: AWS has no parameter /aws/service/debian/release/13/latest/amd64" \
  ParameterNotFound "take another of al2023, al2023-minimal, debian-11, debian-12"
no_more_faults

TEST "without a default VPC a launch says what to set or to make"
boot "${plain[@]}"
expect_in_stderr "no subnet_id is set; EC2 takes a subnet of the default VPC"
sandbox --no-default-vpc
boot "${plain[@]}" --json
expect_status 1
expect_json '.error | "\(.kind) \(.aws_code)"' "refused VPCIdNotSpecified"
expect_json '.error.hint' 'give --subnet-id and --security-group-id, or make a default VPC: aws ec2 create-default-vpc'
boot "${plain[@]}" --subnet-id subnet-0123456789abcdef0
expect_status 0
sandbox

TEST "an image id that is a parameter, with and without its version"
boot --image-id resolve:ssm:/aws/service/debian/release/12/latest/arm64:1
expect_status 0
expect_same "$(sent ImageId) $(sent InstanceType)" "ami-0fedcba9876543210 t4g.nano"
expect_in_stderr "no instance_type is set; taking t4g.nano"
boot --image-id resolve:ssm:/aws/service/debian/release/12/latest/arm64:7
expect_error 1 ParameterVersionNotFound
boot --image-id resolve:ssm:/sandbox/no-image
expect_error 3 "the parameter /sandbox/no-image holds no image id"
boot --image-id resolve:ssm:/sandbox/pending-image
expect_error 3 "image ami-0aaaaaaaaaaaaaaa4 is pending, not available"

TEST "an image that is not there is EC2's to tell"
boot --image-id ami-00000000000000bad
expect_error 1 InvalidAMIID.NotFound

TEST "without rights to look, a boot goes on and says what it does without"
sandbox --fault DescribeImages:UnauthorizedOperation --fault DescribeLaunchTemplateVersions:UnauthorizedOperation \
  --fault GetParameter:AccessDeniedException
boot --image-id ami-0123456789abcdef0
expect_status 0
expect_in_stderr "warning: no permission to look at image ami-0123456789abcdef0 (ec2:DescribeImages)"
boot --image debian-12
expect_status 0
expect_in_stderr "(ssm:GetParameter)"
expect_same "$(sent ImageId)" resolve:ssm:/aws/service/debian/release/12/latest/amd64
boot --launch-template-id sandbox-template
expect_status 0
expect_in_stderr "no permission to look into launch template sandbox-template"
before=$(count RunInstances)
boot "${plain[@]}" --root-volume-size 20
expect_error 5 UnauthorizedOperation "settings of the root volume"
boot --launch-template-id sandbox-template --launch-template-version 2 --subnet-id subnet-0123456789abcdef0
expect_error 1 InvalidParameterCombination ec2:DescribeLaunchTemplateVersions
expect_same "$(count RunInstances)" $((before + 1))

TEST "what is looked up may fail, and then nothing is launched"
sandbox --fault DescribeImages:hang
boot --image-id ami-0123456789abcdef0 --boot-timeout 1s
expect_error 7 DescribeImages
sandbox --fault GetParameter:garbage
boot --image debian-12
expect_error 7 "AWS's answer to GetParameter"
sandbox --fault DescribeLaunchTemplateVersions:cut-xml
boot --launch-template-id sandbox-template
expect_error 7 "AWS's answer to DescribeLaunchTemplateVersions"
expect_same "$(count RunInstances)" 0
sandbox

TEST "a template by id or name decides what is left open"
boot --launch-template-id lt-0123456789abcdef0
expect_status 0
expect_same "$(machine .instance_type) $(machine .security_group_ids)" "t3.micro sg-0fedcba9876543210"
expect_in_stderr "warning: the user data of launch template lt-0123456789abcdef0 is replaced"
control GET "instances/$(cut -f1 stdout)/user-data" | zcat -f >script
expect_in script "hello.tar.gz"
# shellcheck disable=SC2016 # EC2's own word
boot --launch-template-id sandbox-template --launch-template-version '$Latest' --instance-type t3.small
expect_status 0
expect_same "$(machine .instance_type) $(machine .subnet_id)" "t3.small subnet-0fedcba9876543210"
boot --launch-template-id sandbox-template --launch-template-version 9
expect_error 1 InvalidLaunchTemplateId.VersionNotFound
boot --launch-template-id nobody
expect_error 1 InvalidLaunchTemplateName.NotFoundException

TEST "template and image both: the template wins, unless it has none"
boot --launch-template-id sandbox-template --image-id ami-00112233445566778
expect_status 0
expect_in_stderr "warning: launch template sandbox-template wins over image ami-00112233445566778"
expect_same "$(machine .image_id)" ami-0123456789abcdef0
template open KeyName=sandbox-key
boot --launch-template-id "$template" --image debian-12
expect_status 0
expect_same "$(machine .image_id) $(machine .instance_type) $(machine .key_name)" "ami-0123456789abcdef0 t3.nano sandbox-key"
expect_not_in_stderr "wins over"
boot --launch-template-id "$template"
expect_error 3 "launch template $template has no image"

TEST "a template with an interface and a subnet or groups of ours: one interface carries both"
template wired ImageId=ami-0123456789abcdef0 InstanceType=t3.micro NetworkInterface.1.DeviceIndex=0 \
  NetworkInterface.1.SubnetId=subnet-0fedcba9876543210 NetworkInterface.1.SecurityGroupId.1=sg-0fedcba9876543210 \
  NetworkInterface.1.AssociatePublicIpAddress=true
boot --launch-template-id wired --subnet-id subnet-0123456789abcdef0
expect_status 0
expect_same "$(machine .subnet_id) $(machine .security_group_ids)" "subnet-0123456789abcdef0 sg-0fedcba9876543210"
expect_same "$(sent NetworkInterface.1.AssociatePublicIpAddress)" true
boot --launch-template-id wired --security-group-id sg-0123456789abcdef0 --no-public-ip
expect_status 0
expect_same "$(machine .subnet_id) $(machine .security_group_ids)" "subnet-0fedcba9876543210 sg-0123456789abcdef0"
expect_same "$(machine .public_ip)" ""

TEST "a template with groups beside interfaces takes ours, and no public address"
boot --launch-template-id sandbox-template --security-group-id sg-0123456789abcdef0 --subnet-id subnet-0123456789abcdef0
expect_status 0
expect_same "$(machine .subnet_id) $(machine .security_group_ids)" "subnet-0123456789abcdef0 sg-0123456789abcdef0"
boot --launch-template-id sandbox-template --public-ip
expect_error 3 "public_ip needs a network interface" "give the template a network interface"

TEST "a template's metadata options and disks stay, where we say nothing"
template rich ImageId=ami-00112233445566778 InstanceType=t3.micro MetadataOptions.HttpTokens=optional \
  MetadataOptions.HttpPutResponseHopLimit=5 MetadataOptions.HttpEndpoint=disabled \
  BlockDeviceMapping.1.DeviceName=/dev/sda1 BlockDeviceMapping.1.Ebs.VolumeSize=20 \
  BlockDeviceMapping.1.Ebs.Encrypted=true BlockDeviceMapping.2.DeviceName=/dev/sdf \
  BlockDeviceMapping.2.Ebs.VolumeSize=100 TagSpecification.1.ResourceType=instance \
  TagSpecification.1.Tag.1.Key=owner TagSpecification.1.Tag.1.Value=ops
boot --launch-template-id rich --root-volume-type gp3 --tag team=blue
expect_status 0
expect_same "$(machine '.http_tokens, .hop_limit' | xargs)" "required 5"
expect_same "$(sent MetadataOptions.HttpEndpoint)" enabled
expect_same "$(machine '.disks | tojson')" '{"/dev/sda1":"20","/dev/sdf":"100"}'
expect_same "$(sent BlockDeviceMapping.1.Ebs.Encrypted)" true
expect_same "$(machine '.tags.owner, .tags.team' | xargs)" "ops blue"

TEST "bad raw parameters and volumes are told together, and nothing is asked"
before=$(asked | wc -l)
boot "${plain[@]}" --ec2 Placement.PartitionNumer=3 --ec2 UserData=x --ec2 SubnetId=subnet-1 \
  --root-volume-type io2 --metadata-hop-limit 65 --root-volume-size big
expect_error 3 'ec2 "Placement.PartitionNumer" is no parameter of RunInstances' "did you mean Placement.PartitionNumber?" \
  'ec2 "UserData" is the script' 'ec2 "SubnetId" is what the setting subnet_id sends' \
  "root_volume_iops is not set, and io2 needs it" "65 is out of range" '"big" is no whole number'
expect_same "$(asked | wc -l)" "$before"

TEST "a dry run asks nobody, and says what a boot would look up"
boot --image debian-12 --root-volume-size 20 --dry-run --output json
expect_status 0
expect_json '.request.ImageId' resolve:ssm:/aws/service/debian/release/12/latest/amd64
expect_in_stderr "a boot would first look up parameter /aws/service/debian/release/12/latest/amd64, its image"
expect_same "$(asked | wc -l)" "$before"
boot --image debian-12 --dry-run=ec2 --output json
expect_status 0
expect_json '.request.ImageId' ami-0123456789abcdef0
