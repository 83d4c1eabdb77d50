# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A store: bundles of this computer, environments, secrets, and what is left there. Machines only exist.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/fleet.bash"
ordinary=(--app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --store s3://keep/flame/)
boot() { flame boot "${ordinary[@]}" "$@"; }
secrets+=(very-private-token opensesame sandbox-api-key)
kept() { (cd s3/keep/flame && find . -type f | sort); } # keys in the store
script() { control GET "instances/$(machines | head -n 1 | cut -f1)/user-data"; }
wrong() { # STATUS TEXT ARGUMENT...: refused, nothing launched
  boot "${@:3}"
  expect_error "$1" "$2"
  expect_machines 0
}
mkdir -p s3/keep
sandbox

TEST "an archive of this computer is uploaded under its digest, once"
cp s3/bundles/hello.tar.gz hello.tar.gz
digest=$(sha256sum hello.tar.gz | cut -d' ' -f1)
boot --bundle hello.tar.gz --run-id up-1
expect_status 0
cmp hello.tar.gz "s3/keep/flame/bundles/$digest.tar.gz"
expect_same "$(asked | grep -c PutObject)" 3 # bundle, first status, environment
boot --bundle hello.tar.gz
expect_status 0
expect_in_stderr "the store has the bundle already"

TEST "a folder is packed into the same bytes each time, with its programs"
cp -r releases/hello folder
chmod -x folder/bin/hello
rm "s3/keep/flame/bundles/$digest.tar.gz"
boot --bundle folder
expect_status 0
sleep 1
touch folder/bin/hello
boot --bundle ./folder/
expect_status 0
expect_in_stderr "the store has the bundle already"
packed=$(echo s3/keep/flame/bundles/*.tar.gz)
tar -tvzf "$packed" >listing
expect_in listing -rwxr-xr-x
expect_in listing bin/hello

TEST "a folder of S3 is packed once, by what it lists, with or without release/ in front"
mkdir -p s3/bundles/rel/release/bin
cp releases/hello/bin/hello s3/bundles/rel/release/bin/
boot --bundle s3://bundles/rel/
expect_status 0
tar -tvzf "$(echo s3/keep/flame/bundles/folder-*.tar.gz)" >listing
expect_same "$(sed -E 's/^(.{10}).* /\1 /' listing)" "-rwxr-xr-x bin/hello"
before=$(asked | grep -c GetObject)
boot --bundle s3://bundles/rel/ --no-inspect
expect_status 0
expect_same "$(asked | grep -c GetObject)" "$before"
echo changed >>s3/bundles/rel/release/bin/hello
boot --bundle s3://bundles/rel/
expect_status 0
expect_same "$(find s3/keep/flame/bundles -name 'folder-*' | wc -l)" 2

TEST "a bundle in parts arrives whole"
mkdir -p large/bin && cp releases/hello/bin/hello large/bin/
head -c 106000000 /dev/urandom >large/noise
tar -C large -cf large.tar .
boot --bundle large.tar
expect_status 0
expect_in_stderr "MiB"
cmp large.tar "s3/keep/flame/bundles/$(sha256sum large.tar | cut -d' ' -f1).tar"
expect_same "$(find s3/.s3/uploads -name about | wc -l)" 0
boot --bundle large.tar
expect_in_stderr "the store has the bundle already"

TEST "an object as long, whose digest nobody knows, is not taken for it"
there=keep/flame/bundles/$(sha256sum large.tar | cut -d' ' -f1).tar
rm "s3/.s3/about/$there"
printf other | dd of="s3/$there" conv=notrunc status=none
boot --bundle large.tar
expect_status 0
cmp large.tar "s3/$there"

TEST "an upload whose last answer was lost has succeeded"
echo other >>large/noise
tar -C large -cf large.tar .
sandbox --fault CompleteMultipartUpload:lost-after=1
boot --bundle large.tar
expect_status 0
expect_same "$(asked | grep -c CompleteMultipartUpload)" 2
cmp large.tar "s3/keep/flame/bundles/$(sha256sum large.tar | cut -d' ' -f1).tar"

TEST "an upload that fails leaves no parts, and launches nothing"
echo more >>large/noise
tar -C large -cf large.tar .
sandbox --fault UploadPart:AccessDenied@2+
wrong 5 'cannot upload the bundle to s3://keep/flame/bundles/' --bundle large.tar
asked | grep -q AbortMultipartUpload || die "the upload was not given up"
expect_same "$(find s3/.s3/uploads -name about | wc -l)" 0

TEST "the environment goes into an encrypted object, not into the user data"
sandbox
boot --bundle s3://bundles/hello.tar.gz --env TOKEN=very-private-token --run-id env-1
expect_status 0
environment=$(find s3/keep/flame/runs/env-1 -name 'env.*')
expect_in "$environment" 'TOKEN="very-private-token"'
expect_in "s3/.s3/about/${environment#s3/}" "x-amz-server-side-encryption: AES256"
! script | base64 -d 2>/dev/null | grep -q very-private-token || die "it is in the user data"
! grep -qF "user data, which its own processes" stderr || die "warned of user data"

TEST "so it does when the user data has no room for it, whatever was said"
noise=$(head -c 20000 /dev/urandom | base64 -w 0)
boot --bundle s3://bundles/hello.tar.gz --env SHORT=1 --env-delivery user-data --run-id env-4
expect_status 0
expect_same "$(find s3/keep/flame/runs/env-4 -name 'env.*')" ""
boot --bundle s3://bundles/hello.tar.gz --env "NOISE=$noise" --env-delivery user-data --run-id env-5
expect_status 0
expect_in_stderr "the environment goes to the store"
expect_in "$(find s3/keep/flame/runs/env-5 -name 'env.*')" "NOISE=\"$noise\""
boot --bundle s3://bundles/hello.tar.gz --env "NOISE=$noise" --dry-run
expect_status 0
flame terminate --run-id env-4
flame terminate --run-id env-5

TEST "without a store, who can read the user data is said in a line"
flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h \
  --bundle s3://bundles/hello.tar.gz --env TOKEN=very-private-token
expect_status 0
expect_in_stderr "TOKEN is in the machine's user data, which its own processes can read"

TEST "secrets are read where they are kept, decrypted, and shown nowhere"
boot --bundle s3://bundles/hello.tar.gz --run-id env-2 --secret DATABASE_URL=ssm:/sandbox/database-url \
  --secret KEY=secretsmanager:sandbox/api-key -vv
expect_status 0
environment=$(find s3/keep/flame/runs/env-2 -name 'env.*')
expect_in "$environment" 'DATABASE_URL="ecto://app:opensesame@db.example/app"'
expect_in "$environment" 'KEY="{\"key\": \"sandbox-api-key\"}"'
flame terminate --run-id env-2
flame terminate --run-id env-1
flame terminate --all --yes

TEST "a secret that is not there, or may not be read, is an error that names it"
wrong 1 'secret KEY (ssm:/none)' --bundle s3://bundles/hello.tar.gz --secret KEY=ssm:/none
fault 'GetSecretValue:AccessDeniedException'
wrong 5 'secret KEY (secretsmanager:sandbox/api-key)' --bundle s3://bundles/hello.tar.gz \
  --secret KEY=secretsmanager:sandbox/api-key
no_more_faults
wrong 3 'does not say where it is kept' --bundle s3://bundles/hello.tar.gz --secret very-private-token
flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h \
  --bundle s3://bundles/hello.tar.gz --secret KEY=ssm:/sandbox/database-url
expect_error 3 'not delivered through a store'

TEST "a store that may not be written to is found before anything is launched"
fault 'PutObject:AccessDenied'
wrong 5 'cannot write to the store s3://keep/flame/' --bundle s3://bundles/hello.tar.gz
no_more_faults
wrong 3 'store is not valid' --bundle s3://bundles/hello.tar.gz --store https://keep/

TEST "the environment of a boot that failed is taken away"
fault 'RunInstances:InsufficientInstanceCapacity'
wrong 6 capacity --bundle s3://bundles/hello.tar.gz --run-id env-3 --env TOKEN=very-private-token
no_more_faults
expect_same "$(find s3/keep/flame/runs/env-3 -type f | sed 's:.*/::')" status

TEST "gc takes away what nobody reads any more"
expired=s3/keep/flame/runs/old/20260101T000000Z-a/env.20260101T010000Z
mkdir -p "$(dirname "$expired")"
echo 'TOKEN="very-private-token"' >"$expired"
flame gc --store s3://keep/flame/ --dry-run
expect_status 0
expect_in_stderr "1 environment that nobody reads any more in the store"
flame gc --store s3://keep/flame/
expect_status 0
expect_in_stderr "removed from the store"
[ ! -e "$expired" ] || die "it is still there"
[ -e "$(find s3/keep/flame/runs/env-1 -name 'env.*')" ] || die "one that may be read is gone"

TEST "logs shows what a machine has written, while it lives and when EC2 has forgotten it"
boot --bundle s3://bundles/hello.tar.gz --run-id told-1 --output json
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
at=$(find s3/keep/flame/runs/told-1 -name status -printf '%h\n')/$id
mkdir -p "$at"
nonce=0123456789abcdef0123456789abcdef
printf 'flame-ec2 %s stage=boot t=0.1 .\nflame-ec2 %s stage=failed t=2.5 at=fetch rc=22 msg=HTTP 403 .\n' \
  $nonce $nonce >"$at/status"
echo "the whole log" >"$at/log"
echo "the last of the journal" >"$at/journal"
flame logs "$id" --store s3://keep/flame/
expect_status 0
expect_in stdout "HTTP 403"
expect_in stdout "the whole log"
expect_in stdout "the last of the journal"
flame logs --run-id told-1 --store s3://keep/flame/ --json
expect_status 0
expect_json .machine.stage failed
expect_json .log $'the whole log'
with=(FLAME_EC2_STORE=s3://keep/flame/)
sandbox # which knows of no machine
flame logs "$id"
expect_status 0
expect_in stdout "the whole log"
flame logs --run-id told-1
expect_status 0
expect_in stdout "HTTP 403"
flame logs --run-id told-2
expect_error 1 told-2
with=()
