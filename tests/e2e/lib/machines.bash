# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# For suites whose machines really run.

needs_machines() {
  # Also not root of a namespace that only maps us.
  if [ "$(id -u)" -ne 0 ] || ! grep -qE '^ +0 +0 ' /proc/self/uid_map; then skip "machines need root"; fi
  command -v systemd-nspawn >/dev/null || skip "systemd-nspawn is not there"
}

# bundle NAME FOLDER: s3/bundles/NAME from what is in FOLDER.
bundle() {
  mkdir -p s3/bundles
  tar -C "$2" -czf "s3/bundles/$1" .
}

console() { control GET "instances/$1/console" | tr -d '\r'; } # ID

is_gone() { [ "$(state_of "$1")" = terminated ]; }
on_console() { # ID TEXT
  console "$1" >console.txt
  grep -qF -- "$2" console.txt
}
# wait_for_console ID TEXT, wait_for_end ID: a failure shows the console.
wait_for_console() {
  until_true 90 on_console "$1" "$2" || die "\"$2\" never came to the console: $(cat console.txt)"
}
wait_for_end() {
  until_true 90 is_gone "$1" || die "$1 is $(state_of "$1"); its console: $(console "$1")"
  console "$1" >console.txt
}

# cable ID ADDRESS PARENT: a wire from the machine to the parent's address here, since machines have no
# network but to AWS.
cable() {
  local leader
  until_true 60 pid_of_machine "$1" >/dev/null || die "the machine has no process: $(console "$1")"
  leader=$(pid_of_machine "$1")
  ip link add "to-$3" type veth peer name "from-$3" netns "/proc/$leader/ns/net"
  ip link set "to-$3" up
  ip route add "$2/32" dev "to-$3" src "$3"
  nsenter --net="/proc/$leader/ns/net" sh -c "
    ip link set 'from-$3' up && ip route add $3/32 dev 'from-$3' src $2"
}
pid_of_machine() { pgrep -f -o "systemd-nspawn.*$1"; } # ID
