# shellcheck shell=sh disable=SC2154
# Every way out of the script ends in the guard, and so does a reboot: cloud-init runs user data
# once, so a machine that comes back would run nothing, for ever.
at=boot
guard() { /bin/sh "$dir/guard" "$@"; }

# fail MESSAGE [STATUS]
fail() {
  trap - EXIT HUP INT TERM
  guard failed "at=$at" "rc=${2:-1}" "msg=$1" || eval "$off"
  exit 1
}
on_exit() {
  rc=$?
  [ ! -e "$run/started" ] || return 0
  [ "$at" != start ] || guard ended || :
  [ -e "$run/ended" ] || fail 'the script ended early' "$rc"
}
trap on_exit EXIT

# stdin as one short line, for a message
words() { LC_ALL=C tr -cs '[:print:]' ' ' | head -c 200; }
decode() { printf %s "$1" | base64 -d; }

guard machine >"$dir/machine" || :
umask 022
mkdir -p /etc/systemd/system/sysinit.target.wants
cat >"/etc/systemd/system/$unit-rebooted.service" <<FLAME
[Unit]
DefaultDependencies=no
After=local-fs.target
ConditionPathExists=!$run
FailureAction=poweroff
[Service]
Type=oneshot
ExecStart=/bin/sh $dir/guard rebooted
FLAME
umask 077
ln -sf "../$unit-rebooted.service" /etc/systemd/system/sysinit.target.wants/
guard stage boot
for tool in base64 tar; do
  command -v "$tool" >/dev/null || fail "the image has no $tool"
done
