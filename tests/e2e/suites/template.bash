# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# template-user-data: no network, no credentials, no secrets unless asked for.

ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h
  --env TOKEN=very-private-token)
secrets+=(very-private-token)

TEST "needs neither credentials nor region nor network"
flame template-user-data "${ordinary[@]}"
expect_status 0
expect_same "$(head -n 1 stdout)" "#!/bin/sh"

TEST "says the size and the limit on stderr"
expect_in_stderr 16384

TEST "shows no secret, and says so"
expect_in_stdout '***'
expect_in_stderr --show-secrets

TEST "prints the same bytes each time"
cp stdout first
flame template-user-data "${ordinary[@]}"
cmp -s first stdout || die "two calls differ"

TEST "is clean under shellcheck, and read by dash, bash and busybox"
needs shellcheck dash busybox
flame_showing_secrets template-user-data "${ordinary[@]}" --show-secrets
expect_status 0
shellcheck -s sh -e SC2089,SC2090 stdout || die "shellcheck has a word to say"
for shell in dash "bash --posix" "busybox sh"; do
  $shell -n stdout || die "not read by $shell"
done

TEST "base64 holds the same script"
cp stdout script
flame_showing_secrets template-user-data "${ordinary[@]}" --show-secrets --format base64
base64 -d stdout | cmp -s script - || die "base64 holds something else"

TEST "sends in gzip what is too long for EC2, and base64 and gzip hold that"
long=("${ordinary[@]}" --env "LONG=$(head -c 9000 /dev/zero | tr '\0' x)" --show-secrets)
flame_showing_secrets template-user-data "${long[@]}"
expect_status 0
expect_in_stderr "of 16384 bytes, in gzip"
cp stdout script
[ "$(wc -c <script)" -gt 16384 ] || die "the script is not long"
flame_showing_secrets template-user-data "${long[@]}" --format gzip
expect_status 0
gzip -dc <stdout | cmp -s script - || die "gzip holds something else"
cp stdout packed
flame_showing_secrets template-user-data "${long[@]}" --format base64
base64 -d stdout | cmp -s packed - || die "base64 does not hold the gzip"
rm -f script packed

TEST "refuses what EC2 would refuse, and says by how much, and why"
noise=$(python3 -c 'import random; print("".join(random.Random(1).choices("0123456789abcdefghijklmnopqrstuvwxyz", k=20000)))')
flame template-user-data "${ordinary[@]}" --env NOISE="$noise"
expect_error 3 16384 "in gzip too" "the variable NOISE (20000 bytes)"

TEST "--presign signs what a machine fetches: an object, or each file of a folder of S3"
sandbox
flame_showing_secrets template-user-data "${ordinary[@]}" --show-secrets --presign
expect_status 0
url=$(sed -n "s/^url='\(.*\)'\$/\1/p" stdout)
curl -sS --fail "$url" | cmp - s3/bundles/hello.tar.gz || die "the URL does not give the bundle"
mkdir -p s3/bundles/rel/release/bin && cp releases/hello/bin/hello s3/bundles/rel/release/bin/
echo "a (b) %c" >"s3/bundles/rel/release/a (b) %c.txt"
folder=("${ordinary[@]}" --bundle s3://bundles/rel/)
flame template-user-data "${folder[@]}" --presign
expect_status 0
flame_showing_secrets template-user-data "${folder[@]}" --show-secrets --presign
expect_status 0
base=$(sed -n "s/^base='\(.*\)'\$/\1/p" stdout) query=$(sed -n "s/^query='\(.*\)'\$/\1/p" stdout)
files=0
while IFS=$'\t' read -r program size etag signature place path; do
  [ "$place" != = ] || place=$path
  curl -sS --fail -g "$base$place?$query$signature" | cmp - "s3/bundles/rel/release/$path" || die "no $path"
  files=$((files + 1))
done < <(sed -n '/bundle" <<.FLAME./,/^FLAME$/p' stdout | grep -P '\t')
expect_same "$files" 2

TEST "--presign says what it cannot sign, and what is not there"
flame template-user-data "${folder[@]}" --presign --store s3://bundles/x/
expect_error 2 "without store"
flame template-user-data --app hello --bundle releases/hello --presign
expect_error 2 "an object or a folder of S3" "leave --presign out"
for number in $(seq 300); do echo "$number" >"s3/bundles/rel/release/$number"; done
flame template-user-data "${folder[@]}" --presign
expect_error 3 "the URLs of the bundle's 302 files" "--store s3://BUCKET/PREFIX/"
flame template-user-data "${ordinary[@]}" --bundle s3://bundles/none.tar.gz --presign
expect_error 3 "s3://bundles/none.tar.gz is not there"
