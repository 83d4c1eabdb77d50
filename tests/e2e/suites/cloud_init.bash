# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# What EC2 would hand out, read by the cloud-init of this computer's distribution and by those of
# Debian 11 and 13: the parser and the handlers of its package, and nothing of them is run.

/usr/bin/python3 -I -c 'import yaml, jinja2, configobj, jsonpatch, jsonschema, requests, oauthlib' 2>/dev/null ||
  skip "the Python packages that cloud-init needs are not there"
packages=()
for release in "" bullseye trixie; do
  if package=$("$project/tests/cloud_init/fetch" $release 2>why); then
    packages+=("$package/usr/lib/python3/dist-packages")
  elif [ -z "$release" ]; then
    skip "$(cat why)"
  else
    cat why # the others are a sample
  fi
done
sandbox

# user_data ARGUMENT...: of a machine that was booted, in the file user-data.
user_data() {
  flame boot --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --output json "$@"
  expect_status 0
  control GET "instances/$(jq -r '.instances[0].instance_id' stdout)/user-data" >user-data
}
template() { # NAME FILE: a launch template with this user data
  ec2 CreateLaunchTemplate "LaunchTemplateName=$1" LaunchTemplateData.ImageId=ami-0123456789abcdef0 \
    "LaunchTemplateData.UserData=$(base64 -w 0 "$2" | sed 's:+:%2B:g; s:/:%2F:g; s:=:%3D:g')" >created
}
# each COMMAND...: for each cloud-init; then read/ holds what it made of user-data, and `told` what
# it said.
each() {
  local package
  for package in "${packages[@]}"; do
    rm -rf read
    /usr/bin/python3 -I "$project/tests/cloud_init/read_user_data.py" "$package" user-data read >told 2>&1 ||
      die "cloud-init could not read it: $(cat told)"
    "$@"
  done
}
is_script() { # FILE: the only script is this file's bytes, and nothing was complained of
  expect_same "$(tail -n +2 told)" "script part-001 700"
  cmp "$1" read/scripts/part-001 || die "not byte for byte"
  expect_same "$(stat -Lc %s read/cloud-config.txt)" 0
}

TEST "the script arrives as it was sent"
user_data --image-id ami-0123456789abcdef0 --env GREETING=hello
expect_same "$(head -c 9 user-data)" '#!/bin/sh'
each is_script user-data

TEST "the script is unpacked when it was too long to be sent as it is"
user_data --image-id ami-0123456789abcdef0 --env "LONG=$(seq 1 2000 | tr '\n' ' ')"
expect_same "$(head -c 2 user-data | od -An -tx1)" " 1f 8b"
gunzip <user-data >plain
[ "$(stat -c %s plain)" -gt 16384 ] || die "it was not too long"
each is_script plain

TEST "both scripts of a merged message arrive, ours first"
printf '#!/bin/sh\necho "the template'\''s own: é"\n' >own
template script own
user_data --launch-template-id script --merge-user-data
both() {
  expect_same "$(tail -n +2 told)" $'script 00-flame-ec2 700\nscript part-002 700'
  cmp own read/scripts/part-002 || die "the template's own is not byte for byte"
  sed -n '/^#!\/bin\/sh/,/^--flame-ec2-/p' user-data >ours
  head -c "$(stat -Lc %s read/scripts/00-flame-ec2)" ours | cmp - read/scripts/00-flame-ec2 ||
    die "ours is not byte for byte"
  sh -n read/scripts/00-flame-ec2 || die "ours is cut"
  # The end of the script, then only the message's.
  tail -c +"$(($(stat -Lc %s read/scripts/00-flame-ec2) + 1))" ours >rest
  expect_same "$(tr -d '\n' <rest | cut -c1-12)" --flame-ec2-
}
each both

TEST "a cloud-config of the template is one beside our script"
printf '#cloud-config\npackages: [htop]\n' >own
template config own
user_data --launch-template-id config --merge-user-data
beside() {
  expect_same "$(grep '^script' told)" "script 00-flame-ec2 700"
  expect_in read/cloud-config.txt htop
}
each beside

TEST "so is one in gzip, and one in a message of its own"
gzip -9 <own >own.gz
template packed own.gz
user_data --launch-template-id packed --merge-user-data
each beside
cat >own <<'MESSAGE'
Content-Type: multipart/mixed; boundary="own"
MIME-Version: 1.0

--own
Content-Type: text/cloud-config

#cloud-config
packages: [htop]
--own
Content-Type: text/x-shellscript
Content-Disposition: attachment; filename="own.sh"

#!/bin/sh
echo own
--own--
MESSAGE
template message own
user_data --launch-template-id message --merge-user-data
inside() {
  expect_same "$(grep '^script' told)" $'script 00-flame-ec2 700\nscript own.sh 700'
  expect_in read/cloud-config.txt htop
  expect_in read/scripts/own.sh "echo own"
}
each inside

gzip -9 <own >own.gz
template packed-message own.gz
user_data --launch-template-id packed-message --merge-user-data
each inside

TEST "of a message that is no UTF-8 cloud-init reads nothing, so it is refused"
sed 's/echo own/# caf\xe9/' own >latin
template latin latin
flame boot --app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h --launch-template-id latin --merge-user-data
expect_error 3 "a MIME message that is no UTF-8"

TEST "a merged message is unpacked when it was too long"
user_data --launch-template-id message --merge-user-data --env "LONG=$(seq 1 2000 | tr '\n' ' ')"
expect_same "$(head -c 2 user-data | od -An -tx1)" " 1f 8b"
each inside

# ours_in_ascii: what user-data has for our script, as RFC 2045 decodes it, is what cloud-init reads.
ours_in_ascii() {
  zcat -f user-data | python3 -c '
import email, sys
message = email.message_from_bytes(sys.stdin.buffer.read())
sys.stdout.buffer.write(message.get_payload(0).get_payload(decode=True))' >ours
  cmp ours read/scripts/00-flame-ec2 || die "ours is not byte for byte"
  sh -n ours || die "ours is cut"
  for name in "${odd[@]}"; do expect_in ours "$name"; done
  expect_same "$(grep '^script' told)" $'script 00-flame-ec2 700\nscript part-002 700'
  cmp own read/scripts/part-002 || die "the template's own is not byte for byte"
}

TEST "letters beyond ASCII in our script arrive beside a template's own"
printf '#!/bin/sh\necho "the template'\''s own: é €"\n' >own
template letters own
mkdir -p s3/rel/odd s3/keep
cp -r releases/hello/bin s3/rel/odd/
odd=("café = 2  .txt" "5 €.txt" "日本語 𝄞.txt")
for name in "${odd[@]}"; do echo x >"s3/rel/odd/$name"; done
user_data --launch-template-id letters --merge-user-data --bundle s3://rel/odd/
each ours_in_ascii

TEST "so they do when it was too long"
user_data --launch-template-id letters --merge-user-data --bundle s3://rel/odd/ --env "LONG=$(seq 1 2000 | tr '\n' ' ')"
expect_same "$(head -c 2 user-data | od -An -tx1)" " 1f 8b"
each ours_in_ascii
odd=("é €/runs/") # the store's folder
user_data --launch-template-id letters --merge-user-data --store "s3://keep/é €/"
each ours_in_ascii
