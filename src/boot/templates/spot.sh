# shellcheck shell=sh disable=SC2154
# Beside all that follows, since a machine can be taken back before its release has started. Which
# market it is of, only metadata knows. Set above: interruption.
[ -z "$interruption" ] || decode "$interruption" >"$dir/interruption"
timeout 20 systemd-run -q --no-block --unit="$unit-spot" -p OOMScoreAdjust=-1000 \
  /bin/sh "$dir/guard" spot || :
