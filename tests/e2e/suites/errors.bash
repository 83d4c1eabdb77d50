# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# Bad input: each with its status and its words.

ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h)
sandbox
live=$endpoint

TEST "an unknown flag: the nearest one is offered"
flame boot --imageid ami-1
expect_error 2 --imageid --image-id

TEST "an unknown command: the nearest one is offered"
flame bot
expect_error 2 bot boot

TEST "no command"
flame
expect_status 2

TEST "an operand too many"
flame boot "${ordinary[@]}" surplus
expect_error 2 surplus

TEST "a flag without its value"
flame boot --image-id
expect_error 2 --image-id

TEST "missing settings: all named at once"
flame boot
expect_error 3 app bundle image_id max_lifetime

TEST "bad values of all layers: all named at once, with their origin"
with=(FLAME_EC2_BOOT_TIMEOUT=soon)
flame boot "${ordinary[@]}" --run-id 'a b' --env 'A-B=1' --tag aws:mine=1
expect_error 3 FLAME_EC2_BOOT_TIMEOUT --run-id A-B aws:
with=()

TEST "a number without a unit: the hint gives the unit"
flame boot "${ordinary[@]}" --boot-timeout 120
expect_error 3 120s

TEST "a lifetime that is over before the boot is"
flame boot "${ordinary[@]}" --max-lifetime 1m
expect_error 3 "max_lifetime 1m is shorter than boot_timeout 2m"

TEST "a run id that a tag, a filter or a shell cannot carry"
for id in 'a b' 'a*' 'a?b' "a'b" 'a"b' '$(id)' 'a;b' 'a/b' 'a=b' 'a,b' 'ü' "$(printf 'x%.0s' {1..65})" "$(printf 'a\nb')"; do
  flame boot "${ordinary[@]}" --run-id "$id"
  expect_error 3 run_id "1 to 64 of the characters A-Z a-z 0-9 . _ -"
  flame terminate --run-id "$id"
  expect_error 2 "1 to 64 of the characters"
done
expect_same "$(asked)" ""

TEST "a run id that looks like a flag is told so that it can be copied"
flame boot "${ordinary[@]}" --run-id=-x
expect_status 0
command=$(sed -n 's/.*to end what this run starts: flame-ec2 //p' stderr)
# shellcheck disable=SC2086
flame $command
expect_status 0
expect_machines 0

