# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What would keep a boot from working is found before anything is launched: each look once when all
# is well, once for each way in which it is not.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"
mkdir -p s3/bundles
head -c 100000 /dev/urandom >s3/bundles/hello.tar.gz
: >s3/bundles/empty.tar.gz

well=(--app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --instance-type t3.nano
  --image-id ami-0123456789abcdef0)
doctor() { flame doctor "${well[@]}" "$@"; }
# says VERDICT CHECK TEXT: a line of the last call.
says() {
  jq -e --arg v "$1" --arg c "$2" --arg t "$3" \
    '.checks[] | select(.verdict == $v and .check == $c and (.message | contains($t)))' stdout >said ||
    die "expected $1 $2: …$3…"
}
# finds STATUS CHECK TEXT FLAG...: a failure with a hint, and nothing else fails before it.
finds() {
  local wanted=$1 check=$2 text=$3
  shift 3
  doctor "$@" --json
  expect_status "$wanted"
  says fail "$check" "$text"
  [ "$(jq -r .hint said | head -n 1)" != null ] || die "no hint for: $text"
  expect_same "$(jq -r '[.checks[] | select(.verdict == "fail")][0].check' stdout)" "$check"
}
# refused ACTION PERMISSION CHECK FLAG...: without the right the look is skipped, and nothing fails.
skips() {
  local action=$1 permission=$2 check=$3
  shift 3
  fault "$action:UnauthorizedOperation"
  doctor "$@" --json
  no_more_faults
  expect_status 0
  expect_same "$(jq -r --arg c "$check" '[.checks[] | select(.check == $c and .verdict == "skip") | .permission][0]' stdout)" "$permission"
}
parent() { python3 -I "$here/lib/flame_parent.py" "app@$1" flame; }
sandbox

TEST "all is well: one line each, the caller first, and nothing is launched"
doctor --iam-instance-profile sandbox-runner
expect_status 0
expect_same "$(head -n 1 stdout | cut -c1-13)" "ok    caller "
expect_in_stdout "arn:aws:iam::123456789012:user/sandbox, account 123456789012, region us-east-1"
for line in "credentials  environment: found" "image " "profile " "bundle " "subnet " "route " "type " \
  "groups " "user-data " "launch " "clock "; do
  grep -qE "^ok    $line" stdout || die "no line: $line"
done
expect_in_stdout "EC2 would launch t3.nano"
expect_in_stdout "sandbox-runner with the role sandbox-runner-role"
expect_in_stdout "bundle       s3://bundles/hello.tar.gz has 97.7 KiB"
! grep -qE '^(warn|fail)' stdout || die "something is not well"
expect_machines 0

TEST "says it as JSON too"
doctor --json
expect_status 0
expect_json '.account' 123456789012
expect_json '.arn' arn:aws:iam::123456789012:user/sandbox
expect_json '[.checks[0].check, .checks[0].verdict] | join(" ")' "caller ok"
expect_json '[.checks[] | select(.check == "credentials") | .verdict] | join(" ")' "ok skip skip skip skip"

TEST "settings that a boot would refuse: each is a line, and the caller is named all the same"
flame doctor --bundle s3://bundles/hello.tar.gz --json
expect_status 3
says ok caller arn:
says fail settings "app is not set"
says fail settings "max_lifetime is not set"
flame doctor --region nowhere
expect_error 3 nowhere
flame doctor --boot-timeout 7 "${well[@]}"
expect_error 3 "has no unit"

TEST "credentials: which providers were asked, and why there are none"
mv sandbox.env kept.env
with=(AWS_ENDPOINT_URL="$endpoint" AWS_REGION=us-east-1)
doctor --json
expect_status 4
says fail caller "no AWS credentials found"
says skip credentials "environment: not set up"
says skip credentials "profile: "
with=(AWS_ENDPOINT_URL="$endpoint" AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIA1)
doctor --json
expect_status 4
says fail credentials "environment: AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"
says skip credentials "imds: not asked"
with=(AWS_ENDPOINT_URL="$endpoint" AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIANOBODY AWS_SECRET_ACCESS_KEY=wrong)
doctor --json
expect_status 4
says fail caller InvalidClientTokenId
with=()
mv kept.env sandbox.env

TEST "launch: EC2's own word about the request"
fault 'RunInstances:UnauthorizedOperation'
finds 5 launch UnauthorizedOperation
no_more_faults
finds 1 launch "does not exist" --key-name nobody
fault 'RunInstances[InstanceType=m7i.large]:UnauthorizedOperation'
doctor --instance-type t3.nano,m7i.large --json
no_more_faults
expect_status 0
says ok launch "EC2 would launch t3.nano"
says warn launch "m7i.large: RunInstances failed"
expect_machines 0

TEST "user data: too long for EC2"
finds 3 user-data bytes -e "A=$(head -c 30000 /dev/urandom | base64 -w0 | head -c 20000)"

