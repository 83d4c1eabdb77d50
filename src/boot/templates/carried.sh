# shellcheck shell=sh disable=SC2034,SC2154
# The bundle's bytes, which the user data carried here: no network is needed for them.
all() { base64 -d "$dir/bundle" 2>>"$run/err" && rm -f "$dir/bundle"; }
