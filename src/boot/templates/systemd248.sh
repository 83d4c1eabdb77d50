# shellcheck shell=sh disable=SC2154
# Some value holds a control character, and an older systemd drops such a variable in silence.
for version in $(systemctl --version); do
  case $version in [0-9]*) break ;; esac
done
[ "${version%%[!0-9]*}" -ge 248 ] ||
  fail "systemd $version of the image cannot load values with control characters, 248 can"
