# shellcheck shell=sh disable=SC2034,SC2154
# The user's command that says whether the release is ready. Set above: ready run_as.
# A try has 30 s, and never more than 2 s beyond what is left, which a quick command takes on a busy
# machine. systemd-run has any status then.
failed=
try() {
  decode "$ready" >"$dir/ready"
  [ -z "$run_as" ] || chown "$run_as:" "$dir/ready"
  limit=$((left < 28 ? left + 2 : 30)) rc=0
  timeout 40 systemd-run --wait --collect --unit "$unit-try" -p "RuntimeMaxSec=$limit" \
    -p TimeoutStopSec=1 -p "WorkingDirectory=$dir/release" \
    -p "EnvironmentFile=$run/env" -p "Environment=LANG=C.UTF-8$home" ${run_as:+-p "User=$run_as"} \
    /bin/sh "$dir/ready" 2>"$run/err" || rc=$?
  [ "$rc" != 0 ] || return 0
  failed=", the ready command failed with status $rc"
  ! grep -q 'result: timeout' "$run/err" || failed=", the ready command still ran after $limit s"
  return 1
}
last_try() {
  echo "$failed$(timeout 5 journalctl -q -u "$unit-try" -t sh -o cat -n 1 | sed 's/^/: /' | words)"
}
