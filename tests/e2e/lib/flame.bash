# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # status, pid: read by the suites
# Runs flame-ec2 as a user does: a clean environment, the sandbox's credentials, output into files.

status=0
pid=0
calls=0
arguments=() # of the call
signal_when="" # text on stderr or in the sandbox's log that …
signal_name="" # … is answered by this signal

# flame_environment: what the binary gets to see, one variable a line. `env -i`: the developer's own
# AWS profile must never be reached.
flame_environment() {
  printf '%s\n' PATH=/usr/bin:/bin HOME="$work/home" LC_ALL=C.UTF-8 AWS_EC2_METADATA_DISABLED=true
  [ ! -f sandbox.env ] || plain_env_file sandbox.env
  [ -z "$waits" ] || printf '%s\n' "FLAME_EC2_WAIT_FOR=$waits"
  [ ${#with[@]} -eq 0 ] || printf '%s\n' "${with[@]}"
}
with=() # more variables, for the calls that follow: with=(A=b)
waits="" # until what a boot waits, when it does not say; "": as users get it

# plain_env_file FILE: its NAME=value lines, without "export" and quotes.
plain_env_file() { sed -nE "s/^(export )?([A-Z0-9_]+)=['\"]?([^'\"]*)['\"]?$/\2=\3/p" "$1"; }

flame_start() { # ARGUMENT...
  local environment=()
  mapfile -t environment < <(flame_environment)
  arguments=("$@")
  : >stdout; : >stderr # now, so that nobody reads what the call before said
  # A signal that we were told to ignore would stay ignored.
  env -i --default-signal "${environment[@]}" "$binary" "$@" >stdout 2>stderr </dev/null &
  pid=$!
}

flame_wait() {
  status=0
  wait "$pid" || status=$?
  keep_output
}

# Every output of every call is searched for secrets when the suite ends, and what is JSON compared with
# docs/schemas.
keep_output() {
  calls=$((calls + 1))
  [ ${#arguments[@]} -eq 0 ] || printf '%s\0' "${arguments[@]}" >"calls/$calls.args"
  arguments=()
  cp stdout "outputs/$calls.stdout"
  cp stderr "outputs/$calls.stderr"
}

flame() { # ARGUMENT...
  flame_start "$@"
  if [ -n "$signal_when" ]; then
    until_true 20 said "$signal_when" || die "\"$signal_when\" was never said"
    kill -"$signal_name" "$pid"
  fi
  flame_wait
}

# The same, with the right to print secrets: --show-secrets.
flame_showing_secrets() {
  flame "$@"
  rm "outputs/$calls.stdout"
}

said() { grep -qF -- "$1" stderr sandbox.log 2>/dev/null; }

# signalled_when TEXT SIGNAL ARGUMENT...: flame, and the signal once TEXT was said.
flame_signalled_when() {
  signal_when=$1 signal_name=$2
  shift 2
  flame "$@"
  signal_when=""
}

# Values that must not be in any output of the suite. The sandbox's keys are always among them.
secrets=()
find_secrets() {
  local keys=()
  [ ! -f all.env ] || mapfile -t keys < <(plain_env_file all.env | sed -nE 's/^AWS_(SECRET_ACCESS_KEY|SESSION_TOKEN)=//p')
  [ ${#secrets[@]} -gt 0 ] || [ ${#keys[@]} -gt 0 ] || return 0
  printf '%s\n' "${secrets[@]}" "${keys[@]}" X-Amz-Signature= >secrets
  python3 -I "$here/lib/find_secrets.py" secrets outputs || die "a secret is in the output"
}

# Of the distributions' python3-jsonschema only, so that it costs nothing to install.
check_schemas() {
  [ -n "$(ls calls)" ] && python3 -I -c 'import jsonschema' 2>/dev/null || return 0
  python3 -I "$here/lib/check_schemas.py" "$project/docs/schemas/v1.json" calls outputs ||
    die "JSON that is not as docs/schemas/v1.json has it"
}
