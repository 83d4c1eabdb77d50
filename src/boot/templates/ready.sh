# shellcheck shell=sh disable=SC2034,SC2154
# Ready is what has run for 2 s, and what the user's command says. Set above: timeout began, and with
# such a command try() and last_try().
at=ready
sleep 2
while :; do
  read -r now _ </proc/uptime
  left=$((timeout + ${began%.*} - ${now%.*}))
  [ "$left" -gt 0 ] || fail "not ready within $timeout s$(last_try)"
  case $(systemctl is-active "$unit") in
  activating) ;;
  active) ! try || { guard stage ready && break; } ;;
  *) break ;;
  esac
  sleep 1
done
