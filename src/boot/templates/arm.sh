# shellcheck shell=sh disable=SC2154,SC2034
# The first lines on the machine, run as root by cloud-init. Whatever goes wrong from here on, the
# machine powers off: nothing before the timers can fail or block.
# Set above: app nonce timeout lifetime.
set -eu
began=0.00
read -r began _ </proc/uptime || :
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=/root
export PATH HOME
dir=/opt/flame/$app
unit=flame-$app

# `halt` would leave the machine running and billed.
off='systemctl poweroff || systemctl poweroff -f || echo o >/proc/sysrq-trigger'
trap 'eval "$off"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# timer NAME SECONDS UNLESS MESSAGE: powers the machine off. The unit survives the shutdown that it
# starts (DefaultDependencies=no), so that the guard can force it. Where PID 1 does not answer, a
# sleeping process has to do.
timer() {
  run="$3/bin/sh $dir/guard failed at=$1 'msg=$4' || $off"
  timeout 20 systemd-run -q --unit="$unit-$1" --on-active="$2" \
    --timer-property=AccuracySec=1s -p DefaultDependencies=no /bin/sh -c "$run" || {
    setsid /bin/sh -c "sleep $2; $run" </dev/null >/dev/null 2>&1 &
  }
}
timer bootstrap "$timeout" "[ -e $dir/started ] || " "not started within $timeout s"
[ -z "$lifetime" ] || timer lifetime "$lifetime" '' "the lifetime of $lifetime s is over"

# Others may enter (run_as), but only root may read: the guard's file holds the nonce.
umask 022
mkdir -p "$dir"
umask 077
rm -f "$dir/started" "$dir/failed" "$dir/start" "$dir/stop"
printf 'app=%s nonce=%s began=%s\n' "$app" "$nonce" "$began" >"$dir/guard"
