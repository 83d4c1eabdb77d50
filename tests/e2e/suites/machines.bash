# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The main job: real user data under real systemd.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
sandbox --machines nspawn

# A service that reports the environment it was started with, byte for byte, and then does as told.
mkdir -p service/bin
cat >service/bin/hello <<'SERVICE'
#!/bin/sh
echo "ENVIRONMENT $(base64 -w 0 </proc/$$/environ)"
case $AFTERWARDS in
stay) exec sleep 600 ;;
*) exit "${AFTERWARDS:-0}" ;;
esac
SERVICE
chmod +x service/bin/hello
bundle hello.tar.gz service
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h --output json)
boots() { # ARGUMENT...: one machine; its id is in $id
  local state=launched # since a release that ends at once may be gone before it is seen to run
  [[ " $* " != *=stay* ]] || state=running
  flame boot "${ordinary[@]}" --wait-for "$state" "$@"
  expect_status 0
  id=$(jq -r '.instances[0].instance_id' stdout)
}
# environment: what the service saw, NAME=value with a NUL behind each, in the file environment.
environment() {
  wait_for_console "$id" "ENVIRONMENT "
  until_true 20 on_console "$id" "=" || true
  grep -oE 'ENVIRONMENT [A-Za-z0-9+/=]+' console.txt | head -n 1 | cut -d' ' -f2 | base64 -d >environment
}
saw() { # NAME: its value, as the service saw it
  grep -zE "^$1=" environment | head -z -n 1 | tr -d '\0' | cut -d= -f2-
}

# Its lifetime passes beside the others.
flame boot "${ordinary[@]:0:6}" --max-lifetime 30s --boot-timeout 25s --env AFTERWARDS=stay --output json
expect_status 0
stays_too_long=$(jq -r '.instances[0].instance_id' stdout)

TEST "a release sees its environment byte for byte, and its end is the machine's"
odd=$'  a "b" \'c\' $HOME `id` $(id) \\n %h #x; line1\nline2\ttab é✓ \\'
boots --env "ODD=$odd" --env EMPTY= --env PLAIN=yes
environment
expect_same "$(saw ODD; echo .)" "$odd"$'\n.'
expect_same "$(saw PLAIN)" yes
grep -qzx 'EMPTY=' environment || die "EMPTY did not arrive"
[[ $(saw INSTANCE_IP) =~ ^[0-9.]+$ ]] || die "INSTANCE_IP is $(saw INSTANCE_IP)"
wait_for_end "$id"

TEST "nothing else is in it but what systemd gives every service"
names=$(grep -zoE '^[A-Za-z_][A-Za-z0-9_]*' environment | tr '\0' '\n' | sort | tr '\n' ' ')
unknown=$(tr ' ' '\n' <<<"$names" | grep -vxE \
  'ODD|EMPTY|PLAIN|INSTANCE_IP|LANG|HOME|PATH|TERM|LOGNAME|USER|SHELL|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|MEMORY_PRESSURE_WATCH|MEMORY_PRESSURE_WRITE|' || true)
expect_same "$unknown" ""

TEST "a FLAME child gets the contract's environment"
parent=$(python3 -I "$here/lib/flame_parent.py" parent@10.0.1.10 hello-flame-0123456789abcdef0123)
with=("FLAME_PARENT=$parent" "ERL_AFLAGS=-proto_dist inet_tcp")
flame boot --app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0 \
  --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0 --output json
with=()
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
address=$(jq -r '.instances[0].private_ip' stdout)
environment
expect_same "$(saw FLAME_PARENT)" "$parent"
expect_same "$(saw PHX_SERVER)" false
expect_same "$(saw RELEASE_DISTRIBUTION)" name
expect_same "$(saw RELEASE_NODE)" "hello-flame-0123456789abcdef0123@$address"
expect_same "$(saw INSTANCE_IP)" "$address"
expect_same "$(saw ERL_AFLAGS)" "-proto_dist inet_tcp"
wait_for_end "$id"

TEST "a machine that runs is ended by terminate --wait"
boots --env AFTERWARDS=stay --run-id stays
environment
flame terminate --run-id stays --wait
expect_status 0
expect_same "$(state_of "$id")" terminated

TEST "a release that fails ends its machine"
boots --env AFTERWARDS=7
wait_for_end "$id"
expect_in console.txt "stage=stopped"
expect_in console.txt "rc=7"

TEST "a bundle that is not there ends the machine, when nobody may look for it before"
ordinary[3]=s3://bundles/nothing.tar.gz
control POST faults --data-binary HeadObject:AccessDenied >/dev/null
boots
no_more_faults
wait_for_end "$id"
expect_in console.txt "stage=failed"

TEST "a bundle without the release ends the machine"
mkdir -p empty/bin
bundle empty.tar.gz empty
ordinary[3]=s3://bundles/empty.tar.gz
boots --no-inspect
wait_for_end "$id"
expect_in console.txt "no bin/hello"

