# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2054,SC2154
# The file of settings: written, shown, read back; and everything that it can be instead.

secrets+=(very-private-token private-monster)
echo private-monster >cookie
echo 'FROM_FILE=very-private-token' >flame.vars

# Awkward on purpose. One value of every kind of setting.
awkward=(--app demo --bundle s3://bundles/demo.tar.gz --env 'TOKEN=very-private-token "x" $HOME'
  --env-file flame.vars --env-from PATH --release-cookie-file cookie
  --setup-command $'echo "a, b" \'c\'' --setup-command 'printf "\\n#"' --start-command 'bin/demo start # ü 𝄞'
  --image-id ami-0123456789abcdef0 --instance-type t3.nano,t3.micro --subnet-id subnet-1
  --security-group-id sg-1 --security-group-ids sg-2 --iam-instance-profile Name=web
  --no-public-ip --root-volume-size 16 --root-volume-encrypted --tag 'a.b=c = "d"' --tag 'empty='
  --ec2 Placement.PartitionNumber=3 --boot-timeout 1m30s250ms --max-lifetime none
  --wait-for launched --keep-on-failure --region us-east-1)

values() { jq -S 'map_values(.value)' stdout; }

TEST "what configure writes, --show reads back unchanged"
flame configure "${awkward[@]}" --show --json
expect_status 0
values >wanted.json
flame configure "${awkward[@]}"
expect_status 0
expect_stdout flame-ec2.toml
flame configure --show --json
expect_status 0
values >got.json
diff wanted.json got.json || die "the file says something else"
expect_json .tags.value.empty ""
expect_json .public_ip.value false
expect_json .root_volume_size.value 16

TEST "--show says where each value comes from, and hides secrets"
expect_json .env.value.TOKEN '***'
expect_json .release_cookie.value '***'
expect_json .region.origin "flame-ec2.toml:$(grep -n ^region flame-ec2.toml | cut -d: -f1)"
with=(FLAME_EC2_REGION=eu-west-1)
flame configure --show --app other
with=()
expect_status 0
grep -qE '^region +eu-west-1 +variable FLAME_EC2_REGION$' stdout || die "the origin of region is not said"
grep -qE '^app +other +flag --app$' stdout || die "the origin of app is not said"
grep -qE '^profile +- +not set; default: ' stdout || die "it does not say that profile is not set"

TEST "the file is private, has comments, and is not replaced without --force"
expect_same "$(stat -c %a flame-ec2.toml)" 600
expect_in flame-ec2.toml "# name of the release"
cp flame-ec2.toml before.toml
flame configure --app changed
expect_error 3 flame-ec2.toml --force
cmp -s before.toml flame-ec2.toml || die "the file was changed"
flame configure --app changed --force --json
expect_status 0
expect_json .settings[0] app
expect_same "$(grep -c = flame-ec2.toml)" 1

TEST "--print writes nothing, and neither does a mistake"
cp flame-ec2.toml before.toml
flame configure --app printed --print
expect_status 0
expect_in_stdout 'app = "printed"'
flame configure --app ok --boot-timeout 120 --wait-for sometime --force
expect_error 3 --boot-timeout 120s --wait-for
cmp -s before.toml flame-ec2.toml || die "the file was changed"

TEST "without settings it says what it would write, and where"
flame configure
expect_status 0
expect_in_stdout '#app = "NAME"'
expect_in_stderr flame-ec2.toml
flame configure --config fresh.toml
expect_status 0
[ ! -e fresh.toml ] || die "it wrote a file"

TEST "a pool is added beside the rest, and once"
flame configure --pool ci --instance-type t3.large
expect_status 0
flame configure --show --pool ci --json
expect_json '[.app.value, .instance_type.value[0]] | join(" ")' "changed t3.large"
flame configure --pool ci --instance-type t3.small
expect_error 3 ci
expect_same "$(grep -c 'pool.ci' flame-ec2.toml)" 1

TEST "a file that cannot be written is an error, and the old one stays"
flame configure --config no/such/folder.toml --app x
expect_error 74 no/such/folder.toml
mkdir folder.toml
flame configure --config folder.toml --app x --force
[ "$status" -ne 0 ] || die "it wrote a folder"
touch real.toml
ln -s real.toml link.toml
flame configure --config link.toml --app x --force
expect_status 0
[ -L link.toml ] || die "the symbolic link is gone"
expect_in real.toml 'app = "x"'

TEST "a pool that is not there names the nearest, and all"
flame configure --show --pool cii
expect_error 3 'no pool "cii"' "did you mean ci?"
flame boot --pool ""
expect_error 3 --pool

# refused STATUS WORD...: of the file bad.toml.
refused() {
  flame configure --show --config bad.toml
  expect_error "$@"
  expect_not_in_stderr very-private-token
}

TEST "a file that is no file of settings"
rm -f bad.toml && mkdir bad.toml
refused 3 bad.toml directory
rmdir bad.toml
refused 3 bad.toml
{ printf "\200" && head -c 4096 /dev/urandom; } >bad.toml
refused 3 bad.toml:1
cp "$binary" bad.toml
refused 3 bad.toml
truncate -s 100M bad.toml
refused 3 bad.toml
printf '\xff\xfea\0p\0p\0' >bad.toml
refused 3 bad.toml:1
rm bad.toml
if [ "$(id -u)" -ne 0 ]; then
  echo 'app = "x"' >bad.toml
  chmod 0 bad.toml
  refused 3 bad.toml "ermission denied"
  rm -f bad.toml
fi

