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

TEST "refuses what EC2 would refuse, and says by how much"
# Three bytes of a value are four of base64, and each letter of the user's name is one.
sized() { flame_showing_secrets template-user-data "${ordinary[@]}" --show-secrets \
  --env PADDING="$(printf "%$1s" '' | tr ' ' x)" --run-as "u$(printf "%$2s" '' | tr ' ' x)"; }
sized 1 0
quads=$(((16384 - $(wc -c <stdout)) / 4))
padding=$((1 + quads * 3))
sized "$padding" 0
letters=$((16384 - $(wc -c <stdout)))
sized "$padding" "$letters"
expect_status 0
expect_same "$(wc -c <stdout)" 16384
sized "$padding" $((letters + 1))
expect_error 3 16384 16385
