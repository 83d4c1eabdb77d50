# shellcheck shell=sh disable=SC2154
# Of the guard, for what may be a spot machine. EC2's notice comes two minutes before it takes the
# machine back, its hint some time before that, and both are to be asked for. The release gets all
# of that time but what its last words need.
# Source: EC2 User Guide, "Spot Instance interruption notices".
ask() { curl -qsf --noproxy '*' -m 2 "$@"; }
# meta PATH...: what metadata says of each, one behind the other; nothing of what is not there.
meta() {
  for path do
    shift
    set -- "$@" "http://169.254.169.254/latest/meta-data/$path"
  done
  ask -H "X-aws-ec2-metadata-token: $token" "$@"
}

watch_spot() {
  token='' life='' polls=0
  while [ "${life:-spot}" = spot ]; do
    if [ -z "$token" ] || [ $((polls % 700)) = 0 ]; then
      token=$(ask -X PUT -H 'Content-Length: 0' -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600' \
        http://169.254.169.254/latest/api/token)
    fi
    polls=$((polls + 1))
    if [ -z "$life" ]; then
      life=$(meta instance-life-cycle)
    else
      hear "$(meta spot/instance-action events/recommendations/rebalance)"
    fi
    sleep 5 || exit
  done
}

# hear NEWS: two objects of JSON at most. The hint alone is only said.
hear() {
  case $1 in
  *'"noticeTime"'*)
    ! mkdir "$run/rebalance" 2>/dev/null || stage rebalance 'msg=EC2 may take the machine back soon'
    ;;
  esac
  case $1 in
  *'"action"'*) ;;
  *) return 0 ;;
  esac
  at=$(printf '%s\n' "$1" | sed -n 's/.*"time" *: *"\([0-9TZ:.-]*\)".*/\1/p')
  left=$(($(date -d "$at" +%s) - $(date +%s))) || left=0
  # A notice that is over is one of a clock that is wrong.
  if [ "$left" -lt 1 ] || [ "$left" -gt 120 ]; then left=90; fi
  touch "$run/interrupted"
  stage interrupted "at=$at" 'msg=EC2 takes the machine back'
  spare=$((left / 4))
  [ "$spare" -lt 15 ] || spare=15
  left=$((left - spare))
  if [ -e "$run/started" ]; then
    stop_release
  else
    # Nothing runs that could be stopped. Who waits for the start is to hear why it does not come.
    touch "$run/failed"
    power_off_at_the_end
    [ "$left" -lt 10 ] || left=10
    sleep "$left"
  fi
  exit 0
}

# The command of on_interruption leaves the release what it has at any stop, or half.
stop_release() {
  most=$((left - 30))
  [ "$most" -gt $((left / 2)) ] || most=$(((left + 1) / 2))
  umask 022
  mkdir -p "/run/systemd/system/$unit.service.d"
  {
    echo "[Service]
TimeoutStopSec=150
Environment=FLAME_EC2_INTERRUPTION=$at"
    if [ -e "$dir/interruption" ]; then
      echo "ExecStop=
ExecStop=-/bin/sh -c 'timeout $most /bin/sh $dir/interruption'"
      [ ! -e "$dir/stop" ] || echo "ExecStop=-/bin/sh $dir/stop"
    fi
  } >"/run/systemd/system/$unit.service.d/interruption.conf"
  systemctl daemon-reload
  timeout "$left" systemctl stop "$unit" || systemctl kill -s KILL "$unit"
}