TEST "an app that names no unit and no folder: its name, its place and what would be one, before any request"
before=$(asked | wc -l)
for app in . .. a/b ../b 'a b' a@b a%i -a .a é $'a\nb' 'a"b' 'a$b' "$(printf 'a%.0s' {1..300})"; do
  shown=${app//$'\n'/?}
  flame boot "--app=$app" "${ordinary[@]:2}"
  expect_error 3 "flag --app: app \"$shown\" cannot name a systemd unit and a folder" "hint: 1 to 64 of the characters"
done
printf 'app = "a/b"\n' >app.toml
flame template-user-data --config app.toml --max-lifetime 1h --bundle s3://bundles/hello.tar.gz
expect_error 3 app.toml:1 'app "a/b"'
with=(FLAME_EC2_APP=a@b)
flame run "${ordinary[@]:4}" -- true
expect_error 125 "variable FLAME_EC2_APP" 'app "a@b"'
with=(RELEASE_NAME=..)
flame boot "${ordinary[@]:2}"
expect_error 3 "variable RELEASE_NAME" 'app ".."'
with=()
expect_same "$(asked | wc -l)" "$before"
expect_machines 0

TEST "a bundle of no known kind"
flame boot "${ordinary[@]}" --bundle ftp://example.com/app.tar.gz
expect_error 3 s3://

TEST "a bundle with an unknown ending"
flame boot "${ordinary[@]}" --bundle s3://bundles/app.rar
expect_error 3 app.rar .tar.gz

TEST "a value that no release can see"
flame boot "${ordinary[@]}" --env "$(printf 'A=\xff')"
expect_error 3 A

TEST "a FLAME parent that does not decode"
with=(FLAME_PARENT=bm90IGEgdGVybQ==)
flame boot "${ordinary[@]}" --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0
expect_error 3 FLAME_PARENT
expect_not_in_stderr bm90IGEgdGVybQ
with=()

TEST "a region that is no region"
flame boot "${ordinary[@]}" --region 'eu west'
expect_error 3 region
flame boot "${ordinary[@]}" --region eu-west-1.evil.example/x
expect_error 3 region

with=(AWS_REGION=us_east_1)
flame boot "${ordinary[@]}"
expect_error 3 us_east_1 "did you mean us-east-1?"

TEST "an endpoint without a scheme"
with=(AWS_ENDPOINT_URL=ec2.example.com:443)
flame boot "${ordinary[@]}"
expect_error 3 ec2.example.com:443 "is not a URL" "https://host"

TEST "AWS's FIPS endpoints and an endpoint of one's own"
with=(AWS_USE_FIPS_ENDPOINT=true)
flame boot "${ordinary[@]}"
expect_error 3 FIPS "an endpoint of its own" AWS_USE_FIPS_ENDPOINT

TEST "values of AWS's own variables that are none: all at once"
with=(AWS_USE_FIPS_ENDPOINT=1 AWS_MAX_ATTEMPTS=zero AWS_RETRY_MODE=fast)
flame boot "${ordinary[@]}" --env 'A-B=1'
expect_error 3 AWS_USE_FIPS_ENDPOINT AWS_MAX_ATTEMPTS AWS_RETRY_MODE A-B
with=()

TEST "an endpoint of another service that is none stops what uses that service, and nothing else"
for service in SSM STS SECRETS_MANAGER IAM; do
  with=("AWS_ENDPOINT_URL_$service=nowhere")
  flame boot "${ordinary[@]}"
  expect_status 0
done
with=(AWS_ENDPOINT_URL_SSM=nowhere)
flame boot --app hello --bundle s3://bundles/hello.tar.gz --image debian-12 --max-lifetime 1h
expect_error 3 'the endpoint URL "nowhere" is not a URL'
with=(AWS_ENDPOINT_URL_SECRETS_MANAGER=nowhere)
flame boot "${ordinary[@]}" --store s3://bundles/x/ --secret A=secretsmanager:sandbox/api-key
expect_error 3 'the endpoint URL "nowhere" is not a URL'
with=(AWS_ENDPOINT_URL_STS=nowhere)
flame doctor "${ordinary[@]}" --json
expect_status 3
expect_json '.checks[] | select(.verdict == "fail") | "\(.check): \(.message)" | test("^caller: .*\"nowhere\"")' true
with=(AWS_ENDPOINT_URL_IAM=nowhere)
flame doctor "${ordinary[@]}" --iam-instance-profile sandbox-runner --json
expect_status 3
expect_json '.checks[] | select(.verdict == "fail") | "\(.check): \(.message)" | test("^profile: .*\"nowhere\"")' true
with=()

TEST "a refusal that EC2 encodes is decoded by STS, where the caller may"
sandbox --fault RunInstances:UnauthorizedOperation
flame boot "${ordinary[@]}"
expect_error 5 UnauthorizedOperation \
  "hint: arn:aws:iam::123456789012:user/sandbox may not do ec2:RunInstances on arn:aws:ec2:us-east-1:123456789012:*/*; a policy must allow it"
expect_same "$(asked | grep -c DecodeAuthorizationMessage)" 1
sandbox --fault RunInstances:UnauthorizedOperation --fault DecodeAuthorizationMessage:AccessDenied
flame boot "${ordinary[@]}" -v
expect_error 5 UnauthorizedOperation "aws sts decode-authorization-message" "the refusal stays encoded: "
sandbox

TEST "no credentials"
with=(AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= AWS_SESSION_TOKEN=)
flame boot "${ordinary[@]}"
expect_error 4 credentials

TEST "a secret key that is wrong"
with=(AWS_SECRET_ACCESS_KEY=wrong-secret-key)
secrets+=(wrong-secret-key)
flame boot "${ordinary[@]}"
expect_error 4

TEST "keys that end before the URL that they sign, and keys that have ended"
with=(AWS_CREDENTIAL_EXPIRATION="$(date -u -d '+20 minutes' +%FT%TZ)")
flame boot "${ordinary[@]}"
expect_status 0
expect_in_stderr "warning: the URL of the bundle ends in"
with=(AWS_CREDENTIAL_EXPIRATION="$(date -u -d '-1 minute' +%FT%TZ)")
flame boot "${ordinary[@]}"
expect_error 4 expired

TEST "a program for credentials that hangs is ended with the command, one that floods is stopped"
printf '#!/bin/sh\necho $$ >%s/hanging\nexec sleep 1000\n' "$work" >hang && chmod +x hang
printf '[profile hang]\ncredential_process = %s/hang\n[profile flood]\ncredential_process = yes secret-of-the-flood\n' \
  "$work" >config
secrets+=(secret-of-the-flood)
with=(AWS_CONFIG_FILE="$work/config" AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= AWS_SESSION_TOKEN= AWS_PROFILE=hang)
before=$(live_machines)
flame_start boot "${ordinary[@]}"
until_true 30 test -s hanging || die "the program was not run"
kill -TERM "$pid"
flame_wait
expect_status 143
! kill -0 "$(cat hanging)" 2>/dev/null || die "the program still runs"
expect_same "$(live_machines)" "$before"
with=(AWS_CONFIG_FILE="$work/config" AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= AWS_SESSION_TOKEN= AWS_PROFILE=flood)
flame boot "${ordinary[@]}"
expect_error 4 "the credential_process of profile flood gives no keys: " "more than"

TEST "a credentials file of 100 MB is refused without being read"
truncate -s 100M credentials
with=(AWS_SHARED_CREDENTIALS_FILE="$work/credentials" AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= AWS_SESSION_TOKEN=)
flame boot "${ordinary[@]}"
expect_error 3 "$work/credentials" "it has more than"
rm credentials
with=()

TEST "an access key that nobody knows"
with=(AWS_ACCESS_KEY_ID=AKIAUNKNOWNUNKNOWNAA)
flame boot "${ordinary[@]}"
expect_error 4
with=()

TEST "a plain http endpoint that is not on this computer"
flame boot "${ordinary[@]}" --endpoint-url http://ec2.example.com
expect_error 3 --allow-http

TEST "an endpoint that refuses"
flame boot "${ordinary[@]}" --endpoint-url http://127.0.0.1:9 --boot-timeout 3s
expect_status 7
expect_in_stderr 127.0.0.1

TEST "an endpoint that speaks HTML"
sandbox --fault '*:html'
flame boot "${ordinary[@]}" --boot-timeout 5s
expect_status 7

TEST "an endpoint that hangs"
sandbox --fault '*:hang'
flame boot "${ordinary[@]}" --boot-timeout 3s
expect_error 7 127.0.0.1

TEST "a certificate that nobody has signed"
sandbox --tls
with=(AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt)
flame boot "${ordinary[@]}" --boot-timeout 5s
expect_error 7 certificate
with=()

TEST "a certificate of an authority that we were told to trust"
flame boot "${ordinary[@]}"
expect_status 0

TEST "an error as JSON is one object on stdout"
flame boot "${ordinary[@]}" --output json --bundle s3://bundles/app.rar
expect_status 3
expect_json .error.kind config
expect_json '.error.retryable' false

TEST "a file of settings that is not there: who has named it, and what makes one"
flame list --config nowhere.toml
expect_error 3 nowhere.toml "--config names" "flame-ec2 configure"
with=(FLAME_EC2_CONFIG=nowhere.toml)
flame list
expect_error 3 nowhere.toml "FLAME_EC2_CONFIG names" "flame-ec2 configure"
with=()

TEST "a folder for evidence that is a file: nothing is launched"
sandbox
touch why
flame boot "${ordinary[@]}" --evidence-dir why
expect_error 3 --evidence-dir why
expect_machines 0

TEST "a wait that is too short for anything to be seen names what it has not seen"
flame wait --run-id nobody --timeout 1s
expect_error 8 "no machine of run nobody within 1s" --timeout

TEST "a wait that fails says so as JSON too, whatever its status"
flame wait --run-id nobody --timeout 1s --json
expect_status 8
expect_json '.error.kind' timeout
flame wait --run-id nobody --timeout 1s --for stopped --json
expect_status 125
expect_json '.error.kind' timeout
flame wait --json
expect_status 2
expect_json '.error.kind' usage

TEST "the standard output of run is its command's: no JSON there, but of a dry run"
flame run --image al2023 --json -- true
expect_status 125
expect_json '.error.kind' usage
expect_in_stderr "--result FILE"
flame run --image al2023 --output env -- true
expect_error 125 "run has no --output env"
flame run --image-id ami-0123456789abcdef0 --dry-run --json -- true
expect_status 0
expect_json '.request.ImageId' ami-0123456789abcdef0
flame run --image-id ami-0123456789abcdef0 --dry-run --json --count 0 -- true
expect_status 125
expect_json '.error.kind' config