TEST "subnet: no address, and none of that id"
fault 'DescribeSubnets:RequestLimitExceeded=1'
doctor --json
expect_status 0
finds 6 subnet "no free address" --subnet-id subnet-0aaaaaaaaaaaaaaa5
finds 1 subnet "does not exist" --subnet-id subnet-0aaaaaaaaaaaaaaaf
no_more_faults

TEST "type: offered where the subnets are, and the default VPC"
ordinary=("${well[@]}")
well=("${ordinary[@]:0:6}" --image-id ami-0123456789abcdef0)
doctor --json --instance-type m7i.large
says ok type "m7i.large is offered in us-east-1a, us-east-1b, and not in us-east-1c"
finds 3 type "no zone of the Region offers t9.nano" --instance-type t9.nano
finds 6 type "m7i.large is not offered in us-east-1c" --instance-type m7i.large --subnet-id subnet-00112233445566778
doctor --json --instance-type m7i.large,t3.nano --subnet-id subnet-00112233445566778
expect_status 0
says warn type "m7i.large is not offered"
well=("${ordinary[@]}")
sandbox --no-default-vpc
finds 3 subnet "no subnet of a default VPC"
expect_json '.checks[] | select(.check == "subnet") | .hint | contains("aws ec2 create-default-vpc")' true
doctor --json --subnet-id subnet-0123456789abcdef0
expect_status 0
sandbox

TEST "before a run nothing of a release has to be set, and what does not work is named"
flame doctor --for run --image al2023 --json
expect_status 0
says ok image "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 says ami-0aaaaaaaaaaaaaaa2"
says ok launch "EC2 would launch t3.nano"
expect_json '[.checks[] | select(.check == "route" or .check == "bundle")] | length' 0 # nothing is fetched
mkdir small && printf '#!/bin/sh\n' >small/job.sh
flame doctor --for run --image al2023 --bundle small --json
expect_status 0
expect_json '[.checks[] | select(.check == "route")] | length' 0
flame doctor --for run --image al2023 --store s3://bundles/x/ --json
says ok route "nat-0123456789abcdef0"
fault 'GetParameter:AccessDeniedException'
flame doctor --for run --image al2023 --json
expect_status 0
says skip image "without the permission ssm:GetParameter"
no_more_faults
flame doctor --for run --json
expect_status 3
says fail settings "image_id is not set"
sandbox --no-default-vpc
flame doctor --for run --image al2023 --json
expect_status 3
says fail subnet "no subnet of a default VPC"
says fail launch VPCIdNotSpecified
sandbox

TEST "route: NAT, internet gateway with and without a public address, endpoint, nothing"
doctor --json --subnet-id subnet-0123456789abcdef0
says ok route "leads out by a NAT gateway, nat-0123456789abcdef0"
finds 3 route "no public address" --subnet-id subnet-0aaaaaaaaaaaaaaa1
doctor --json --subnet-id subnet-0aaaaaaaaaaaaaaa1 --public-ip
expect_status 0
says ok route "internet gateway igw-0123456789abcdef0"
doctor --json --subnet-id subnet-0aaaaaaaaaaaaaaa2
expect_status 0
says ok route "gateway endpoint vpce-0123456789abcdef0"
finds 3 route "the endpoint vpce-0123456789abcdef0 is not in its route table" --subnet-id subnet-0aaaaaaaaaaaaaaa3
finds 3 route "leads to nat-0aaaaaaaaaaaaaaa4, which is gone" --subnet-id subnet-0aaaaaaaaaaaaaaa4

TEST "groups: what they let out"
finds 3 groups "no HTTPS out" --security-group-id sg-0aaaaaaaaaaaaaaa1
doctor --json --security-group-id sg-0aaaaaaaaaaaaaaa3
expect_status 0
says ok groups "sg-0aaaaaaaaaaaaaaa3"
finds 1 groups "does not exist" --security-group-id sg-0aaaaaaaaaaaaaaaf

TEST "parent: from the machine to port 4369 and the distribution's"
place=(--subnet-id subnet-0123456789abcdef0)
with=(FLAME_PARENT="$(parent 10.0.1.10)")
doctor --json "${place[@]}" --security-group-id sg-0123456789abcdef0
expect_status 0
says ok parent "10.0.1.10 on port 4369 and on all"
finds 3 parent "sg-0123456789abcdef0 of the parent let nothing in on port 4369" \
  "${place[@]}" --security-group-id sg-0fedcba9876543210
finds 3 parent "sg-0aaaaaaaaaaaaaaa3 of the machine let nothing out on port 4369" \
  "${place[@]}" --security-group-id sg-0aaaaaaaaaaaaaaa3
with=(FLAME_PARENT="$(parent 10.0.1.11)")
doctor --json "${place[@]}" --security-group-id sg-0fedcba9876543210
expect_status 0
says warn parent "1024-4368, 4370-9099, 9156-65535"
with=(FLAME_PARENT="$(parent 10.0.1.11)"
  ERL_AFLAGS="-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9155")
