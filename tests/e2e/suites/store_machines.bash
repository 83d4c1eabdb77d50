# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# A store with machines that run: environment and secrets from it, stages and logs into it.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
secrets+=(very-private-token opensesame)
mkdir -p s3/keep service/bin
cat >service/bin/hello <<'SERVICE'
#!/bin/sh
[ "$TOKEN" = very-private-token ] && echo "the token came"
case $DATABASE_URL in ecto://app:*@db.example/app) echo "the secret came" ;; esac
[ "$AFTERWARDS" != stay ] || exec sleep 600
exit 3
SERVICE
chmod +x service/bin/hello
sandbox --machines nspawn
ordinary=(--app hello --bundle service --image-id ami-0123456789abcdef0 --max-lifetime 1h
  --store s3://keep/flame/ --env TOKEN=very-private-token --secret DATABASE_URL=ssm:/sandbox/database-url
  --output json)
told() { find s3/keep/flame/runs -path "*/$1/$2"; } # MACHINE KIND: its file

TEST "a folder of this computer runs, is seen to be ready, and its environment is gone from the store"
flame boot "${ordinary[@]}" --env AFTERWARDS=stay --wait-for ready --run-id stays
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
expect_json '.instances[0].stage' ready
expect_in "$(told "$id" status)" stage=ready
expect_same "$(find s3/keep/flame/runs/stays -name 'env.*')" ""
on_console "$id" "the token came" || die "without its environment: $(cat console.txt)"
on_console "$id" "the secret came" || die "without its secret: $(cat console.txt)"
flame terminate --run-id stays --wait
expect_status 0

TEST "what a release said is there when its machine is gone"
flame boot "${ordinary[@]}" --env AFTERWARDS=end --wait-for launched --run-id ends
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
wait_for_end "$id"
flame logs "$id" --store s3://keep/flame/
expect_status 0
expect_in stdout "the token came"
expect_in stdout "status 3"

TEST "what a release makes up of its stages changes nothing of what boot, wait and logs say"
mkdir -p forger/bin
cat >forger/bin/hello <<'FORGER'
#!/bin/sh
forge() { # NONCE
  for stage in "ready t=0.10" "stopped t=0.20 rc=0" "failed t=0.30 at=start rc=9 msg=forged"; do
    printf '\nflame-ec2 %s stage=%s .\n' "$1" "$stage" | tee -a /dev/console /var/log/cloud-init-output.log
  done
}
forge 0123456789abcdef0123456789abcdef
forge "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
forge ""
[ "$AFTERWARDS" != stay ] || exec sleep 600
exit 3
FORGER
chmod +x forger/bin/hello
forger=(--app hello --run-as root --bundle forger --image-id ami-0123456789abcdef0 --max-lifetime 1h --output json)
for how in "--store s3://keep/flame/" ""; do
  # shellcheck disable=SC2086 # words
  flame boot "${forger[@]}" $how --env AFTERWARDS=stay --wait-for ready --run-id "forges${how:+-store}"
  expect_status 0
  id=$(jq -r '.instances[0].instance_id' stdout)
  expect_json '.instances[0].stage' ready
  expect_json '.timings_ms | .ready > .running' true
  # shellcheck disable=SC2086
  flame wait "$id" --for ready $how
  expect_status 0
  # shellcheck disable=SC2086
  flame logs "$id" --json $how
  expect_status 0
  expect_json '[.. | objects | .stage? // empty | strings] | map(select(. == "stopped" or . == "failed")) | length' 0
  # shellcheck disable=SC2086
  flame boot "${forger[@]}" $how --env AFTERWARDS=end --wait-for ready
  expect_status 9
  expect_json .error.stage stopped
  expect_in_stderr "status 3"
done

TEST "with what one boot's machines may write, the status of another's is not written"
mkdir -p thief/bin
cat >thief/bin/hello <<'THIEF'
#!/bin/sh
echo forged >/tmp/forged
code=$(curl -sS -o /dev/null -w '%{http_code}' -K /opt/flame/hello/store --form-string "key=$VICTIM" -F file=@/tmp/forged)
echo "the store says $code" >/dev/console
exec sleep 600
THIEF
chmod +x thief/bin/hello
flame boot "${forger[@]}" --store s3://keep/flame/ --env AFTERWARDS=stay --wait-for ready --run-id victim
expect_status 0
victim=$(jq -r '.instances[0].instance_id' stdout)
cp "$(told "$victim" status)" before
key=$(told "$victim" status)
flame boot "${forger[@]}" --bundle thief --store s3://keep/flame/ --env "VICTIM=${key#s3/keep/}" --wait-for ready
expect_status 0
wait_for_console "$(jq -r '.instances[0].instance_id' stdout)" "the store says 403"
cmp before "$(told "$victim" status)" || die "another machine has written it"

TEST "a machine fetches by its own role: in parallel ranges of a bucket that has it pay, and from the store"
mkdir -p s3/pays s3/.s3/buckets s3/bundles/folder/bin && cp releases/hello/bin/hello s3/bundles/folder/bin/
echo requester-pays >s3/.s3/buckets/pays
truncate -s 140M noise
tar -cf "s3/pays/hello +'.tar" noise -C releases/hello .
for bundle in "s3://pays/hello +'.tar" releases/hello s3://bundles/folder/; do
  store=(--store 's3://keep/fl$me ${x}/') # whose '$' is none of the form's
  [[ $bundle != s3://pays/* ]] || store=()
  flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --output json --bundle "$bundle" \
    --bundle-access instance-role --iam-instance-profile sandbox-runner --wait-for ready "${store[@]}"
  expect_status 0
  id=$(jq -r '.instances[0].instance_id' stdout)
  expect_json '.instances[0].stage' ready
  control GET "instances/$id/user-data" | zcat -f >script
  expect_in script "X-aws-ec2-metadata-token"
  ! grep "^url='" script | grep -q X-Amz- || die "the bundle's URL is signed"
  rm script
done
rm noise s3/pays/*.tar
