# shellcheck shell=sh disable=SC2154
# /opt/flame/APP/guard: writes stage lines and powers the machine off. Called by the script, by its
# timers and by the units of the release; they may have any environment and a broken disk, so it
# goes on after every failure. Set above: app nonce began.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077
unset LD_PRELOAD LD_LIBRARY_PATH
dir=/opt/flame/$app
unit=flame-$app

# stage NAME [KEY=VALUE]... [msg=TEXT]: one line to log and console, read by src/fleet/stages.cpp.
# The point at the end shows that nothing was cut.
stage() {
  now=$began
  read -r now _ </proc/uptime
  t=$(((${now%.*} - ${began%.*}) * 100 + 1${now#*.} - 1${began#*.}))
  line="flame-ec2 $nonce stage=$1 t=$((t / 100)).$((t / 10 % 10))$((t % 10))"
  shift
  line="$line${*:+ $*} ."
  { printf '%s\n' "$line" >>/var/log/flame-ec2.log; } 2>/dev/null
  { printf '%s\n' "$line" >/dev/console; } 2>/dev/null
}

# Only the first failure is the reason.
failed() {
  [ ! -e "$dir/failed" ] || return 0
  touch "$dir/failed"
  stage failed "$@"
}

power_off() {
  systemd-run -q --on-active=120 --timer-property=DefaultDependencies=no \
    -p DefaultDependencies=no /bin/sh -c \
    'systemctl poweroff -f; sleep 30; echo o >/proc/sysrq-trigger'
  systemctl poweroff || systemctl poweroff -f || echo o >/proc/sysrq-trigger
}

# What tells this machine from one that was made from its image.
machine() {
  cat /sys/class/dmi/id/board_asset_tag /sys/class/dmi/id/product_uuid 2>/dev/null
}

verb=$1
shift
case $verb in
stage) stage "$@" ;;
failed)
  failed "$@"
  power_off
  ;;
machine) machine ;;
rebooted)
  [ "$(machine)" = "$(cat "$dir/machine")" ] || exit 0
  began=0.00
  rm -f "$dir/failed"
  failed at=reboot 'msg=the machine was rebooted'
  power_off
  ;;
# ExecStartPost: the release runs. The file disarms the bootstrap timer, whatever kind it is.
started)
  : >"$dir/started" || exit 1
  systemctl stop --no-block "$unit-bootstrap.timer" 2>/dev/null
  stage start
  ;;
# ExecStopPost: systemd gives EXIT_STATUS, a number or the name of a signal, and SERVICE_RESULT. A
# release may end before ExecStartPost has run; 200 to 243 are then systemd's own, who could not
# even execute it, unless it is sh with the user's command.
stopped)
  rc=${EXIT_STATUS:-1}
  n=128
  for name in HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM; do
    n=$((n + 1))
    [ "$rc" != "$name" ] || rc=$n
  done
  case $rc in *[!0-9]*) rc=128 ;; esac
  if [ ! -e "$dir/started" ] && [ ! -e "$dir/start" ] && [ "$rc" -ge 200 ] && [ "$rc" -le 243 ]; then
    failed at=start "rc=$rc" 'msg=systemd could not execute the release'
  else
    [ -e "$dir/started" ] || stage start
    touch "$dir/started"
    stage stopped "rc=$rc" "msg=${SERVICE_RESULT-}"
  fi
  power_off
  ;;
esac
