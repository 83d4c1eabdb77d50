# shellcheck shell=sh disable=SC2034,SC2154
# Sets up and starts the release's unit. Set above: run_as setup env_url vars ip_vars ip start
# stop deny; for a command of `run` also job, and prepare_job.
# Commands are files for sh, so that nobody between the user and that shell reads their quotes.
at=setup
[ -z "$setup" ] || guard stage setup
cd "$dir/release" || fail "no release in $dir"
n=0
for text in $setup; do
  n=$((n + 1))
  decode "$text" >"$dir/setup"
  (umask 022 && exec /bin/sh "$dir/setup" </dev/null) || fail "setup command $n failed with status $?" "$?"
done
cd /

# Root's alone, and never on a disk; systemd reads it before it leaves root. Our lines are right in
# every version of it.
{
  if [ -n "$env_url" ]; then cat "$run/vars"; else decode "$vars"; fi
  for line in $ip_vars; do
    decode "$line"
    printf '%s"\n' "$ip"
  done
} >"$run/env"
rm -f "$run/vars"

command="$dir/release/bin/$app start" kill=mixed home=' HOME=/root'
if [ -n "$start" ]; then
  # The shell waits for the command, and both are to get the signal.
  command="/bin/sh $dir/start" kill=control-group
  decode "$start" >"$dir/start"
fi
if [ -n "$stop" ]; then
  # systemd runs it after an end of its own accord too; then there is nothing to stop.
  echo "test -n \"\$MAINPID\" || exit 0" >"$dir/stop"
  decode "$stop" >>"$dir/stop"
fi
if [ -n "$run_as" ]; then
  home=
  id "$run_as" >/dev/null 2>&1 || useradd -r -M -d "$dir/release" "$run_as" ||
    fail "cannot create the user $run_as"
  chown -R "$run_as:" "$dir/release"
  for file in "$dir/start" "$dir/stop" "$dir/interruption"; do
    [ ! -e "$file" ] || chown "$run_as:" "$file"
  done
fi

[ -z "${job-}" ] || prepare_job

# What the guard cannot say and do from within the unit, it does from another. The power off, which
# PID 1 begins at the same time, waits for its word.
umask 022
mkdir -p /run/systemd/system
cat >"/run/systemd/system/$unit-ended.service" <<FLAME
[Unit]
DefaultDependencies=no
Before=shutdown.target
[Service]
Type=oneshot
TimeoutStartSec=60
ExecStart=/bin/sh $dir/guard ended
FLAME

# RuntimeMaxSec is for a lifetime timer that failed: later, so that the timer's word is the reason.
# In /run, so that no image made of this machine has it. The two actions are PID 1's own: they work
# where the guard cannot even be run. Not Type=exec: systemd 247 hangs, for ever and as a whole, when
# such a service ends at once.
cat >"/run/systemd/system/$unit.service" <<FLAME
[Unit]
Description=$app, by flame-ec2
Wants=network-online.target${job:+ $output}
After=network-online.target${job:+ $output}
OnFailure=$unit-ended.service
${job:+#}SuccessAction=poweroff
${keep:+#}${job:+#}FailureAction=poweroff
[Service]
Type=simple
${run_as:+User=$run_as}
WorkingDirectory=$dir/release
Environment=LANG=C.UTF-8$home
EnvironmentFile=$run/env
ExecStart=$command
ExecStartPost=+/bin/sh $dir/guard started
${stop:+ExecStop=-/bin/sh $dir/stop}
ExecStopPost=+/bin/sh $dir/guard ended
TimeoutStopSec=30
KillMode=$kill
LimitNOFILE=1048576
${job:+OOMPolicy=continue}
${deny:+IPAddressDeny=$deny}
StandardOutput=journal+console
SyslogIdentifier=$app
${lifetime:+RuntimeMaxSec=$((lifetime + 30))}
FLAME

at=start
# Never waits: the unit may be ordered after cloud-init, which waits for this script.
systemctl start --no-block "$unit" 2>"$run/err" || {
  systemctl daemon-reload
  systemctl start --no-block "$unit" 2>"$run/err" || fail "$(words <"$run/err")"
}
until [ -e "$run/started" ]; do
  [ "$(systemctl is-active "$unit")" != failed ] || exit 1
  sleep 1
done
