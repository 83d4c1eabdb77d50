# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Machines whose user data is run by the cloud-init of this computer's distribution, at their boot, as EC2's
# are: it asks the metadata service by IMDSv2, and its units and modules start the script. Each type of bundle,
# each end of a bootstrap, by each channel.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
/usr/bin/python3 -I -c 'import yaml, jinja2, configobj, jsonpatch, jsonschema, requests, oauthlib' 2>/dev/null ||
  skip "the Python packages that cloud-init needs are not there"
mkdir system
"$project/tests/cloud_init/system" "$work/system" >root 2>why || skip "$(cat why)"
at_end+=("umount $(cat root)/usr")
secrets+=(very-private-token)
mkdir -p s3/keep

# The same release as each type of bundle, and some that do not come to run.
sandbox --machines nspawn --system "$(cat root)" --cloud-init
tar -C releases/hello -cf s3/bundles/hello.tar .
cp s3/bundles/hello.tar.gz s3/bundles/hello.tgz
zstd -q s3/bundles/hello.tar -o s3/bundles/hello.tar.zst
xz -k s3/bundles/hello.tar
mkdir -p s3/bundles/folder/bin && cp releases/hello/bin/hello s3/bundles/folder/bin/
echo "no archive" >s3/bundles/text.tar.gz

declare -A channel=([store]="--store s3://keep/flame/" [console]="" [neither]="--instance-type t2.micro --wait-for launched")
boots=()
# start CASE CHANNEL ARGUMENT...: boots in a folder of its own, beside the others.
start() {
  local folder=cases/$1
  mkdir -p "$folder/outputs" "$folder/calls" && cp sandbox.env "$folder/"
  (
    cd "$folder" || exit 1
    # shellcheck disable=SC2086 # words
    flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --output json --run-id "$1" \
      --env TOKEN=very-private-token --wait-for ready --boot-timeout 5m ${channel[$2]} "${@:3}"
    echo "$status" >status
  ) &
  boots+=($!)
}
finished() {
  local case
  wait "${boots[@]}"
  boots=()
  for case in cases/*; do
    cp "$case/stdout" "outputs/$(basename "$case").stdout"
    cp "$case/stderr" "outputs/$(basename "$case").stderr"
  done
}
result() { # CASE: its outputs are stdout and stderr now, and its machine is $id
  cp "cases/$1/stdout" "cases/$1/stderr" .
  status=$(cat "cases/$1/status")
  id=$(control GET instances | jq -r --arg run "$1" '[.[] | select(.tags["flame-ec2:run-id"] == $run)][0].id')
}
expect_ready() { # CASE
  result "$1"
  expect_status 0
  expect_json '.instances[0].stage' ready
}
expect_failure() { # CASE STAGE
  result "$1"
  expect_status 9
  expect_json .error.stage "$2"
}
by_cloud_init() { # it was cloud-init, and EC2 for it
  wait_for_console "$id" "Datasource DataSourceEc2"
  expect_in console.txt "Cloud-init v. "
}

TEST "a bundle of each type is ready, by the store, by the console, or without a word"
start gz store --bundle s3://bundles/hello.tar.gz
start tgz console --bundle s3://bundles/hello.tgz
start tar store --bundle s3://bundles/hello.tar
start zst console --bundle s3://bundles/hello.tar.zst
start xz neither --bundle s3://bundles/hello.tar.xz
start folder console --bundle s3://bundles/folder/
finished
for case in gz tgz tar zst folder; do
  expect_ready $case
  by_cloud_init
done
result xz
expect_status 0
wait_for_console "$id" "stage=ready"
by_cloud_init
find s3/keep/flame/runs/gz -path '*/i-*/status' -exec grep -q stage=ready {} + || die "no status in the store"
for case in cases/*; do
  result "${case#*/}"
  control POST "instances/$id/power-off" >/dev/null
done
rm -r cases

TEST "what fails says where, by the store and by the console; what ends says with which status"
control POST faults --data-binary GetObject:AccessDenied >/dev/null
start fetch store --bundle s3://bundles/hello.tar.gz --no-inspect
start fetch-told console --bundle s3://bundles/hello.tar.gz --no-inspect
finished
no_more_faults
for case in fetch fetch-told; do
  expect_failure $case fetch
  expect_in_stderr "HTTP 403 AccessDenied"
done
rm -r cases
start unpack console --bundle s3://bundles/text.tar.gz --no-inspect
start start store --bundle s3://bundles/hello.tar.gz --start-command 'exit 7'
start stopped neither --bundle s3://bundles/hello.tar.gz --start-command 'sleep 3; exit 7'
finished
expect_failure unpack unpack
expect_failure start stopped
expect_in_stderr "status 7"
result stopped
expect_status 0
wait_for_end "$id"
expect_in console.txt "stage=stopped"
expect_in console.txt "rc=7"
