# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Pure commands open no socket and initialise no network library.

needs strace cc
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --max-lifetime 1h
  --image-id ami-0123456789abcdef0 --region us-east-1)

# The doors of libcurl, each with a bell.
cat >bells.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static void* next(const char* name)
{
  return dlsym(RTLD_NEXT, name);
}
int curl_global_init(long flags)
{
  (void)!write(9, "curl_global_init\n", 17);
  return ((int (*)(long))next("curl_global_init"))(flags);
}
void* curl_easy_init(void)
{
  (void)!write(9, "curl_easy_init\n", 15);
  return ((void* (*)(void))next("curl_easy_init"))();
}
void* curl_multi_init(void)
{
  (void)!write(9, "curl_multi_init\n", 16);
  return ((void* (*)(void))next("curl_multi_init"))();
}
C
cc -shared -fPIC -o bells.so bells.c -ldl

# traced: like flame. What the kernel was asked is in trace, which bells rang in bells. A static program has
# no such doors: there valgrind says which functions were called, in a second run of the same.
flame_binary=$binary
cat >traced <<EOF_TRACED
#!/bin/sh
exec strace -f -e trace=%network -e signal=none -E LD_PRELOAD=$work/bells.so -o $work/trace $flame_binary "\$@" 9>$work/bells
EOF_TRACED
chmod +x traced
doors=shared
readelf -d "$flame_binary" | grep -q 'NEEDED.*libcurl' || doors=static
if [ $doors = static ] && ! command -v valgrind >/dev/null; then
  doors=unseen
  echo "skip  whether the network library is initialised: it is within the program, and there is no valgrind"
fi
traced() {
  binary=$work/traced
  flame "$@"
  binary=$flame_binary
  [ $doors = static ] || return 0
  local environment=()
  mapfile -t environment < <(flame_environment)
  env -i "${environment[@]}" valgrind -q --tool=callgrind --callgrind-out-file="$work/called" \
    "$flame_binary" "$@" >/dev/null 2>&1 </dev/null || true
  grep -oE 'curl_(global|easy|multi)_init' called | sort -u >bells || true
}
expect_no_network() {
  ! grep -E '\(' trace >words || die "it asked the kernel: $(head -n 3 words)"
  [ ! -s bells ] || die "it called $(head -n 1 bells)"
}

TEST "the check can fail: a boot opens sockets and calls libcurl"
sandbox
traced boot "${ordinary[@]}"
expect_status 0
grep -q 'socket(' trace || die "strace shows no socket of a boot"
[ $doors = unseen ] || grep -q curl_ bells || die "no bell rang in a boot"

mkdir -p home/.aws
echo '[default]' >home/.aws/config
printf '[pool.ci]\nregion = "eu-west-1"\n' >flame-ec2.toml
for command in --help --version "--version --json" "boot --help" man "help settings" "completion bash" \
  "completion --values pools" "completion --values profiles" configure "configure --show" \
  "configure --show --pool ci --json" "configure --app a --print" \
  "configure --app a --config new.toml" "decode-parent --example app@10.0.0.7"; do
  TEST "flame-ec2 $command touches no network"
  # shellcheck disable=SC2086 # words
  traced $command
  expect_status 0
  expect_no_network
done

TEST "template-user-data touches no network"
traced template-user-data "${ordinary[@]:0:6}"
expect_status 0
expect_no_network

TEST "boot --dry-run touches no network"
traced boot "${ordinary[@]}" --dry-run
expect_status 0
expect_no_network

TEST "a mistake in the file of settings touches no network"
printf 'regoin = "eu-west-1"\n' >wrong.toml
traced boot "${ordinary[@]}" --config wrong.toml
expect_status 3
expect_no_network

TEST "a mistake in the settings touches no network"
traced boot --app 'a b'
expect_status 3
expect_no_network
