# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The policies that iam-policy prints, judged over the requests that the same settings really send:
# all that was sent is allowed, and one statement less is one too few.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"

common=(--app hello --bundle s3://bundles/hello.tar.gz)
settings=()
# policy FLAG...: of the settings; it is in the file policy.
policy() {
  flame iam-policy "${settings[@]}" "$@"
  expect_status 0
  cp stdout policy
}
boot() { flame boot "${settings[@]}" --max-lifetime 1h; }
# fetch_bundle: what the machine would do, with the URL in its script.
fetch_bundle() {
  control GET "instances/$(machines | head -n 1 | cut -f1)/user-data" | zcat -f >script
  curl -sS --fail -o fetched "$(grep -oE "http://[^' ]*X-Amz-Signature=[0-9a-f]*" script | head -n 1)" ||
    die "the bundle cannot be fetched"
  rm script
}
judge() { python3 -I "$here/lib/iam_evaluator.py" "$1" sent.json truth.json >judged; } # POLICY
expect_least() { # of the file policy, for all that the sandbox was asked since it started
  control GET requests >sent.json
  control GET instances >truth.json
  judge policy || die "the policy is not the least: $(cat judged)"
}
# expect_denied FILTER WORD: with the policy that jq's filter makes of it, what has WORD is denied.
expect_denied() {
  jq "$1" policy >other
  ! cmp -s <(jq . policy) other || die "the filter changes nothing: $1"
  ! judge other || die "still allowed: $1"
  grep -qE "^not allowed: .*$2" judged || die "expected that $2 is denied: $(cat judged)"
}
expect_sids() { expect_same "$(jq -r '[.Statement[].Sid] | join(" ")' policy)" "$1"; }

TEST "boot: image, subnets, groups, types, key, role and tags are bound, and no more is there"
sandbox
settings=("${common[@]}" --image-id ami-0123456789abcdef0
  --subnet-id "subnet-0123456789abcdef0,subnet-0fedcba9876543210" --security-group-id
  "sg-0123456789abcdef0,sg-0fedcba9876543210" --instance-type "t3.nano,t3.micro" --key-name sandbox-key
  --iam-instance-profile sandbox-runner --tag team=blue)
boot
expect_status 0
fetch_bundle
fault 'RunInstances[SubnetId=subnet-0123456789abcdef0]:InsufficientInstanceCapacity=1'
boot
expect_status 0
fault 'RunInstances[InstanceType=t3.nano]:InsufficientInstanceCapacity'
boot
expect_status 0
no_more_faults
flame terminate --app hello --yes
flame logs --app hello
policy --for boot --for terminate --for logs --role sandbox-runner-role --account 123456789012
expect_least

run='.Statement[] | select(.Sid == "LaunchMachine") | .Condition.StringEquals'
TEST "boot: each of its bounds is one that the launch really meets"
expect_denied "(${run}[\"aws:RequestTag/flame-ec2:app\"]) = \"other\"" instance/
expect_denied "(${run}[\"ec2:MetadataHttpTokens\"]) = \"optional\"" instance/
expect_denied "(${run}[\"ec2:InstanceType\"]) = \"t3.large\"" t3.nano
expect_denied '(.Statement[] | select(.Sid == "LaunchParts") | .Condition.StringEquals["aws:RequestTag/flame-ec2:app"]) = "x"' volume/
expect_denied '(.Statement[] | select(.Sid == "TagAtLaunch") | .Condition.StringEquals["ec2:CreateAction"]) = "CreateVolume"' CreateTags
expect_denied '(.Statement[] | select(.Sid == "TagAtLaunch") | .Condition["ForAllValues:StringEquals"]["aws:TagKeys"]) -= ["team"]' CreateTags
expect_denied '(.Statement[] | select(.Sid == "GiveRole") | .Resource) = "arn:aws:iam::123456789012:role/admin"' PassRole
expect_denied '(.Statement[] | select(.Sid == "ReadBundle") | .Resource) = "arn:aws:s3:::bundles/other"' GetObject
expect_denied '(.Statement[] | select(.Sid == "EndMachines") | .Condition.StringEquals) = {"aws:ResourceTag/flame-ec2:app": "x"}' TerminateInstances
expect_denied '(.Statement[] | select(.Sid == "LookUp") | .Condition.StringEquals["aws:RequestedRegion"]) = "eu-west-1"' Describe

TEST "boot: a public image by its name, into the default VPC"
sandbox
settings=("${common[@]}" --image debian-12)
boot
expect_status 0
fetch_bundle
flame terminate --app hello --yes
flame logs --app hello
policy --for boot
expect_sids "LaunchImage LaunchIntoOpen LaunchMachine LaunchParts TagAtLaunch FindImage ReadBundle EndMachines ReadConsole LookUp"
expect_in_stderr "any subnet and group that is not set can be used"
expect_least

TEST "run: an image by its name into the default VPC, and nothing of S3"
sandbox
: >sandbox.log
settings=(--image al2023)
flame_signalled_when "GetConsoleOutput 200" INT run "${settings[@]}" -- uname -a
expect_status 130
expect_machines 0
policy --for run
expect_sids "LaunchImage LaunchIntoOpen LaunchMachine LaunchParts TagAtLaunch FindImage EndMachines ReadConsole LookUp"
expect_least
policy --for run --for doctor
expect_json '[.Statement[] | .Action] | flatten | index("ec2:DescribeInstanceTypeOfferings") != null' true

TEST "boot: an image by a parameter, and a disk that is encrypted"
for key in 12345678-1234-1234-1234-123456789012 alias/disks; do
  sandbox
  settings=("${common[@]}" --image-id resolve:ssm:/aws/service/debian/release/12/latest/amd64
    --root-volume-kms-key "$key")
  boot
  expect_status 0
  fetch_bundle
  flame terminate --app hello --yes
  flame logs --app hello
  policy
  expect_least
done
sandbox
settings=("${common[@]}" --image-id resolve:ssm:/sandbox/pending-image --instance-type t3.nano)
policy
expect_same "$(jq -r '.Statement[] | select(.Sid == "FindImage") | "\(.Action) \(.Resource)"' policy)" \
  "ssm:GetParameters arn:aws:ssm:us-east-1:*:parameter/sandbox/pending-image"
expect_in_stderr "any image can be used"
# Nobody looks at the image before: it may be of either architecture.
settings=("${common[@]}" --image-id ami-0fedcba9876543210)
sandbox
boot
expect_status 0
fetch_bundle
flame terminate --app hello --yes
flame logs --app hello
policy
expect_same "$(jq -c "${run}[\"ec2:InstanceType\"]" policy)" '["t3.nano","t4g.nano"]'
expect_least

TEST "boot: what a launch template says is allowed with that template alone"
sandbox
settings=("${common[@]}" --launch-template-id lt-0123456789abcdef0 --instance-type t3.micro)
boot
expect_status 0
fetch_bundle
flame terminate --app hello --yes
flame logs --app hello
policy
expect_in_stderr "give its role with --role"
# The sandbox's template has no key, which others may have.
jq '(.Statement[] | select(.Sid == "LaunchIntoOpen") | .Resource) |= map(select(contains("key-pair") | not))' \
  policy >without
mv without policy
expect_least
expect_denied '(.Statement[] | select(.Sid == "LaunchIntoOpen") | .Condition.ArnLike["ec2:LaunchTemplate"]) = "arn:aws:ec2:us-east-1:*:launch-template/lt-0"' image/

TEST "each other command: all that it sent, and no more"
for command in list logs terminate gc configure; do
  sandbox
  id=$(ours old "$(utc '-1 hour')")
  settings=()
  case $command in
    list) control POST "instances/$id/power-off" >/dev/null && wait_for_end "$id" && flame list --all ;;
    logs) flame logs "$id" ;;
    terminate) flame terminate "$id" --wait ;;
    gc) flame gc ;;
    configure) flame configure --like "$id" --print ;;
  esac
  expect_status 0
  policy --for "$command"
  control GET requests | jq 'map(select(.action != "RunInstances"))' >sent.json # it was planted
  control GET instances >truth.json
  judge policy || die "$command: $(cat judged)"
