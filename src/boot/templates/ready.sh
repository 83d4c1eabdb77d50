# shellcheck shell=sh disable=SC2034,SC2154
# Ready is what has run for 2 s, and what the user's command says. Set above: ready timeout began
# run_as.
at=ready how=
sleep 2
# Has 30 s, and never more than 2 s beyond what is left, which a quick command takes on a busy machine.
# systemd-run has any status then.
try() {
  [ "$ready" ] || return 0
  decode "$ready" >"$dir/ready"
  [ -z "$run_as" ] || chown "$run_as:" "$dir/ready"
  limit=$((left < 28 ? left + 2 : 30)) rc=0
  timeout 40 systemd-run --wait --collect --unit "$unit-try" -p "RuntimeMaxSec=$limit" \
    -p TimeoutStopSec=1 -p "WorkingDirectory=$dir/release" \
    -p "EnvironmentFile=$run/env" -p "Environment=LANG=C.UTF-8$home" ${run_as:+-p "User=$run_as"} \
    /bin/sh "$dir/ready" 2>"$run/err" || rc=$?
  [ "$rc" != 0 ] || return 0
  how=", the ready command failed with status $rc"
  ! grep -q 'result: timeout' "$run/err" || how=", the ready command still ran after $limit s"
  return 1
}
while :; do
  read -r now _ </proc/uptime
  left=$((timeout + ${began%.*} - ${now%.*}))
  [ "$left" -gt 0 ] || fail "not ready within $timeout s$how$(
    timeout 5 journalctl -q -u "$unit-try" -t sh -o cat -n 1 | sed 's/^/: /' | words
  )"
  case $(systemctl is-active "$unit") in
  activating) ;;
  active) ! try || { guard stage ready && break; } ;;
  *) break ;;
  esac
  sleep 1
done
