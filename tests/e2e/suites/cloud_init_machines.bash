# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Machines whose user data is run by cloud-init at their boot, as EC2's are: it asks the metadata service by
# IMDSv2, and its units and modules start the script. Each type of bundle, each end of a bootstrap, by each
# channel.
#   FLAME_CLOUD_INIT=bullseye|trixie   cloud-init and systemd of that Debian, in the place of this computer's
#   FLAME_SAMPLE=yes                   a few of the machines

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
release=${FLAME_CLOUD_INIT-}
[ -n "$release" ] ||
  /usr/bin/python3 -I -c 'import yaml, jinja2, configobj, jsonpatch, jsonschema, requests, oauthlib' 2>/dev/null ||
  skip "the Python packages that cloud-init needs are not there"
"$project/tests/cloud_init/system" "$work/system" "$release" >root 2>why || skip "$(cat why)"
at_end+=("umount $(cat root)/usr")
secrets+=(very-private-token)
mkdir -p s3/keep

# The same release as each type of bundle, and one that is none.
sandbox --machines nspawn --system "$(cat root)" --cloud-init
tar -C releases/hello -cf s3/bundles/hello.tar .
cp s3/bundles/hello.tar.gz s3/bundles/hello.tgz
zstd -q s3/bundles/hello.tar -o s3/bundles/hello.tar.zst
xz -k s3/bundles/hello.tar
mkdir -p s3/bundles/folder/bin && cp releases/hello/bin/hello s3/bundles/folder/bin/
echo "no archive" >s3/bundles/text.tar.gz

# A server of the web, whose certificate machines trust as any other. They reach no network but that of their
# own, in which it is put.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout web.key -out web.pem -days 2 \
  -subj /CN=web -addext subjectAltName=IP:127.0.0.1 2>openssl.log
mkdir -p "$(cat root)/etc/ssl/certs" && cat web.pem >>"$(cat root)/etc/ssl/certs/ca-certificates.crt"
cat >web.py <<'PYTHON'
import http.server, os, ssl
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain("web.pem", "web.key")
os.chdir("s3/bundles")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8443), http.server.SimpleHTTPRequestHandler)
server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
PYTHON

declare -A channel=([store]="--store s3://keep/flame/" [console]="" [neither]="--instance-type t2.micro --wait-for launched")
declare -A meets=() # of each case, what its end has to be
boots=()
# start CASE CHANNEL END ARGUMENT...: boots in a folder of its own, beside the others.
start() {
  local folder=cases/$1
  [ -z "${FLAME_SAMPLE-}" ] || [[ " gz unpack stopped " == *" $1 "* ]] || return 0
  meets[$1]=$3
  mkdir -p "$folder/outputs" "$folder/calls" && cp sandbox.env "$folder/"
  (
    cd "$folder" || exit 1
    # shellcheck disable=SC2086 # words
    flame boot --app hello --image-id ami-0123456789abcdef0 --max-lifetime 1h --output json --run-id "$1" \
      --env TOKEN=very-private-token --wait-for ready --boot-timeout 5m ${channel[$2]} "${@:4}"
    echo "$status" >status
  ) &
  boots+=($!)
}
# all_end CASE...: once all have ended, each as it has to.
all_end() {
  local case
  [ ${#boots[@]} -eq 0 ] || wait "${boots[@]}" # else it waits for the sandbox
  boots=()
  for case in "$@"; do
    [ -n "${meets[$case]-}" ] || continue
    cp "cases/$case/stdout" "outputs/$case.stdout"
    cp "cases/$case/stderr" "outputs/$case.stderr"
    cp "cases/$case/stdout" "cases/$case/stderr" .
    status=$(cat "cases/$case/status")
    id=$(id_of "$case")
    ${meets[$case]}
    unset "meets[$case]"
  done
}
id_of() { # CASE: its machine, once there is one
  control GET instances | jq -re --arg run "$1" '[.[] | select(.tags["flame-ec2:run-id"] == $run)][0].id'
}
serve_web() { # CASE
  [ -n "${meets[$1]-}" ] || return 0
  until_true 60 id_of "$1" >/dev/null || die "there is no machine of $1"
  until_true 60 pid_of_machine "$(id_of "$1")" >/dev/null || die "the machine of $1 has no process"
  nsenter --net="/proc/$(pid_of_machine "$(id_of "$1")")/ns/net" /usr/bin/python3 -I web.py >web.log 2>&1 &
  at_end+=("kill $!")
}
by_cloud_init() { # it was cloud-init, and EC2 for it
  wait_for_console "$id" "Datasource DataSourceEc2"
  expect_in console.txt "Cloud-init v. "
}
is_ready() {
  expect_status 0
  expect_json '.instances[0].stage' ready
  by_cloud_init
}
is_ready_in_store() {
  is_ready
  find "s3/keep/flame/runs/$case" -path '*/i-*/status' -exec grep -q stage=ready {} + || die "no status in the store"
}
is_ready_unsaid() {
  expect_status 0
  wait_for_console "$id" "stage=ready"
  by_cloud_init
}
fails() { # STAGE TEXT
  expect_status 9
  expect_json .error.stage "$1"
  expect_in_stderr "$2"
}
fails_to_fetch() { fails fetch "HTTP 403 AccessDenied"; }
fails_to_unpack() { fails unpack "bundle"; }
fails_its_digest() { fails unpack "the SHA-256 of the bundle is "; }
fails_to_set_up() { fails setup "setup command 1 failed with status 3"; }
stops_unready() { fails stopped "status 7"; }
stops_unsaid() {
  expect_status 0
  wait_for_end "$id"
  expect_in console.txt "stage=stopped"
  expect_in console.txt "rc=7"
}

TEST "a bundle of each type is ready, by the store, by the console, or without a word"
start gz store is_ready_in_store --bundle s3://bundles/hello.tar.gz
start tgz console is_ready --bundle s3://bundles/hello.tgz
start tar store is_ready_in_store --bundle s3://bundles/hello.tar
start zst console is_ready --bundle s3://bundles/hello.tar.zst
start xz neither is_ready_unsaid --bundle s3://bundles/hello.tar.xz
start folder console is_ready --bundle s3://bundles/folder/
start web console is_ready --bundle https://127.0.0.1:8443/hello.tar.gz \
  --bundle-sha256 "$(sha256sum s3/bundles/hello.tar.gz | cut -d' ' -f1)"
start web-other console fails_its_digest --bundle https://127.0.0.1:8443/hello.tgz --bundle-sha256 "$(printf '%064d' 7)"
serve_web web
serve_web web-other
start unpack console fails_to_unpack --bundle s3://bundles/text.tar.gz --no-inspect
start setup store fails_to_set_up --bundle s3://bundles/hello.tar.gz --setup-commands 'exit 3'
start start store stops_unready --bundle s3://bundles/hello.tar.gz --start-command 'exit 7'
start stopped neither stops_unsaid --bundle s3://bundles/hello.tar.gz --start-command 'sleep 3; exit 7'
all_end gz tgz tar zst xz folder web

TEST "what fails says where, by the store and by the console; what ends says with which status"
all_end setup unpack start stopped web-other
fault GetObject:AccessDenied
start fetch store fails_to_fetch --bundle s3://bundles/hello.tar.gz --no-inspect
start fetch-told console fails_to_fetch --bundle s3://bundles/hello.tar.gz --no-inspect
all_end fetch fetch-told
no_more_faults
[ ${#meets[@]} -eq 0 ] || die "nobody has looked at the end of ${!meets[*]}"
