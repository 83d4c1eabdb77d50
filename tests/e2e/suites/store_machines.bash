# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
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