TEST "a mark of the byte order, CRLF, and an empty file are fine"
printf '\xef\xbb\xbfapp = "marked"\r\nregion = "us-east-1"\r\n' >good.toml
flame configure --show --json --config good.toml
expect_json '[.app.value, .region.value] | join(" ")' "marked us-east-1"
: >good.toml
flame configure --show --json --config good.toml
expect_status 0

TEST "keys that are there twice, in all of their forms"
for twice in $'app = "a"\napp = "very-private-token"' $'[env]\nA = "1"\n[env]\nB = "2"' \
  $'env.A = "1"\nenv.A = "2"' $'env = {A = "1", A = "2"}' $'[pool.p]\n[pool.p]' \
  $'bundle = "s3://b/k.tar.gz"\ns3_bundle_url = "s3://b/k.tar.gz"'; do
  echo "$twice" >bad.toml
  refused 3 bad.toml:
done

TEST "every mistake is said at once, with its line, and how to put it right"
cat >bad.toml <<'EOF_TOML'
regoin = "us-east-1"
boot_timeout = 120
wait_for = "runing"
app = 2020-01-01
max_lifetime = "5"
root_volume_size = 0
public_ip = "no"
subnet_id = [["a"]]
env = ["A=very-private-token"]
release_cookie = 0xFF
[[tags]]
[pool.other]
instance-type = "t3.nano"
EOF_TOML
refused 3 "bad.toml:1: regoin" "did you mean region?" "bad.toml:2: boot_timeout" '"120s"' \
  "bad.toml:3: wait_for" "did you mean running?" "bad.toml:4: app is a date" "bad.toml:5: max_lifetime" \
  "bad.toml:6: root_volume_size" "bad.toml:7: public_ip" "bad.toml:8: subnet_id" "bad.toml:9: env" \
  "bad.toml:10: release_cookie" "bad.toml:11: tags" "bad.toml:13: instance-type" "did you mean instance_type?"

TEST "the odd corners of TOML 1.0"
cat >good.toml <<'EOF_TOML'
"app" = 'literal \ "x"'
env."QUOTED" = """\
    joined \
    up"""
env.DOTTED = '''
two
lines'''
tags = { "a b" = "\u00fc\U0001F600", 'c.d' = "" }
root_volume_size = 0x1_0
ec2.Placement.PartitionNumber = 0b11
subnet_id = [ # a comment
  "subnet-1",
  "subnet-2",
]
[[ec2.BlockDeviceMapping]]
DeviceName = "/dev/sdb"
EOF_TOML
flame configure --show --json --config good.toml
expect_status 0
expect_json .app.value 'literal \ "x"'
expect_json '.tags.value["a b"]' "ü😀"
expect_json .root_volume_size.value 16
expect_json '.ec2.value | tojson' '{"BlockDeviceMapping.1.DeviceName":"/dev/sdb","Placement.PartitionNumber":"3"}'
expect_json '.subnet_id.value | join(" ")' "subnet-1 subnet-2"

TEST "a ./flame-ec2.toml that nobody named must not say where credentials go"
cp flame-ec2.toml kept.toml
for line in 'endpoint_url = "http://127.0.0.1:1"' 'ec2_service_endpoint = "https://x"' 'profile = "x"' \
  'ca_bundle = "/x"' 'allow_http = true' 'instance_metadata_url = "http://127.0.0.1:1"' \
  'instance_metadata_token_url = "http://127.0.0.1:1"'; do
  echo "$line" >flame-ec2.toml
  flame configure --show
  expect_error 3 "flame-ec2.toml:1: ${line%% *}" --config
  flame terminate i-0123456789abcdef0 --region us-east-1
  expect_error 3 "flame-ec2.toml:1: ${line%% *}"
done
rm flame-ec2.toml
flame configure --endpoint-url http://127.0.0.1:1 --app x
expect_status 0
expect_in_stderr "endpoint_url is left out"
! grep -q endpoint_url flame-ec2.toml || die "what would be refused was written"

TEST "which file is read: the one that is named, else the nearest"
mkdir -p home/.config/flame-ec2
echo 'app = "user"' >home/.config/flame-ec2/config.toml
echo 'app = "variable"' >variable.toml
app() { flame configure --show --json "$@" && expect_status 0 && jq -r .app.value stdout; }
rm flame-ec2.toml
expect_same "$(app)" user
echo 'app = "here"' >flame-ec2.toml
expect_same "$(app)" here
with=(FLAME_EC2_CONFIG=variable.toml)
expect_same "$(app)" variable
expect_same "$(app --config good.toml)" 'literal \ "x"'
flame configure --show -v
expect_in_stderr "settings are read from variable.toml"
with=(FLAME_EC2_CONFIG= FLAME_EC2_POOL= FLAME_EC2_APP= FLAME_EC2_SUBNET_ID=)
expect_same "$(app)" here
with=()
flame configure --show --config nowhere.toml
expect_error 3 nowhere.toml

TEST "env and tags as variables are JSON objects of strings"
with=('FLAME_EC2_ENV={"A": "very-private-token", "B": ""}' 'FLAME_EC2_TAGS={"team": "red"}')
flame configure --show --json --tag who=me
expect_json '.env.value | keys | join(" ")' "A B"
expect_json '.tags.value | tojson' '{"team":"red","who":"me"}'
with=('FLAME_EC2_ENV={"A": 1, "A": "very-private-token", "B": null}' 'FLAME_EC2_TAGS=team=red')
flame configure --show
expect_error 3 'FLAME_EC2_ENV: the value of "A" is not a string' '"A" is there twice' \
  'the value of "B" is not a string' "FLAME_EC2_TAGS: this is no JSON"
with=()
