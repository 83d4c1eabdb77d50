# shellcheck shell=sh disable=SC2034,SC2154
# Ready is what has run for 2 s, and what the user's command says. Set above: ready timeout began
# run_as.
at=ready
sleep 2
try() {
  [ "$ready" ] || return 0
  decode "$ready" >"$dir/ready"
  [ -z "$run_as" ] || chown "$run_as:" "$dir/ready"
  timeout 40 systemd-run -q --wait -p RuntimeMaxSec=30 -p "WorkingDirectory=$dir/release" \
    -p "EnvironmentFile=$run/env" -p "Environment=LANG=C.UTF-8$home" ${run_as:+-p "User=$run_as"} \
    /bin/sh "$dir/ready" 2>"$run/err"
}
while :; do
  case $(systemctl is-active "$unit") in
  activating) ;;
  active) ! try || { guard stage ready && break; } ;;
  *) break ;;
  esac
  read -r now _ </proc/uptime
  [ "$((${now%.*} - ${began%.*}))" -le "$timeout" ] || fail "not ready within $timeout s"
  sleep 1
done
