# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Many machines of one boot: heard at a time over connections that are kept, and within EC2's own
# buckets. Machines only exist.

boot() { flame_start boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --json "$@"; }
gets() { asked | grep -c GetObject || true; }
asked_often() { [ "$(gets)" -ge "$1" ]; }
throttled() { control GET requests | jq '[.[] | select(.code == "RequestLimitExceeded")] | length'; }

TEST "forty machines are heard by their store at a time, over connections that are kept"
mkdir -p s3/keep way
sandbox --tls
export CURL_CA_BUNDLE
CURL_CA_BUNDLE=$(of_sandbox AWS_CA_BUNDLE)
timeout 120 python3 -I "$here/lib/forward.py" 127.0.0.1 "${endpoint##*:}" way pass >way/out 2>&1 </dev/null &
way=$!
until_true 20 test -s way/port || die "no forward: $(cat way/out)"
with=("AWS_ENDPOINT_URL=https://127.0.0.1:$(cat way/port)")
boot --bundle s3://bundles/hello.tar.gz --count 40 --wait-for ready --store s3://keep/flame/ --run-id many-1
until_true 60 asked_often 80 || die "nobody listens: $(cat stderr)"
folder=$(find s3/keep/flame/runs/many-1 -name status -printf '%h\n')
for id in $(live_machines); do
  [ -n "${nonce-}" ] || nonce=$(control GET "instances/$id/user-data" | zcat -f | sed -n "s/^nonce='\([0-9a-f]*\)'.*/\1/p")
  [ -n "$nonce" ] || die "no nonce in the user data"
  mkdir "$folder/$id"
  printf 'flame-ec2 %s stage=boot t=0.1 .\nflame-ec2 %s stage=ready t=1.5 .\n' "$nonce" "$nonce" >new
  mv new "$folder/$id/status"
done
flame_wait
kill "$way"; wait "$way" 2>/dev/null || true
with=()
expect_status 0
expect_json '.instances | length' 40
expect_json '[.instances[] | select(.stage == "ready")] | length' 40
connections=$(grep -c connection way/log)
[ "$connections" -le 45 ] || die "$connections connections and handshakes for $(gets) objects"
flame terminate --run-id many-1
expect_status 0

TEST "six hundred machines come and go without one refusal by EC2's own buckets"
unset CURL_CA_BUNDLE
printf '[buckets]\nec2 = true\n' >buckets.toml
sandbox --scenario buckets.toml
for run in many-2 many-3 many-4; do
  boot --count 200 --run-id $run --subnet-id subnet-0aaaaaaaaaaaaaaa6 --bundle s3://bundles/hello.tar.gz
  flame_wait
  expect_status 0
  expect_json '.instances | length' 200
  expect_machines 200
  flame terminate --run-id $run
  expect_status 0
  expect_machines 0
done
expect_same "$(throttled)" 0
