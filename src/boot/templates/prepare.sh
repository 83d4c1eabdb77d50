# shellcheck shell=sh disable=SC2034,SC2154
# What a command of `run` needs beside its unit. Set above: job run_as home stay index.
prepare_job() {
  output=$unit-output.service
  home="$home FLAME_EC2_ARTIFACTS=$dir/artifacts FLAME_EC2_INDEX=${index:-0}"
  mkfifo -m 600 "$dir/stdout.pipe" "$dir/stderr.pipe" "$run/bell"
  mkdir "$dir/artifacts"
  mv "$dir/start" "$dir/command"
  echo "exec >$dir/stdout.pipe 2>$dir/stderr.pipe" | cat - "$dir/command" >"$dir/start"
  [ -z "$run_as" ] || chown "$run_as:" "$dir/start" "$dir"/*.pipe "$dir/artifacts"
  # Who sends the output is stopped after the command, and powers off when all is sent. PID 1 does
  # when it fails, or is killed.
  (umask 022 && mkdir -p /run/systemd/system && cat >"/run/systemd/system/$output") <<FLAME
[Unit]
After=network.target
${stay:+#}SuccessAction=poweroff
FailureAction=poweroff
[Service]
OOMScoreAdjust=-1000
ExecStart=/bin/sh $dir/guard output
TimeoutStopSec=60
FLAME
}
