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