done

TEST "list and gc look everywhere"
sandbox --region us-east-1,eu-west-1
plant eu-west-1 flame-ec2:run-id=there "flame-ec2:expires-at=$(utc '-1 hour')" >/dev/null
settings=(--region all)
flame gc --region all
expect_status 0
policy --for gc
control GET requests | jq 'map(select(.action != "RunInstances"))' >sent.json
control GET instances >truth.json
judge policy || die "$(cat judged)"

TEST "in China, GovCloud and the European Sovereign Cloud all ARNs are of the partition"
for at in aws-cn:cn-north-1 aws-us-gov:us-gov-west-1 aws-eusc:eusc-de-east-1; do
  sandbox --region "${at#*:}"
  settings=("${common[@]}" --image-id ami-0123456789abcdef0 --instance-type t3.nano
    --iam-instance-profile sandbox-runner)
  boot
  expect_status 0
  fetch_bundle
  flame terminate --app hello --yes
  flame logs --app hello
  policy --role sandbox-runner-role
  expect_same "$(jq -r '[.. | strings | select(startswith("arn:")) | split(":")[1]] | unique | join(" ")' policy)" "${at%:*}"
  expect_least
done

TEST "a store and secrets are bound to their places"
sandbox
mkdir -p s3/keep
settings=("${common[@]}" --image-id ami-0123456789abcdef0 --store s3://keep/flame/
  --secret A=ssm:/sandbox/database-url --secret B=secretsmanager:sandbox/api-key)
