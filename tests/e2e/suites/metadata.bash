# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Settings from machines that run: instance metadata, as the sandbox plays it and as it was recorded,
# well and unwell; and DescribeInstances.

release=(--app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h)
# Whoever asks through it waits for ever, or is refused.
proxies=(http_proxy=http://127.0.0.1:9 HTTP_PROXY=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9
  all_proxy=http://127.0.0.1:9)
profile=arn:aws:iam::123456789012:instance-profile/sandbox-parent
metadata_requests() { control GET requests | jq '[.[] | select(.service == "imds")] | length'; }

sandbox
with=(AWS_EC2_METADATA_DISABLED=false "${proxies[@]}")

TEST "configure --auto writes what the machine is made of, by seven requests and no proxy"
flame configure --auto --app hello
expect_status 0
expect_stdout flame-ec2.toml
expect_same "$(metadata_requests)" 7
expect_in flame-ec2.toml 'image_id = "ami-0123456789abcdef0"'
expect_in flame-ec2.toml 'instance_type = ["t3.medium"]'
expect_in flame-ec2.toml 'subnet_id = ["subnet-0123456789abcdef0"]'
expect_in flame-ec2.toml 'security_group_id = ["sg-0123456789abcdef0", "sg-0fedcba9876543210"]'
expect_in flame-ec2.toml "iam_instance_profile = \"$profile\""
expect_in flame-ec2.toml 'key_name = "sandbox-key"'
expect_in flame-ec2.toml 'region = "us-east-1"'
expect_in_stderr "instance metadata of i-0fedcba9876543210, 10.0.1.10"

TEST "and curl gets a token as AWS's guide writes it, without a length"
curl -sS -m 4 -f -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
  "$(of_sandbox AWS_EC2_METADATA_SERVICE_ENDPOINT)latest/api/token" >token
[ -s token ] || die "no token"

TEST "and warns of what comes with image and profile"
expect_in_stderr "warning: image_id is that of i-0fedcba9876543210: each machine starts all services"
expect_in_stderr "warning: iam_instance_profile is that of i-0fedcba9876543210: each release gets all"

TEST "what it wrote is shown with its lines, and used by a boot, without metadata"
with=()
flame configure --show --json
expect_status 0
expect_json .key_name.value sandbox-key
expect_json '.security_group_id.value | join(" ")' "sg-0123456789abcdef0 sg-0fedcba9876543210"
grep -n image_id flame-ec2.toml | grep -q "^$(jq -r '.image_id.origin | split(":")[1]' stdout):" ||
  die "the origin of image_id is not its line"
flame boot "${release[@]}" --dry-run --json
expect_status 0
expect_json '.request.ImageId' ami-0123456789abcdef0
expect_json '.request.InstanceType' t3.medium
expect_json '.request."SecurityGroupId.2"' sg-0fedcba9876543210
expect_json '.request."IamInstanceProfile.Arn"' "$profile"
expect_json '.request.KeyName' sandbox-key
flame boot "${release[@]}"
expect_status 0
expect_machines 1

TEST "configure --like asks EC2 for the same, of a machine that lives"
id=$(live_machines)
flame configure --like "$id" --config like.toml
expect_status 0
sed -E 's/\((machine|instance metadata of) i-[0-9a-f]+\)//' like.toml >like.plain
sed -E '/^app =|name of the release/d; s/\((machine|instance metadata of) i-[0-9a-f]+\)//' flame-ec2.toml >auto.plain
sed -i '/^# hops that answers/d; /^metadata_hop_limit = 2/d' like.plain # the metadata service does not tell it
diff auto.plain like.plain >difference || die "it differs from --auto: $(cat difference)"

TEST "configure --like takes where and how a machine runs, and a boot does the same"
flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --bundle s3://bundles/hello.tar.gz --no-inspect \
  --market spot --placement-group sandbox-group --tenancy dedicated --metadata-tags --metadata-hop-limit 3 \
  --capacity-reservation cr-0123456789abcdef0 --private-dns-hostname resource-name --private-dns-a --wait-for launched --json
expect_status 0
placed=$(jq -r '.instances[0].instance_id' stdout)
flame configure --like "$placed" --print
expect_status 0
for line in 'market = ["spot"]' 'placement_group = "sandbox-group"' 'tenancy = "dedicated"' 'metadata_tags = true' \
  'metadata_hop_limit = 3' 'capacity_reservation = "cr-0123456789abcdef0"' 'private_dns_hostname = "resource-name"' \
  'private_dns_a = true'; do
  expect_in_stdout "$line"
done
expect_in_stderr "capacity_reservation is that of $placed: its room may be used up"
flame terminate "$placed"

TEST "configure --like: machines that cannot be"
flame configure --like i-00000000000000bad --print
expect_error 3 i-00000000000000bad us-east-1 "of this account"
flame configure --like web-1 --print
expect_error 2 web-1 "begins with i-"
flame configure --like i-nonsense --print
expect_error 3 i-nonsense
flame terminate "$id" --wait
flame configure --like "$id" --print
expect_error 3 "$id" terminated
with=(AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= AWS_SESSION_TOKEN=)
flame configure --like "$id" --print
expect_error 4 credentials

rm flame-ec2.toml
TEST "auto_configure at boot fills what nobody has set, and tags our address"
with=(AWS_EC2_METADATA_DISABLED=false FLAME_EC2_AUTO_CONFIGURE=true "${proxies[@]}")
flame boot "${release[@]}" --instance-type t3.small --json
expect_status 0
control GET instances | jq '.[-1]' >machine.json
id=$(jq -r .id machine.json)
expect_same "$(jq -r .instance_type machine.json)" t3.small
expect_same "$(jq -r .security_group_ids machine.json)" sg-0123456789abcdef0,sg-0fedcba9876543210
expect_same "$(jq -r .profile_arn machine.json)" "$profile"
expect_same "$(jq -r .key_name machine.json)" sandbox-key
expect_same "$(jq -r .tags.FLAME_PARENT_IP machine.json)" 10.0.1.10
expect_in_stderr "auto_configure: image_id, subnet_id, security_group_id, iam_instance_profile, key_name"

TEST "beside a launch template nobody looks into it for a dry run, and the rest is left open"
flame boot "${release[@]}" --launch-template-id lt-0123456789abcdef0 --dry-run --json
expect_status 0
expect_in_stderr "a boot would also fill what launch template lt-0123456789abcdef0 leaves open"
expect_json '.request.ImageId // "none"' none
expect_json '.request | keys | map(select(startswith("SecurityGroupId") or startswith("Iam") or . == "KeyName" or . == "InstanceType" or . == "SubnetId")) | length' 0
expect_json '[.request[] | select(. == "10.0.1.10")] | length > 0' true

TEST "a boot fills what the template leaves open, after one look into it"
looks() { asked | grep -cx DescribeLaunchTemplateVersions; }
machine() { control GET instances | jq -r ".[-1] | $1"; }
before=$(looks || true)
flame boot "${release[@]}" --launch-template-id lt-0123456789abcdef0 --json
expect_status 0
expect_same "$(looks)" $((before + 1))
expect_same "$(machine '"\(.instance_type) \(.security_group_ids)"')" "t3.micro sg-0fedcba9876543210"
expect_same "$(machine '"\(.key_name) \(.profile_arn)"')" "sandbox-key $profile"
expect_in_stderr "auto_configure: iam_instance_profile, key_name from instance metadata"
ec2 CreateLaunchTemplate LaunchTemplateName=image LaunchTemplateData.ImageId=ami-0123456789abcdef0 >created
flame boot "${release[@]}" --launch-template-id image --json
expect_status 0
expect_same "$(machine '"\(.instance_type) \(.subnet_id) \(.security_group_ids)"')" \
  "t3.medium subnet-0123456789abcdef0 sg-0123456789abcdef0,sg-0fedcba9876543210"
flame configure --auto --print --launch-template-id image
expect_status 0
expect_in_stdout 'instance_type = ["t3.medium"]'
! grep -q '^image_id' stdout || die "an image beside a template"

TEST "without auto_configure nobody is asked, and nobody's address is told"
with=(AWS_EC2_METADATA_DISABLED=false)
before=$(metadata_requests)
flame boot "${release[@]}" --image-id ami-0123456789abcdef0 --dry-run
expect_status 0
expect_same "$(metadata_requests)" "$before"
! grep -q FLAME_PARENT_IP stdout || die "a machine's parent has an address that nobody asked for"
sandbox_stop
rm -f sandbox.env

TEST "a template that may not be looked into: region and address alone, with a warning"
sandbox --fault DescribeLaunchTemplateVersions:UnauthorizedOperation
with=(AWS_EC2_METADATA_DISABLED=false FLAME_EC2_AUTO_CONFIGURE=true "${proxies[@]}")
flame boot "${release[@]}" --launch-template-id sandbox-template --json
expect_status 0
expect_in_stderr "warning: not taken from i-0fedcba9876543210, since launch template sandbox-template may say it"
expect_same "$(machine '"\(.key_name)\(.profile_arn) \(.tags.FLAME_PARENT_IP)"')" " 10.0.1.10"
expect_same "$(looks)" 1
sandbox_stop
rm -f sandbox.env

# recorded TREE [NAMESPACE_OPTION...]: serves it; its port is in $port.
recorded() {
  rm -f port
  : >mood
  : >log
  "${@:2}" python3 -I "$here/lib/metadata_server.py" "${address:-127.0.0.1}" port \
    "$project/tests/fixtures/metadata/$1" mood log >server.log 2>&1 </dev/null &
  server_pid=$!
  disown "$server_pid"
  at_end+=("kill $server_pid")
  until_true 20 test -s port || die "the server did not start: $(tail -n 3 server.log)"
  port=$(cat port)
}
in_mood() { # MOOD: and forget what was asked
  echo "$1" >mood
  : >log
}

recorded two_interfaces.txt
url=http://127.0.0.1:$port/latest/meta-data/
with=(AWS_EC2_METADATA_DISABLED=false FLAME_EC2_INSTANCE_METADATA_URL="$url" "${proxies[@]}")

TEST "of two interfaces the one that mac names counts, with its three groups"
flame configure --auto --print
expect_status 0
expect_in_stdout 'subnet_id = ["subnet-0a1b2c3d4e5f60718"]'
expect_in_stdout 'security_group_id = ["sg-0000000000000000a", "sg-0000000000000000b", "sg-0000000000000000c"]'
expect_in_stdout 'key_name = "ops key=2026"'
expect_in_stdout 'iam_instance_profile = "arn:aws:iam::123456789012:instance-profile/team/web-app"'
expect_in_stdout 'instance_type = ["m7i-flex.large"]'
cp stdout well
macs=latest/meta-data/network/interfaces/macs/0a:ff:ee:dd:cc:02
expect_same "$(cat log)" "PUT latest/api/token
GET latest/dynamic/instance-identity/document
GET latest/meta-data/mac
GET $macs/subnet-id
GET $macs/security-group-ids
GET latest/meta-data/iam/info
GET latest/meta-data/public-keys/"

TEST "a slow token, and one that ends on the way, change nothing"
for mood in "slow token" "short token"; do
  in_mood "$mood"
  flame configure --auto --print
  expect_status 0
  cmp -s stdout well || die "$mood: it says something else"
done
expect_same "$(grep -c PUT log)" 2

TEST "version 1 alone: only when that is allowed"
in_mood v1
flame configure --auto --print
expect_error 3 "no token" --imds-v1
expect_same "$(cat log)" "PUT latest/api/token"
in_mood v1
flame configure --auto --print --imds-v1 --config named.toml
expect_status 0
expect_in_stdout 'image_id = "ami-0aa11bb22cc33dd44"'
expect_same "$(wc -l <log)" 7

TEST "a hop limit of one: the token never comes, and the hint says how to let it"
in_mood "hop limit"
flame configure --auto --print
expect_error 3 "no instance metadata" --http-put-response-hop-limit
in_mood "hop limit"
flame configure --auto --print --imds-v1
expect_status 0

TEST "somebody who answers, but not as metadata does"
for mood in html huge dribble busy "not http"; do
  in_mood "$mood"
  flame configure --auto --print
  expect_error 7 "instance metadata"
done
in_mood html
flame boot "${release[@]}" --auto-configure
expect_error 7 "auto_configure: instance metadata"
expect_not_in_stderr "image_id is not set"

TEST "metadata that is turned off"
in_mood off
flame configure --auto --print
expect_error 3 "turned off" --http-endpoint
in_mood ""
with+=(AWS_EC2_METADATA_DISABLED=true)
flame configure --auto --print
expect_error 3 AWS_EC2_METADATA_DISABLED
flame boot "${release[@]}" --auto-configure --json
expect_status 3
expect_json .error.kind config
expect_in_stderr "auto_configure: instance metadata is turned off"

TEST "where metadata is comes from a file that is named, and from no other"
in_mood ""
with=(AWS_EC2_METADATA_DISABLED=false)
cat >named.toml <<EOF_TOML
instance_metadata_url = "$url"
instance_metadata_token_url = "http://127.0.0.1:$port/latest/api/token"
auto_configure = true
EOF_TOML
flame configure --show --config named.toml --json
expect_status 0
expect_json .image_id.value ami-0aa11bb22cc33dd44
expect_json .image_id.origin "instance metadata of i-0123456789abcdef0"
cp named.toml flame-ec2.toml
flame boot "${release[@]}" --dry-run
expect_error 3 instance_metadata_url instance_metadata_token_url
rm flame-ec2.toml

TEST "URLs that cannot be, all at once"
flame configure --auto --print --instance-metadata-url "http://127.0.0.1:$port/elsewhere" \
  --instance-metadata-token-url http://metadata.example/token
expect_error 3 elsewhere /latest/meta-data/ metadata.example --allow-http

TEST "an IPv6-only machine is refused for now, and says so"
recorded ipv6_only.txt
flame configure --auto --print --instance-metadata-url "http://127.0.0.1:$port"
expect_error 3 i-0fedcba9876543210 IPv4

TEST "nobody there"
flame configure --auto --instance-metadata-url http://127.0.0.1:9
expect_error 3 "no instance metadata" "no EC2 machine"
[ ! -e flame-ec2.toml ] || die "a file was written"

if [ "$(id -u)" -ne 0 ] || ! unshare -n true 2>/dev/null; then
  echo "not tried: the real address, which needs root and network namespaces"
  return 0
fi
# inside PID ARGUMENT...: flame in the network namespace of PID.
inside() {
  printf '#!/bin/sh\nexec nsenter -t %s -n %s "$@"\n' "$1" "$flame_binary" >inside
  chmod +x inside
  binary=$work/inside
  flame "${@:2}"
  binary=$flame_binary
}
flame_binary=$binary
cat >at_the_address <<'SH'
#!/bin/sh
ip link set lo up && ip addr add 169.254.169.254/32 dev lo && exec "$@"
SH
cat >nowhere <<'SH'
#!/bin/sh
ip link set lo up && ip link add v0 type veth peer name v1 && ip link set v0 up &&
  ip link set v1 up && ip addr add 10.9.9.1/24 dev v0 && ip route add 169.254.169.254 dev v0 &&
  ip neigh add 169.254.169.254 lladdr 02:00:00:00:00:09 dev v0 && touch nowhere.ready && exec sleep 600
SH
chmod +x at_the_address nowhere

TEST "the address of EC2 itself, which no proxy stands before"
address=169.254.169.254
recorded two_interfaces.txt unshare -n ./at_the_address
with=(AWS_EC2_METADATA_DISABLED=false "${proxies[@]}")
inside "$server_pid" configure --auto --print
expect_status 0
cmp -s stdout well || die "it says something else"

TEST "off EC2 its packets get lost, and that is said soon"
unshare -n ./nowhere >nowhere.log 2>&1 </dev/null &
nowhere_pid=$!
disown "$nowhere_pid"
at_end+=("kill $nowhere_pid")
until_true 20 test -e nowhere.ready || die "there is no such network: $(cat nowhere.log)"
start=$SECONDS
inside "$nowhere_pid" boot "${release[@]}" --auto-configure
expect_error 3 "auto_configure: no instance metadata" 169.254.169.254 "no EC2 machine"
[ $((SECONDS - start)) -le 10 ] || die "it took $((SECONDS - start)) s"
