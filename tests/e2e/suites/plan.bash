# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What plan says beforehand is what a boot does then; and a limit on the machines of an app.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"

sub_a=subnet-0123456789abcdef0 sub_c=subnet-00112233445566778 full=subnet-0aaaaaaaaaaaaaaa5
mkdir -p s3/bundles s3/keep
printf 'no archive' >s3/bundles/hello.tar.gz
settings=(--app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --bundle s3://bundles/hello.tar.gz
  --no-inspect --instance-type t3.nano --run-id r1)
plan() { flame plan "${settings[@]}" "$@"; }
boot() { flame boot "${settings[@]}" "$@"; }
actions() { control GET requests | jq -r '.[].action'; }
# Those that stand for one call each, once.
planned() { jq -r '.calls[] | select(.count != null) | .action' stdout; }

# foretells FLAG...: what a boot asks until it has launched is what plan has said, and the parameters too.
foretells() {
  sandbox
  plan "$@" --json
  expect_status 0
  planned >foretold
  jq -c '.request | del(.UserData)' stdout >request
  expect_machines 0
  ! actions | grep -qE '^(Run|Put|Delete|Terminate|Create)' || die "plan changes something: $(actions)"
  sandbox
  boot "$@"
  expect_status 0
  actions | sed '/^RunInstances$/q' >asked
  cmp -s foretold asked || die "planned: $(tr '\n' ' ' <foretold), and asked: $(tr '\n' ' ' <asked)"
  control GET requests | jq -c '[.[] | select(.action == "RunInstances") | .params][0]
    | del(.UserData, .ClientToken, .Action, .Version)' >sent
  local times='with_entries(select(.value | test("^20..-..-..T") | not))' # of the tag that names the expiry
  expect_same "$(jq -Sc "$times" request)" "$(jq -Sc "$times" sent)"
}

TEST "the calls of the simple boot, and its parameters"
foretells

