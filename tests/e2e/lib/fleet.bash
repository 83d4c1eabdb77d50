# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Machines with any tags, planted without a line of flame-ec2's code.

# plant [REGION] TAG=VALUE...: a machine with these tags; its id.
plant() {
  local region tags=() n=0 tag
  region=$(of_sandbox AWS_REGION)
  if [[ ${1-} != *=* ]]; then
    region=$1
    shift
  fi
  for tag in "$@"; do
    n=$((n + 1))
    tags+=("TagSpecification.1.Tag.$n.Key=${tag%%=*}" "TagSpecification.1.Tag.$n.Value=${tag#*=}")
  done
  [ "$n" -eq 0 ] || tags+=(TagSpecification.1.ResourceType=instance)
  ec2_in "$region" RunInstances ImageId=ami-0123456789abcdef0 MinCount=1 MaxCount=1 \
    InstanceInitiatedShutdownBehavior=terminate "${more[@]}" "${tags[@]}" >planted
  grep -oP '<instanceId>\K[^<]+' planted || die "not planted: $(cat planted)"
}
more=() # parameters of RunInstances, for what is planted next

ec2_in() { # REGION ACTION NAME=VALUE...
  local region=$1 action=$2 arguments=() pair
  shift 2
  for pair in "$@"; do arguments+=(--data-urlencode "$pair"); done
  curl -sS --aws-sigv4 "aws:amz:$region:ec2" \
    --user "$(of_sandbox AWS_ACCESS_KEY_ID):$(of_sandbox AWS_SECRET_ACCESS_KEY)" \
    --data "Action=$action" --data Version=2016-11-15 "${arguments[@]}" "$endpoint/"
}

# ours RUN_ID EXPIRES_AT [TAG=VALUE...]: a machine as boot tags it.
ours() { plant "flame-ec2:run-id=$1" "flame-ec2:expires-at=$2" flame-ec2:app=hello "${@:3}"; }

utc() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; } # "-1 hour"
prints() { control POST "instances/$1/console" --data-binary "$2" >/dev/null; } # ID TEXT
is_gone() { [ "$(state_of "$1")" = terminated ]; }
wait_for_end() { until_true 20 is_gone "$1" || die "$1 is $(state_of "$1")"; }
is_described() { ec2 DescribeInstances | grep -qF "$1"; }