boot
expect_status 0
fetch_bundle
id=$(live_machines)
told=$(find s3/keep/flame/runs -name status -printf '%h\n')/$id
mkdir "$told"
echo "flame-ec2 0123456789abcdef0123456789abcdef stage=boot t=0.1 ." >"$told/status"
fault 'RunInstances:InsufficientInstanceCapacity'
boot
expect_status 6
flame logs "$id" --store s3://keep/flame/
flame terminate "$id"
policy --for boot --for terminate --for logs --account 123456789012
expect_least
expect_denied '(.Statement[] | select(.Sid == "UseStore") | .Resource) = "arn:aws:s3:::keep/other/*"' PutObject
expect_denied '(.Statement[] | select(.Sid == "ListStore") | .Condition.StringLike["s3:prefix"]) = "other/*"' ListBucket

TEST "a machine that signs for itself may read its bundle alone"
settings=("${common[@]}" --image-id ami-0123456789abcdef0 --bundle-access instance-role
  --iam-instance-profile sandbox-runner)
policy --runner
expect_same "$(jq -c '[.Statement[] | .Action, .Resource]' policy)" \
  '["s3:GetObject","arn:aws:s3:::bundles/hello.tar.gz"]'

TEST "an object of any name is that object alone"
sandbox
settings=(--app hello --image-id ami-0123456789abcdef0 --bundle "s3://bundles/a*b\$c?.tar.gz?versionId=7")
policy --role x
expect_same "$(jq -r '.Statement[] | select(.Sid == "ReadBundle") | "\(.Action) \(.Resource)"' policy)" \
  "s3:GetObjectVersion arn:aws:s3:::bundles/a\${*}b\${\$}c\${?}.tar.gz"

TEST "the machine itself needs nothing for a bundle that comes by a URL"
policy --runner
expect_same "$(jq -c .Statement policy)" "[]"
expect_in_stderr "the machine needs no permission"

TEST "says what each statement is for, and keeps standard output for the policy"
policy --explain
expect_in_stderr "EndMachines: machines of the app hello alone can be ended"
while read -r sid; do expect_in_stderr "$sid: "; done < <(jq -r '.Statement[].Sid' policy)

TEST "says that commands which look at all machines are bound to the app, too"
policy --for gc
expect_in_stderr "machines of the app hello alone"

TEST "needs no network and no credentials"
sandbox_stop
rm -f sandbox.env
settings=(--region eu-west-1 "${common[@]}" --image al2023)
policy
expect_sids "LaunchImage LaunchIntoOpen LaunchMachine LaunchParts TagAtLaunch FindImage ReadBundle EndMachines ReadConsole LookUp"

TEST "takes no bad flags, and names all that is missing"
flame iam-policy
expect_error 3 "app is not set" "bundle is not set" "region is not set" "image_id is not set"
flame iam-policy --for gc
expect_error 3 "region is not set"
flame iam-policy "${settings[@]}" --for bot
expect_error 2 "did you mean boot?"
flame iam-policy "${settings[@]}" --account 12
expect_error 2 "12 digits"
flame iam-policy "${settings[@]}" --role arn:aws:iam::123456789012:user/x
expect_error 2 "is no role"
flame iam-policy "${settings[@]}" --runner --for gc
expect_error 2 --runner
flame iam-policy "${settings[@]}" --subnet-id vpc-1
expect_error 3 vpc-1
