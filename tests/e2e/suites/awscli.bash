# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The distribution's AWS CLI against the sandbox: its signatures verify, it reads our answers.

[ -x /usr/bin/aws ] || skip "/usr/bin/aws is not there"
sandbox
# Always with --endpoint-url: nothing else keeps it from the real one.
aws() {
  local variables=()
  mapfile -t variables < <(plain_env_file sandbox.env)
  env -i PATH=/usr/bin:/bin HOME="$work/home" LC_ALL=C.UTF-8 AWS_EC2_METADATA_DISABLED=true \
    AWS_PAGER= "${variables[@]}" /usr/bin/aws --endpoint-url "$endpoint" --output json "$@" \
    >stdout 2>stderr </dev/null
}

TEST "runs, describes and terminates an instance"
aws ec2 run-instances --image-id ami-0123456789abcdef0 --instance-type t3.nano \
  --user-data '#!/bin/sh' || die "run-instances failed"
id=$(jq -r '.Instances[0].InstanceId' stdout)
aws ec2 describe-instances --instance-ids "$id" || die "describe-instances failed"
expect_json '.Reservations[0].Instances[0].InstanceType' t3.nano
aws ec2 get-console-output --instance-id "$id" || die "get-console-output failed"
expect_json .InstanceId "$id"
aws ec2 terminate-instances --instance-ids "$id" || die "terminate-instances failed"
expect_json '.TerminatingInstances[0].InstanceId' "$id"

TEST "sees the machine of flame-ec2, and its tags"
flame boot --app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0 \
  --max-lifetime 1h --run-id cli-1 --tag 'odd name=a+b c/ü' --output json
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
aws ec2 describe-instances --filters Name=tag:flame-ec2:run-id,Values=cli-1 || die "no answer"
expect_json '.Reservations[0].Instances[0].InstanceId' "$id"
expect_json '.Reservations[0].Instances[0].Tags[] | select(.Key == "odd name").Value' 'a+b c/ü'

TEST "a wrong secret is refused"
if env -i PATH=/usr/bin:/bin HOME="$work/home" AWS_ACCESS_KEY_ID="$(of_sandbox AWS_ACCESS_KEY_ID)" \
  AWS_SECRET_ACCESS_KEY=wrong AWS_REGION="$(of_sandbox AWS_REGION)" AWS_PAGER= \
  /usr/bin/aws --endpoint-url "$endpoint" ec2 describe-instances >stdout 2>stderr; then
  die "a wrong signature was believed"
fi
grep -qE 'AuthFailure|SignatureDoesNotMatch' stderr || die "refused for another reason"

TEST "S3 and STS believe it too"
mkdir -p s3/bundles
echo payload >s3/bundles/object
aws sts get-caller-identity || die "sts failed"
expect_json .Account 123456789012
aws s3api get-object --bucket bundles --key object got || die "get-object failed"
expect_same "$(cat got)" payload
