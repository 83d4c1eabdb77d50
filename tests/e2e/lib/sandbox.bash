# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # set by tests/e2e/run, or read by suites
# A sandbox of the suite's own, on a free port of the loopback interface.

sandbox_pid=0

# sandbox OPTION...: (re)starts it; without --machines its machines only exist. The credentials and
# the endpoint are in sandbox.env afterwards, the objects of bucket B in s3/B/.
sandbox() {
  sandbox_stop
  [ -e s3/bundles/hello.tar.gz ] || release_bundle hello
  rm -f sandbox.env
  local machines=(--machines none)
  waits=running # what only exists is never ready
  [[ " $* " != *" --machines "* ]] || machines=() waits=""
  "$sandbox_binary" --port 0 --s3 "$work/s3" --env-file sandbox.env "${machines[@]}" "$@" \
    >>sandbox.log 2>&1 </dev/null &
  sandbox_pid=$!
  until_true 20 test -s sandbox.env || die "the sandbox did not start: $(tail -n 5 sandbox.log)"
  cat sandbox.env >>all.env
  endpoint=$(of_sandbox AWS_ENDPOINT_URL)
}

# release_bundle APP: s3/bundles/APP.tar.gz, a release that only sleeps.
release_bundle() {
  mkdir -p s3/bundles "releases/$1/bin"
  printf '#!/bin/sh\nexec sleep 3600\n' >"releases/$1/bin/$1"
  chmod +x "releases/$1/bin/$1"
  tar -C "releases/$1" -czf "s3/bundles/$1.tar.gz" .
}

# moto_bundle APP: the same in moto's S3, before it asks who it is.
moto_bundle() {
  release_bundle "$1"
  curl -sS --fail -X PUT "$endpoint/bundles" >put
  curl -sS --fail -T "s3/bundles/$1.tar.gz" "$endpoint/bundles/$1.tar.gz" >put
}

sandbox_stop() {
  [ "$sandbox_pid" -ne 0 ] || return 0
  kill -TERM "$sandbox_pid" 2>/dev/null || true
  wait "$sandbox_pid" 2>/dev/null || true
  sandbox_pid=0
}

# of_sandbox NAME: a value of sandbox.env.
of_sandbox() { plain_env_file sandbox.env | sed -n "s/^$1=//p"; }

# ec2 ACTION [NAME=VALUE...]: asks the sandbox without a line of flame-ec2's code.
ec2() {
  local action=$1
  shift
  curl -sS --aws-sigv4 "aws:amz:$(of_sandbox AWS_REGION):ec2" \
    --user "$(of_sandbox AWS_ACCESS_KEY_ID):$(of_sandbox AWS_SECRET_ACCESS_KEY)" \
    --data "Action=$action&Version=2016-11-15$(printf '&%s' "$@")" "$endpoint/"
}

# control METHOD PATH [CURL_ARGUMENT...]: the sandbox's own pages, with the truth about its machines.
control() {
  curl -sS --fail -X "$1" -H "Authorization: Bearer $(of_sandbox AWS_SECRET_ACCESS_KEY)" \
    "$endpoint/_sandbox/$2" "${@:3}"
}
machines() { control GET instances | jq -r '.[] | "\(.id)\t\(.state)"'; } # of all, one a line
live_machines() { machines | grep -E '	(pending|running|stopping|stopped)$' | cut -f1 || true; }
state_of() { machines | sed -n "s/^$1	//p"; }
fault() { control POST faults --data-binary "$1" >/dev/null; }
no_more_faults() { control DELETE faults >/dev/null; }
asked() { control GET requests | jq -r '.[].action'; } # actions, one a line

expect_machines() { # N: so many live
  local live
  live=$(live_machines)
  [ "$(grep -c . <<<"$live")" = "$1" ] || die "expected $1 machines to live, but: ${live:-none}"
}
