# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The printed policies under moto's IAM, which knows actions: with a command's policy it works, and
# with any of its actions less it is refused.

server=$project/build/venv/bin/moto_server
[ -x "$server" ] || skip "moto is not there: scripts/test puts it into build/venv"
waits=running # what only exists is never ready
"$server" -H 127.0.0.1 -p 0 >moto.log 2>&1 </dev/null &
at_end+=("kill $!")
until_true 60 grep -q 'Running on http' moto.log || die "moto did not start: $(tail -n 5 moto.log)"
endpoint=$(grep -oE 'http://127.0.0.1:[0-9]+' moto.log | head -n 1)
image=ami-12c6146b

as_root() { # SERVICE VERSION NAME=VALUE...: before moto asks who it is
  local service=$1 version=$2 arguments=() pair
  shift 2
  for pair in "$@"; do arguments+=(--data-urlencode "$pair"); done
  curl -sS --aws-sigv4 "aws:amz:eu-west-1:$service" --user AKIAROOT:moto-secret-key \
    --data "Version=$version" "${arguments[@]}" "$endpoint/"
}
asks_after() { # COUNT: of requests that anybody may send
  curl -sS --fail -H 'Content-Type: text/plain' --data "$1" "$endpoint/moto-api/reset-auth" >reset
}
plant() { # a machine that has expired; its id is in $planted
  local tag=TagSpecification.1.Tag
  as_root ec2 2016-11-15 Action=RunInstances "ImageId=$image" MinCount=1 MaxCount=1 \
    TagSpecification.1.ResourceType=instance $tag.1.Key=flame-ec2:run-id $tag.1.Value=planted \
    $tag.2.Key=flame-ec2:expires-at $tag.2.Value=2020-01-01T00:00:00Z >made
  planted=$(grep -oP '<instanceId>\K[^<]+' made)
}
# caller FILE: a fresh account with a caller who may do what the policy in FILE says. moto judges
# actions alone, so that resources and conditions are taken out.
caller() {
  jq '.Statement[] |= (del(.Condition) | .Resource = "*")' "$1" >actions
  asks_after inf
  curl -sS --fail -X POST "$endpoint/moto-api/reset" >reset
  moto_bundle hello
  as_root iam 2010-05-08 Action=CreateUser UserName=ci >made
  as_root iam 2010-05-08 Action=CreateAccessKey UserName=ci >made
  key=$(sed -nE 's:.*<AccessKeyId>(.*)</AccessKeyId>.*:\1:p' made)
  secret=$(sed -nE 's:.*<SecretAccessKey>(.*)</SecretAccessKey>.*:\1:p' made)
  secrets+=("$secret")
  as_root iam 2010-05-08 Action=PutUserPolicy UserName=ci PolicyName=p "PolicyDocument=$(cat actions)" >made
  [ "$command" = boot ] || plant # moto cannot look for a client token once it has machines
  asks_after 0
  with=(AWS_ENDPOINT_URL="$endpoint" AWS_REGION=eu-west-1 "AWS_ACCESS_KEY_ID=$key"
    "AWS_SECRET_ACCESS_KEY=$secret")
}
settings=(--app hello --bundle s3://bundles/hello.tar.gz --image-id "$image" --instance-type t3.nano)
call() { # COMMAND
  case $1 in
    boot) flame boot "${settings[@]}" --max-lifetime 1h ;;
    list) flame list ;;
    logs) flame logs "$planted" ;;
    terminate) flame terminate "$planted" ;;
    gc) flame gc ;;
    configure) flame configure --like "$planted" --print ;;
  esac
}
# What a command can do without, and says so; what moto does not ask for at a launch.
is_optional() { # COMMAND ACTION
  case "$1 $2" in
    "gc ec2:DescribeVolumes" | "gc ec2:DescribeNetworkInterfaces") return 0 ;;
    "list ec2:GetConsoleOutput" | "logs ec2:GetConsoleOutput" | "boot ec2:GetConsoleOutput") return 0 ;;
    "boot ec2:CreateTags" | "boot s3:GetObject" | "boot ec2:TerminateInstances") return 0 ;;
  esac
  return 1
}

for command in boot list logs terminate gc configure; do
  TEST "$command works with its policy, and not with an action less"
  case $command in
    boot) flame iam-policy --region eu-west-1 "${settings[@]}" --for boot ;;
    *) flame iam-policy --region eu-west-1 --for "$command" ;;
  esac
  expect_status 0
  cp stdout policy
  caller policy
  call "$command"
  expect_status 0
  mapfile -t actions < <(jq -r '[.Statement[].Action | if type == "array" then .[] else . end] | unique[]' policy)
  [ ${#actions[@]} -gt 0 ] || die "the policy is empty"
  for action in "${actions[@]}"; do
    ! is_optional "$command" "$action" || continue
    jq --arg a "$action" '.Statement |= map(.Action |= ([.] | flatten - [$a]) | select(.Action != []))' policy >less
    caller less
    call "$command"
    [ "$status" -ne 0 ] || die "expected $command to be refused without $action"
    # moto's refusal has another form than EC2's.
    grep -qE "${action#*:}.*HTTP status 403" stderr || die "nobody says what is refused: $action"
  done
done
