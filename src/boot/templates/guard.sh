# shellcheck shell=sh disable=SC2154
# /opt/flame/APP/guard: writes stage lines and powers the machine off. Called by the script, by its
# timers and by the units of the release; they may have a full disk, so it goes on after every
# failure, and any environment, so it starts anew without. What it notes is in /run.
# Set above: PATH dir unit run nonce began keep off prefix ("" without a store); for a command of `run`
# also job, with job.sh.
[ "${clean-}" = "$nonce" ] || exec env -i clean="$nonce" PATH="$PATH" \
  FLAME_PARENT="${FLAME_PARENT:+yes}" /bin/sh "$0" "$@"
umask 077

# t: the time since the script's first line, in hundredths of a second
clock() {
  now=$began
  read -r now _ </proc/uptime
  t=$(((${now%.*} - ${began%.*}) * 100 + 1${now#*.} - 1${began#*.}))
}

# stage NAME [KEY=VALUE]... [msg=TEXT]: one line to log and console, read by src/fleet/stages.cpp.
# The point at the end shows that nothing was cut.
stage() {
  clock
  line="flame-ec2 $nonce stage=$1 t=$((t / 100)).$((t / 10 % 10))$((t % 10))"
  case $1 in failed | rebalance) ;; *) { echo "$1" >"$run/stage"; } 2>/dev/null ;; esac
  shift
  line="$line${*:+ $*} ."
  { printf '%s\n' "$line" >>/var/log/flame-ec2.log; } 2>/dev/null
  { printf '%s\n' "$line" >/dev/console; } 2>/dev/null
  [ -z "$prefix" ] || tell
}

# Only the first failure is the reason.
failed() {
  [ ! -e "$run/failed" ] || return 0
  touch "$run/failed"
  stage failed "$@"
}

note_start() {
  stage start
  echo "$t" >"$run/started"
}

# Whatever becomes of this shell, or of what it has to say.
say_at_the_end() { [ -z "$prefix" ] || timeout -k 1 25 /bin/sh "$0" words; }
power_off_at_the_end() { trap 'say_at_the_end; eval "$off"' EXIT; }

# What tells this machine from one that was made from its image.
machine() {
  cat /sys/class/dmi/id/board_asset_tag /sys/class/dmi/id/product_uuid 2>/dev/null
}

verb=$1
shift
case $verb in
# What failed for the time it took is not to go on.
stage) [ ! -e "$run/failed" ] && stage "$@" ;;
# With keep (keep_on_failure) the machine is left for a look, to its lifetime.
failed)
  case $keep:$1 in
  :* | *:at=lifetime) power_off_at_the_end ;;
  *) trap say_at_the_end EXIT ;;
  esac
  [ "$1" != at=bootstrap ] || set -- "$@" "(the last stage is $(cat "$run/stage"))"
  failed "$@"
  exit 0
  ;;
machine) machine ;;
output) output ;;
words) last_words ;;
spot) watch_spot ;;
rebooted)
  [ "$(machine)" = "$(cat "$dir/machine")" ] || exit 0
  power_off_at_the_end
  began=0.00
  mkdir -p "$run"
  failed at=reboot 'msg=the machine was rebooted'
  ;;
# ExecStartPost: the release runs. The file disarms the bootstrap timer, whatever kind it is. A release
# that ends at once does not cut it short: ExecStopPost comes after.
started)
  trap '' TERM
  note_start || exit 1
  systemctl stop --no-block "$unit-bootstrap.timer" 2>/dev/null || :
  ;;
# ExecStopPost of the release, and OnFailure, since the first shares what may be broken in its unit.
# 200 to 243 at once are systemd's own, who could not even execute the release, unless that is sh
# with the user's command. A release may end before ExecStartPost has run. A command of `run` only
# leaves its status to who sends its output, and then powers off.
ended)
  [ -n "$keep$job" ] || power_off_at_the_end
  mkdir "$run/ended" 2>/dev/null || exit 0
  [ -z "$keep" ] || trap say_at_the_end EXIT
  Result='' ExecMainCode=0 ExecMainStatus=0
  eval "$(timeout 20 systemctl show -p Result -p ExecMainCode -p ExecMainStatus "$unit" |
    grep -x '[A-Za-z]*=[a-z0-9-]*')"
  rc=$ExecMainStatus
  [ "$ExecMainCode" -lt 2 ] || rc=$((128 + rc))
  clock
  t0=$t
  [ ! -e "$run/started" ] || read -r t0 <"$run/started"
  lived=$(((t - t0) / 100))
  # 2 (killed) with exit-code: systemd did it, since ExecStartPost shares what is broken.
  if [ "$ExecMainCode" = 0 ] || [ "$ExecMainCode$Result" = 2exit-code ] ||
    { [ "$lived" = 0 ] && [ ! -e "$dir/start" ] && [ "$rc" -ge 200 ] && [ "$rc" -le 243 ]; }; then
    [ -n "$keep" ] || power_off_at_the_end
    failed at=start "rc=$rc" "msg=systemd could not execute the release: $Result"
    exit
  fi
  [ -n "$job" ] || power_off_at_the_end
  [ -e "$run/started" ] || note_start
  # FLAME's runner gives its parent 20 s, and then ends as if it had done its work.
  [ -z "${FLAME_PARENT-}" ] || [ "$rc" != 0 ] || [ "$lived" -lt 20 ] || [ "$lived" -gt 25 ] ||
    [ -e "$run/interrupted" ] ||
    failed at=parent rc=0 "msg=ended after $lived s, as a FLAME runner that cannot reach its parent"
  [ -z "$job" ] || leave_status
  stage stopped "rc=$rc" "msg=$Result"
  ;;
esac
