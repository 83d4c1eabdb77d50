# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The way to AWS: proxies, certificates, IPv6, clocks, and connections that die.

needs openssl faketime tinyproxy
[ "${FLAME_E2E_NETWORK-}" = own ] || skip "there is no network of our own here"
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h)
away=10.99.0.1 # not loopback, and nobody else's: we are alone in this network
ip address add "$away/32" dev lo

TEST "we are alone in this network"
if ip route get 169.254.169.254 >ways 2>&1; then die "there is a way to it: $(cat ways)"; fi

sandbox --host "$away"
sandbox_port=${endpoint##*:}
forwards=0
# between ADDRESS MODE [CERTIFICATE KEY]: a forward to the sandbox; $there is its host and port,
# $way its folder.
between() {
  forwards=$((forwards + 1))
  way=$work/forward.$forwards
  mkdir "$way"
  python3 -I "$here/lib/forward.py" "$1" "$sandbox_port" "$way" "${@:2}" >"$way/out" 2>&1 </dev/null &
  disown $!
  at_end+=("kill $!")
  until_true 20 test -e "$way/port" || die "no forward: $(cat "$way/out")"
  there=$1:$(cat "$way/port")
  [[ $1 != *:* ]] || there="[$1]:$(cat "$way/port")"
}
connections() { grep -c '^connection$' "$way/log" || true; }

# -- certificates -----------------------------------------------------------------------------
key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${key[@]}" -keyout ca.key -out ca.pem -subj /CN=ca -days 2 2>openssl.log
# certificate NAME SUBJECT [COMMAND...]: NAME.pem and NAME.key; COMMAND runs what signs it.
certificate() {
  openssl req "${key[@]}" -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>>openssl.log
  echo "subjectAltName=$2" >"$1.ext"
  "${@:3}" openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 \
    -extfile "$1.ext" -out "$1.pem" 2>>openssl.log
}
certificate good "IP:$away"
certificate expired "IP:$away" faketime '2020-01-01 00:00:00'
certificate other DNS:ec2.example.com
openssl req -x509 "${key[@]}" -keyout own.key -out own.pem -subj /CN=own -days 2 \
  -addext "subjectAltName=IP:$away" 2>>openssl.log

# through CERTIFICATE: flame list by that way.
through() {
  between "$away" pass "$1.pem" "$1.key"
  with=(AWS_CA_BUNDLE="$work/ca.pem" AWS_ENDPOINT_URL="https://$there")
  flame list
}

TEST "a certificate of an authority that we were told to trust, on another address"
through good
expect_status 0

TEST "certificates that are expired, of nobody, or of somebody else: no request is made"
through expired
expect_error 7 "the certificate of $there is not trusted" "expired" --ca-bundle
through own
expect_error 7 "the certificate of $there is not trusted" "self-signed" --ca-bundle
through other
expect_error 7 "the certificate of $there is not trusted" "$away" --ca-bundle
! grep -q agent "$way/log" || die "a request was sent"

TEST "one connection does for a whole boot"
between "$away" pass good.pem good.key
with=(AWS_CA_BUNDLE="$work/ca.pem" AWS_ENDPOINT_URL="https://$there")
flame boot "${ordinary[@]}" --wait-for running --run-id one-1
expect_status 0
expect_same "$(connections)" 1

TEST "its requests say who sends them, and for which run"
expect_same "$(grep ^agent "$way/log" | sort -u)" "agent flame-ec2/$("$binary" --version | sed -n '1s/^flame-ec2 //p') run/one-1"
flame terminate --run-id one-1
expect_status 0

# -- proxies ----------------------------------------------------------------------------------
# proxy LINE...: a real one; its port is $proxy_port.
proxy() {
  proxy_port=$((20000 + RANDOM % 10000))
  printf '%s\n' "Port $proxy_port" "Listen 127.0.0.1" "Allow 127.0.0.1" "Timeout 30" "LogFile \"$work/proxy.log\"" \
    "LogLevel Connect" "MaxClients 20" "$@" >proxy.conf
  : >proxy.log
  tinyproxy -d -c "$work/proxy.conf" >proxy.out 2>&1 </dev/null &
  disown $!
  at_end+=("kill $!")
  until_true 20 eval "exec 9<>/dev/tcp/127.0.0.1/$proxy_port" 2>/dev/null || die "no proxy: $(cat proxy.out)"
  exec 9>&-
}
proxy
between "$away" pass good.pem good.key
trusted=(AWS_CA_BUNDLE="$work/ca.pem" AWS_ENDPOINT_URL="https://$there")

TEST "a proxy for https, which only sees a host and a port"
with=("${trusted[@]}" "HTTPS_PROXY=http://127.0.0.1:$proxy_port")
flame list
expect_status 0
expect_in proxy.log "CONNECT $there"

TEST "NO_PROXY: past it"
lines=$(grep -c CONNECT proxy.log)
with+=("NO_PROXY=example.com,$away")
flame list
expect_status 0
expect_same "$(grep -c CONNECT proxy.log)" "$lines"

TEST "no proxy is asked for this computer"
with=(HTTPS_PROXY=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9)
flame list
expect_status 0

TEST "a proxy for http"
between "$away" pass
with=("AWS_ENDPOINT_URL=http://$there" "http_proxy=http://127.0.0.1:$proxy_port")
flame list --allow-http
expect_status 0
expect_in proxy.log "http://$there/"

TEST "a proxy that nobody answers at"
with=("${trusted[@]}" HTTPS_PROXY=http://127.0.0.1:9)
flame list
expect_error 7 "${trusted[1]#*//}" HTTPS_PROXY

TEST "a proxy that wants a password: without it, and with it"
secrets+=(hunter2)
proxy "BasicAuth ci hunter2"
with=("${trusted[@]}" "HTTPS_PROXY=http://127.0.0.1:$proxy_port")
flame list
expect_error 7 "the proxy refuses to connect" 40
with=("${trusted[@]}" "HTTPS_PROXY=http://ci:hunter2@127.0.0.1:$proxy_port")
flame list -vv
expect_status 0

# -- IPv6 -------------------------------------------------------------------------------------
if [ -e /proc/net/if_inet6 ] && grep -q lo /proc/net/if_inet6; then
  TEST "an endpoint with an IPv6 address"
  between ::1 pass
  with=("AWS_ENDPOINT_URL=http://$there")
  flame boot "${ordinary[@]}" --wait-for running
  expect_status 0
  [ "$(connections)" -ge 1 ] || die "nobody came by IPv6"
else
  echo "not tried: IPv6, which this computer has none of"
fi

# -- connections that die ---------------------------------------------------------------------
# dies MODE WORDS...: status 7, the words, and never for ever.
dies() {
  between "$away" "$1"
  with=("AWS_ENDPOINT_URL=http://$there")
  SECONDS=0
  flame list --allow-http
  expect_error 7 "$there" "${@:2}"
  [ "$SECONDS" -lt 60 ] || die "it took $SECONDS s"
}
TEST "a connection that dies before the request, without an answer, within its head or its body"
dies close "the connection"
dies reset "broke"
dies deaf "closed the connection without an answer"
dies cut "cut short"
dies body "cut short"

TEST "so many tries as AWS_MAX_ATTEMPTS says, three without it"
between "$away" deaf
with=("AWS_ENDPOINT_URL=http://$there")
flame list --allow-http
expect_same "$(connections)" 3
with+=(AWS_MAX_ATTEMPTS=1)
flame list --allow-http
expect_same "$(connections)" 4

TEST "within the handshake, and while nobody says a word"
between "$away" close
with=(AWS_CA_BUNDLE="$work/ca.pem" "AWS_ENDPOINT_URL=https://$there")
flame list
expect_error 7 "$there"
between "$away" hang
with=(AWS_CA_BUNDLE="$work/ca.pem" "AWS_ENDPOINT_URL=https://$there")
SECONDS=0
flame boot "${ordinary[@]}" --boot-timeout 3s
expect_error 7 "$there"
[ "$SECONDS" -lt 60 ] || die "it took $SECONDS s"

# -- clocks -----------------------------------------------------------------------------------
library=$(find /usr/lib -name libfaketime.so.1 -print -quit)
[ -n "$library" ] || die "faketime has no library"
for skew in +1h -1h; do
  TEST "a clock that is wrong by $skew: said once, and put right"
  with=(LD_PRELOAD="$library" FAKETIME="$skew" FAKETIME_DONT_FAKE_MONOTONIC=1)
  flame boot "${ordinary[@]}" --wait-for running
  expect_status 0
  expect_same "$(grep -c 'warning: the clock of this computer is' stderr)" 1
  word="ahead of"
  [ "$skew" = +1h ] || word=behind
  expect_in_stderr "$word AWS's; requests are signed with AWS's time"
done
with=()