doctor --json "${place[@]}" --security-group-id sg-0fedcba9876543210
expect_status 0
says ok parent "9100-9155"
with=(FLAME_PARENT="$(parent 10.0.1.11)" ERL_AFLAGS="-kernel inet_dist_listen_min 9200")
finds 3 parent "9200" "${place[@]}" --security-group-id sg-0fedcba9876543210
with=(FLAME_PARENT="$(parent 10.9.9.9)")
doctor --json "${place[@]}" --security-group-id sg-0fedcba9876543210
expect_status 0
says skip parent "10.9.9.9"
with=()

TEST "image, template and profile"
finds 3 image "is pending" --image-id ami-0aaaaaaaaaaaaaaa4
finds 3 image "is for arm64" --image-id ami-0fedcba9876543210
fault 'DescribeImages:InvalidAMIID.NotFound'
finds 1 image InvalidAMIID.NotFound
no_more_faults
flame doctor --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --image debian-12 --json
expect_status 0
says ok image "/aws/service/debian/release/12/latest/amd64 says ami-0123456789abcdef0"
flame doctor --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --json \
  --launch-template-id lt-0123456789abcdef0
expect_status 0
says ok template "lt-0123456789abcdef0, version 1"
says ok image ami-0123456789abcdef0
flame doctor --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --json \
  --launch-template-id lt-0000000000000000f
expect_status 1
says fail launch InvalidLaunchTemplateId.NotFound
finds 3 profile "has no role" --iam-instance-profile sandbox-bare
finds 1 profile "cannot be found" --iam-instance-profile nobody

TEST "bundle: not there, not ours to read, elsewhere, empty"
bundle() { finds "$1" bundle "$2" --bundle "$3"; }
bundle 3 "is not there" s3://bundles/other.tar.gz
bundle 3 "is empty" s3://bundles/empty.tar.gz
finds 3 bundle nowhere.tar.gz --bundle ./nowhere.tar.gz --store s3://bundles/store/
fault 'HeadObject:AccessDenied'
doctor --json
expect_status 0
says warn bundle "no permission to look at the bundle s3://bundles/hello.tar.gz"
no_more_faults
mkdir -p s3/far
cp s3/bundles/hello.tar.gz s3/far/
sandbox --region us-east-1,eu-west-1 --bucket-region far=eu-west-1
doctor --bundle s3://far/hello.tar.gz --json
expect_status 0
says ok bundle "bucket far is in eu-west-1"

TEST "clock: says how far it is off"
fault 'RunInstances:date-ahead=4m'
doctor --json
expect_status 0
says warn clock " behind AWS's"
no_more_faults
fault 'RunInstances:date-behind=4m'
doctor --json
says warn clock "ahead of AWS's"
no_more_faults

TEST "a missing right to look is a skip that names it, and no failure"
skips DescribeSubnets ec2:DescribeSubnets subnet
skips DescribeRouteTables ec2:DescribeRouteTables route
skips DescribeVpcEndpoints ec2:DescribeVpcEndpoints route --subnet-id subnet-0aaaaaaaaaaaaaaa3
skips DescribeSecurityGroups ec2:DescribeSecurityGroups groups
skips DescribeImages ec2:DescribeImages image
skips DescribeInstanceTypeOfferings ec2:DescribeInstanceTypeOfferings type
fault 'GetInstanceProfile:AccessDenied'
doctor --iam-instance-profile sandbox-runner --json
no_more_faults
expect_status 0
expect_json '.checks[] | select(.check == "profile") | .permission' iam:GetInstanceProfile
with=(FLAME_PARENT="$(parent 10.0.1.10)")
skips DescribeNetworkInterfaces ec2:DescribeNetworkInterfaces parent --subnet-id \
  subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0
with=()

TEST "AWS that cannot be reached"
with=(AWS_ENDPOINT_URL=http://127.0.0.1:9 AWS_MAX_ATTEMPTS=1)
doctor --json
expect_status 7
says fail caller "127.0.0.1:9"
with=()

TEST "the policy that iam-policy prints for doctor is the least of what it asks"
sandbox
settings=("${well[@]}" --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0
  --iam-instance-profile sandbox-runner)
flame doctor "${settings[@]}"
expect_status 0
control GET requests | jq 'map(if .action == "RunInstances" then .action = "DryRun" else . end)' >sent.json
control GET instances >truth.json
flame iam-policy "${settings[@]}" --for doctor --role sandbox-runner-role
# What a dry run needs is what a launch does, which the suite iam_policy judges.
jq '.Statement |= map(select(.Sid | test("^(Launch|Tag|GiveRole)") | not))' stdout >policy
jq 'map(select(.action != "DryRun"))' sent.json >rest.json
python3 -I "$here/lib/iam_evaluator.py" policy rest.json truth.json >judged || die "$(cat judged)"
