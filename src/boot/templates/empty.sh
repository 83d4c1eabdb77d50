# shellcheck shell=sh disable=SC2154
# There is no bundle: the command runs in an empty folder.
(umask 022 && mkdir -p "$dir/release")
