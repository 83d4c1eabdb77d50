# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Boots on a sandbox whose machines only exist: outputs, fallback, lost answers, signals.

boot() { flame boot "${ordinary[@]}" "$@"; }
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h --env TOKEN=very-private-token)
secrets+=(very-private-token)
sandbox

TEST "prints the machine as JSON, and nothing else on stdout"
boot --output json --run-id ci-7 --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0
expect_status 0
expect_json .run_id ci-7
expect_json '.instances | length' 1
expect_json '.instances[0].state' running
expect_json '.instances[0].subnet_id' subnet-0123456789abcdef0
expect_json '.instances[0].market' on-demand
expect_json '.instances[0].stage' null
expect_json '.timings_ms | has("launch") and has("running")' true
expect_same "$(live_machines)" "$(jq -r '.instances[0].instance_id' stdout)"

TEST "names the run and how to end it, before the first request"
expect_in_stderr "terminate --region $(of_sandbox AWS_REGION) --run-id ci-7"

TEST "tags the machine, so that it can be found"
ec2 DescribeInstances 'Filter.1.Name=tag:flame-ec2:run-id' Filter.1.Value.1=ci-7 >described
for tag in flame-ec2:run-id flame-ec2:app flame-ec2:expires-at flame-ec2:version Name; do
  expect_in described "<key>$tag</key>"
done

TEST "prints an id and an address as text"
boot --output text
expect_status 0
expect_same "$(grep -cE '^i-[0-9a-f]{17}	[0-9.]+$' stdout)/$(wc -l <stdout)" 1/1

TEST "prints variables that a shell can read"
boot --output env --run-id ci-8
expect_status 0
FLAME_EC2_INSTANCE_ID="" FLAME_EC2_INSTANCE_IDS="" FLAME_EC2_RUN_ID="" FLAME_EC2_PRIVATE_IP=""
eval "$(cat stdout)"
expect_same "$FLAME_EC2_RUN_ID" ci-8
expect_same "$FLAME_EC2_INSTANCE_ID" "$FLAME_EC2_INSTANCE_IDS"
[[ $FLAME_EC2_PRIVATE_IP =~ ^[0-9.]+$ ]] || die "no address: $FLAME_EC2_PRIVATE_IP"

TEST "writes the run id to a file"
boot --run-id-file run-id --output json
expect_status 0
expect_same "$(cat run-id)" "$(jq -r .run_id stdout)"

TEST "takes settings from variables, and a flag before them"
with=(FLAME_EC2_RUN_ID=from-variable FLAME_EC2_IMAGE_ID=ami-0fedcba9876543210 FLAME_EC2_APP=hello
  FLAME_EC2_BUNDLE=s3://bundles/hello.tar.gz FLAME_EC2_MAX_LIFETIME=1h)
flame boot --image-id ami-00112233445566778 --output json
expect_status 0
expect_json .run_id from-variable
ec2 DescribeInstances 'Filter.1.Name=tag:flame-ec2:run-id' Filter.1.Value.1=from-variable >described
expect_in described "<imageId>ami-00112233445566778</imageId>"
with=()

TEST "says what it would do without asking anyone"
with=(AWS_ENDPOINT_URL=http://127.0.0.1:9)
boot --dry-run
expect_status 0
with=()

TEST "asks EC2 whether it would do it, and boots nothing"
before=$(live_machines)
boot --dry-run=ec2
expect_status 0
expect_same "$(live_machines)" "$before"

TEST "boots several machines with one request, and prints each"
sandbox --pending-time 200ms
before=$(grep -c RunInstances sandbox.log)
boot --count 3 --output json --run-id three-7
expect_status 0
expect_json '.instances | length' 3
expect_json '[.instances[].state] | unique | join(" ")' running
expect_json '.timings_ms.running >= .timings_ms.launch' true
expect_same "$(jq -r '.instances[].instance_id' stdout | sort)" "$(live_machines | sort)"
expect_same "$(($(grep -c RunInstances sandbox.log) - before))" 1
boot --count 2 --output env --run-id three-7
expect_status 0
FLAME_EC2_INSTANCE_ID="" FLAME_EC2_INSTANCE_IDS=""
eval "$(cat stdout)"
expect_same "$(wc -w <<<"$FLAME_EC2_INSTANCE_IDS") ${FLAME_EC2_INSTANCE_IDS%% *}" "2 $FLAME_EC2_INSTANCE_ID"
boot --count 2
expect_same "$(grep -cE '^i-[0-9a-f]{17}	[0-9.]+$' stdout)/$(wc -l <stdout)" 2/2
expect_machines 7

TEST "replaces one of several that EC2 takes back, and leaves none when it takes each that it makes"
sandbox --pending-time 500ms --fault machine:Server.InternalError=1
boot --count 3
expect_status 0
expect_in_stderr "is terminated: Server.InternalError: " "launching 1 of t3.nano"
expect_machines 3
sandbox --pending-time 500ms --fault machine:Server.InternalError
boot --count 3
expect_error 1 "Server.InternalError"
expect_machines 0

TEST "leaves none of several when it is interrupted, and asks for no more than there are"
sandbox --pending-time 60s
flame_signalled_when "waiting for i-" TERM boot "${ordinary[@]}" --count 3
expect_status 143
expect_machines 0
boot --count 1001
expect_error 3 1000
boot --count 0
expect_error 3 count

TEST "takes the next instance type when the first has no capacity"
sandbox --fault 'RunInstances[InstanceType=m5.large]:InsufficientInstanceCapacity'
boot --instance-type m5.large,c5.large --output json
expect_status 0
expect_json '.instances[0].instance_type' c5.large
expect_machines 1

TEST "says so when nothing has capacity"
boot --instance-type m5.large
expect_error 6 m5.large InsufficientInstanceCapacity
expect_machines 1

TEST "tries again when EC2 throttles"
sandbox --fault RunInstances:RequestLimitExceeded=2
boot --output json
expect_status 0
expect_machines 1

TEST "boots one machine when the answer is lost after the effect"
sandbox --fault RunInstances:lost-after=1
boot --output json
expect_status 0
expect_machines 1

TEST "boots one machine when the request is lost before the effect"
sandbox --fault RunInstances:lost-before=1
boot --output json
expect_status 0
expect_machines 1

TEST "leaves no machine when it never becomes visible as running"
sandbox --pending-time 60s
boot --boot-timeout 2s
expect_error 8 2s
expect_machines 0

TEST "names the machine when it cannot be ended"
sandbox --pending-time 60s --fault TerminateInstances:UnauthorizedOperation
boot --boot-timeout 2s --run-id left-7
expect_status 10
expect_in_stderr "$(live_machines)"
expect_in_stderr "--run-id left-7"

TEST "ends the machine when the result cannot be written"
sandbox
binary_was=$binary
printf '#!/bin/sh\nexec %s "$@" >/dev/full\n' "$binary" >full && chmod +x full
binary=$work/full
boot
expect_status 74
expect_machines 0

TEST "ends the machine when stdout is closed"
printf '#!/bin/sh\nexec %s "$@" >&-\n' "$binary_was" >closed && chmod +x closed
binary=$work/closed
boot
expect_status 74
expect_machines 0
binary=$binary_was

for signal in INT TERM HUP QUIT; do
  TEST "ends the machine when SIG$signal comes while it waits"
  sandbox --pending-time 60s
  flame_signalled_when "waiting for i-" "$signal" boot "${ordinary[@]}"
  expect_status $((128 + $(kill -l "$signal")))
  expect_stdout_empty
  expect_machines 0
done
