# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# botocore as a second opinion: its model accepts our parameters, its parser reads the sandbox.

python=$project/build/venv/bin/python3
[ -x "$python" ] || skip "botocore is not there: scripts/test puts it into build/venv"
sandbox

TEST "its parser reads every answer of the sandbox"
variables=()
mapfile -t variables < <(plain_env_file sandbox.env)
env -i PATH=/usr/bin:/bin HOME="$work/home" "${variables[@]}" \
  "$python" -I "$here/lib/botocore_reads.py" "$endpoint" || die "botocore reads something else"

TEST "its model knows every parameter that we send"
"$python" -I "$here/lib/record.py" record.port bodies >record.log 2>&1 </dev/null &
at_end+=("kill $!")
until_true 20 test -s record.port || die "the recorder did not start"
with=(AWS_ENDPOINT_URL="http://127.0.0.1:$(cat record.port)")
# Not of S3, which would be asked about it.
bundle=(--bundle https://example.com/hello.tar.gz --bundle-sha256 "$(printf '%064d' 0)")
flame boot --app hello "${bundle[@]}" --image-id ami-0123456789abcdef0 \
  --max-lifetime 1h --subnet-id subnet-1 --security-group-id sg-1,sg-2 --instance-type t3.nano \
  --iam-instance-profile runner --key-name key --tag a=b --wait-for launched --boot-timeout 3s
flame boot --app hello "${bundle[@]}" --max-lifetime 1h --launch-template-id lt-1 \
  --launch-template-version 3 --iam-instance-profile arn:aws:iam::123456789012:instance-profile/x \
  --wait-for launched --boot-timeout 3s
flame terminate --run-id nobody --settle 0s
flame terminate i-0123456789abcdef0
[ -s bodies ] || die "nothing was sent"
"$python" -I "$here/lib/botocore_accepts.py" bodies RunInstances DescribeInstances ||
  die "botocore's model knows better"