TEST "a bundle that is cut ends the machine"
head -c 150 s3/bundles/hello.tar.gz >s3/bundles/cut.tar.gz
ordinary[3]=s3://bundles/cut.tar.gz
boots --no-inspect
wait_for_end "$id"
expect_in console.txt "stage=failed"

ordinary[3]=s3://bundles/hello.tar.gz
TEST "16384 bytes of user data boot as they are, more in gzip, and what is too long then is refused"
letters() { printf "%$1s" '' | tr ' ' x; }
exactly=() # arguments of the last sized
sized() { # PADDING KEY: so many letters of each; PADDING is carried in base64, the key as it is
  exactly=(--app hello --max-lifetime 1h --image-id ami-0123456789abcdef0
    --bundle "s3://bundles/$(letters "$2").tar.gz" --env PADDING="$(letters "$1")")
  cp s3/bundles/hello.tar.gz "s3/bundles/$(letters "$2").tar.gz"
  flame_showing_secrets template-user-data "${exactly[@]}" --presign --show-secrets
  size=$(wc -c <stdout)
}
sized 300 1
padding=$((300 + (16384 - size) * 3 / 4 - 12))
sized "$padding" 1
key=$((1 + 16384 - size))
for more in 0 1; do
  sized "$padding" "$((key + more))"
  expect_same "$size" "$((16384 + more))"
  flame boot "${exactly[@]}" --wait-for launched --output json
  expect_status 0
  id=$(jq -r '.instances[0].instance_id' stdout)
  sent=$(control GET "instances/$id/user-data" | wc -c)
  [ "$more" = 1 ] || expect_same "$sent" 16384
  [ "$more" = 0 ] || [ "$sent" -lt 9000 ] || die "$sent bytes were sent"
  environment
  expect_same "$(saw PADDING | tr -dc x | wc -c)" "$padding"
  wait_for_end "$id"
done
flame boot "${ordinary[@]:0:6}" --max-lifetime 1h --env "NOISE=$(head -c 20000 /dev/urandom | base64 -w 0)"
expect_error 3 16384

TEST "a folder of S3 without a store comes file by file, scripts and programs executable"
mkdir -p "s3/bundles/rel/bin" "s3/bundles/rel/lib/it's \$(id)"
cat >s3/bundles/rel/bin/hello <<'SERVICE'
#!/bin/sh
cd "$(dirname "$0")/../lib" && exec "./it's \$(id)/report"
SERVICE
cat >"s3/bundles/rel/lib/it's \$(id)/report" <<'SERVICE'
#!/bin/sh
echo "REPORT $(stat -c %a data) $(sha256sum <data | cut -c -64) $(stat -c %s empty)"
exit 4
SERVICE
head -c 3000000 /dev/urandom >s3/bundles/rel/lib/data && : >s3/bundles/rel/lib/empty
flame boot "${ordinary[@]:0:2}" --bundle s3://bundles/rel/ "${ordinary[@]:4}" --wait-for launched
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
wait_for_end "$id"
expect_in console.txt "REPORT 644 $(sha256sum <s3/bundles/rel/lib/data | cut -c -64) 0"
expect_in console.txt "rc=4"

TEST "a folder of this computer, without a store: small, and as large as the user data takes"
wait_for_reports() { wait_for_end "$id" && expect_in console.txt "ENVIRONMENT " && expect_in console.txt "rc=3"; }
mkdir -p "service/it's \$(id) €" && head -c 16383 /dev/urandom >noise
most=0 # of the noise, by what the look at the user data says
for more in 8192 4096 2048 1024 512 256 128 64 32 16 8; do
  head -c "$((most + more))" noise >"service/it's \$(id) €/noise"
  flame template-user-data --app hello --max-lifetime 1h --bundle service --env AFTERWARDS=3
  [ "$status" != 0 ] || most=$((most + more))
done
[ "$most" -gt 8000 ] || die "only $most bytes fit"
for size in 100 $((most - 300)); do # the run's id and nonce are random, and pack otherwise
  head -c "$size" noise >"service/it's \$(id) €/noise"
  flame boot --app hello --bundle service --image-id ami-0123456789abcdef0 --max-lifetime 1h \
    --wait-for launched --env AFTERWARDS=3 --output json
  expect_status 0
  id=$(jq -r '.instances[0].instance_id' stdout)
  wait_for_reports
done
head -c "$((most + 300))" noise >"service/it's \$(id) €/noise"
flame boot --app hello --bundle service --image-id ami-0123456789abcdef0 --max-lifetime 1h
expect_error 3 "it needs --store"

TEST "the timer in the machine ends it when the release stays too long"
wait_for_end "$stays_too_long"
expect_in console.txt "the lifetime of 30 s is over"
expect_in console.txt "stage=stopped"

TEST "nothing is left behind, not even by a sandbox that was killed"
boots --env AFTERWARDS=stay
environment
kill -KILL "$sandbox_pid"
wait "$sandbox_pid" 2>/dev/null || true
sandbox_pid=0
sandbox --machines nspawn
sandbox_stop
! pgrep -f "$id" >left || die "still runs: $(cat left)"
! grep -F "$id" /proc/mounts >left || die "still mounted: $(cat left)"