TEST "the calls of a boot with a choice, a name of an image and a limit"
settings+=(--security-group-id sg-0123456789abcdef0)
foretells --instance-type m7i.large,t3.nano --subnet-id "$sub_c,$sub_a" --max-running 7
given=("${settings[@]}")
settings=(--app hello --max-lifetime 1h --bundle s3://bundles/hello.tar.gz --no-inspect --run-id r1)
foretells --image debian-12 --market spot,on-demand --count 3 --root-volume-size 30

TEST "the calls of a boot with a store and secrets"
settings=("${given[@]}")
foretells --store s3://keep/flame/ -e C=d --secret A=ssm:/sandbox/database-url --secret B=secretsmanager:sandbox/api-key

TEST "a launch template says what it does not leave open"
settings=(--app hello --launch-template-id lt-0123456789abcdef0 --max-lifetime 1h --bundle s3://bundles/hello.tar.gz
  --no-inspect --run-id r1)
foretells

settings=(--app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --bundle s3://bundles/hello.tar.gz
  --no-inspect --run-id r1)
TEST "each candidate with what is against it, in the order of the boot"
sandbox
plan --instance-type m7i.large,t4g.nano,t3.nano --subnet-id "$sub_c,$full" --market spot --count 2 --json
expect_status 0
expect_same "$(jq -r '.candidates[] | "\(.instance_type) \(.availability_zone) \(.against)"' stdout)" \
  "m7i.large us-east-1c not-offered
m7i.large us-east-1a no-address
t4g.nano us-east-1c architecture
t4g.nano us-east-1a architecture
t3.nano us-east-1c null
t3.nano us-east-1a no-address"
expect_json '.request.InstanceType + " " + .request.SubnetId' "t3.nano $sub_c"
expect_json '.request.UserData | startswith("*** (")' true
expect_json '.user_data.limit' 16384
expect_json '.user_data.bytes > 1000' true
expect_json '.least_ms.all_candidates' 0
expect_json '.live' null

TEST "the least and most of the launch are those of the boot, which leaves out what cannot be had"
spread() { jq -r '"\(.request.MinCount)..\(.request.MaxCount)"' stdout; }
plan --count 3 --instance-type t3.nano --subnet-id "$full,$sub_a" --json
expect_same "$(spread)" 3..3
plan --count 300 --min-count 280 --instance-type t4g.nano,t3.nano --json
expect_same "$(spread)" 250..250
plan --count 300 --min-count 280 --instance-type t3.micro,t3.nano
expect_in_stdout "machines: 300, at least 280" "MinCount = 1"
foretells --count 3 --instance-type t3.nano --subnet-id "$full,$sub_a" --wait-for running

TEST "consoles of many are read one by one: plan and boot say so, and how long EC2's limits take"
sandbox
plan --count 400 --instance-type t3.nano --wait-for ready
expect_in_stdout "wait for EC2's limits: 15s" "400+"
expect_in_stderr "the consoles of 400 machines are read one by one"
plan --count 400 --instance-type t3.nano --wait-for ready --store s3://keep/flame/
expect_in_stdout "wait for EC2's limits: none"
expect_not_in_stderr "one by one"
boot --count 11 --wait-for ready --dry-run
expect_in_stderr "the consoles of 11 machines are read one by one"

TEST "as text it is whole in a pipe, its time is local, and it holds no secret"
flame plan "${settings[@]}" --instance-type m7i.large,t3.nano --subnet-id "$sub_a,$sub_c" --market spot,on-demand \
  -e PASSWORD=sesame-open
expect_status 0
for words in "not asked for: us-east-1c does not offer m7i.large" "user data: " \
  "wait for EC2's limits: none" "MinCount = 1" "RunInstances" "1   spot       m7i.large  $sub_a"; do
  expect_in_stdout "$words"
done
grep -qE '^expires at: [-0-9 ]*[0-9]{2}:[0-9]{2} \(in 1h[0-9]m\)$' stdout || die "the time is not for people"
! grep -q sesame stdout stderr || die "a secret is shown"

TEST "the only candidate is looked at too, and what could not be launched is the status"
plan --instance-type t3.nano --subnet-id "$full" --json
expect_status 6
expect_json '.error.kind' capacity
expect_json '.candidates[0].against' no-address
plan --instance-type t3.nano --subnet-id "$full"
expect_status 6
expect_in_stdout no-address
expect_in_stderr "none of 1 candidates can be launched"
plan --instance-type t4g.nano --json
expect_status 3
expect_json '.error.kind' config
plan --instance-type t3.nano --subnet-id subnet-0aaaaaaaaaaaaaaaf --json
expect_status 3
expect_json '.candidates[0].against' no-subnet
plan --instance-type t3.nano -e "A=$(head -c 30000 /dev/urandom | base64 -w0 | head -c 20000)"
expect_error 3 "bytes"

TEST "without rights to look everything is left open"
for action in DescribeSubnets DescribeInstanceTypeOfferings DescribeImages; do fault "$action:UnauthorizedOperation"; done
plan --instance-type t4g.nano,t3.nano --subnet-id "$full" --json
expect_status 0
expect_json '[.candidates[].against] | unique | tostring' '[null]'
no_more_faults

TEST "mistakes are those of a boot, and nothing is asked"
before=$(asked)
flame plan --image-id ami-0123456789abcdef0 --count 0
expect_error 3 "app is not set" "max_lifetime is not set" "0 is out of range"
expect_same "$(asked)" "$before"

TEST "the policy of a plan lets it look and do nothing else"
sandbox
plan --instance-type m7i.large,t4g.nano --subnet-id "$sub_a" --max-running 3
flame iam-policy "${settings[@]}" --instance-type m7i.large,t4g.nano --subnet-id "$sub_a" --max-running 3 --for plan
expect_status 0
expect_same "$(jq -r '[.Statement[].Action] | flatten | sort | join(" ")' stdout)" "ec2:DescribeImages \
ec2:DescribeInstanceTypeOfferings ec2:DescribeInstances ec2:DescribeSubnets"
cp stdout policy
control GET requests >sent.json
control GET instances >truth.json
python3 -I "$here/lib/iam_evaluator.py" policy sent.json truth.json >judged || die "$(cat judged)"

TEST "max_running: so many of the app live, and no more are booted"
sandbox
with=(FLAME_EC2_MAX_RUNNING=2)
boot --count 2
expect_status 0
boot
expect_error 6 "2 machines of app hello live, 1 more would be over max_running, which is 2" \
  "flame-ec2 list --region us-east-1 --app hello"
expect_same "$(actions | grep -c RunInstances)" 1
boot --json
expect_status 6
expect_json '.error.retryable' true
plan --json
expect_status 6
expect_json '"\(.live) \(.max_running) \(.error.kind)"' "2 2 capacity"
flame run "${settings[@]}" --result result.json -- true
expect_status 125
expect_same "$(jq -r .error.kind result.json)" capacity
flame boot "${settings[@]}" --app other # has machines of its own
expect_status 0
flame terminate --app hello --yes --wait
boot
expect_status 0

TEST "max_running: a count that never fits is a mistake, and what cannot be counted is not passed over"
boot --count 3
expect_error 3 "count is 3, and max_running 2"
fault 'DescribeInstances:UnauthorizedOperation'
boot
expect_error 5 "cannot count the machines of the app, for max_running"
no_more_faults
with=()
