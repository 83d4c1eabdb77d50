# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A FLAME child on a real machine, and its parent beside it, in the distribution's Erlang: what is
# said of FLAME_PARENT, names and the child's end is true of a BEAM.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
for program in erl erlc ip; do command -v "$program" >/dev/null || skip "$program is not there"; done
[ "${FLAME_E2E_NETWORK-}" = own ] || skip "the parent's address needs a network of its own"

mkdir -p release/bin ebin
erlc -o ebin "$here/lib/flame_parent.erl" "$here/lib/flame_child.erl"
cp ebin/flame_child.beam release/
cat >release/bin/hello <<'RELEASE'
#!/bin/sh
# As the scripts of `mix release` start the VM.
exec erl -noshell "-$RELEASE_DISTRIBUTION" "$RELEASE_NODE" -setcookie "$RELEASE_COOKIE" \
  -pa "$(dirname "$0")/.." -run flame_child start
RELEASE
chmod +x release/bin/hello
bundle hello.tar.gz release
sandbox --machines nspawn
secrets+=(a-shared-cookie)
printf a-shared-cookie >cookie
parent=10.0.1.250
ip address add "$parent/32" dev lo

parent_pid=""
# parent_starts: a node on the parent's address, and the FLAME_PARENT of one child in `with`.
parent_starts() {
  rm -f parent heard
  env -i PATH=/usr/bin:/bin HOME="$work/home" erl -noshell -name "pool@$parent" -setcookie a-shared-cookie \
    -pa ebin -run flame_parent start parent heard >erl.log 2>&1 </dev/null &
  parent_pid=$!
  disown "$parent_pid" # bash would tell of its end
  until_true 30 test -s parent || die "the parent did not start: $(cat erl.log)"
  with=("FLAME_PARENT=$(cat parent)")
  secrets+=("$(cat parent)")
}
stop_erlang() {
  [ -z "$parent_pid" ] || kill "$parent_pid" 2>/dev/null || true
  epmd -kill >/dev/null 2>&1 || true
}
at_end+=(stop_erlang)

TEST "a child decodes its parent, connects by long names, and tells that it is up"
parent_starts
flame boot --app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0 \
  --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0 \
  --release-cookie-file cookie --output json
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
address=$(jq -r '.instances[0].private_ip' stdout)
cable "$id" "$address" "$parent"
until_true 60 test -s heard || die "nothing was heard: $(cat erl.log; console "$id")"
expect_same "$(cat heard)" "up: hello-flame-0123456789abcdef0123@$address"
wait_for_console "$id" "CHILD connected"
expect_in console.txt "CHILD hello-flame-0123456789abcdef0123@$address of pool@$parent"
expect_in console.txt "named rightly: true"

TEST "the parent goes away, and the machine ends"
kill -KILL "$parent_pid"
wait_for_end "$id"
expect_in console.txt "CHILD parent gone"
expect_in console.txt "rc=0"
