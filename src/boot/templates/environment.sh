# shellcheck shell=sh disable=SC2030,SC2031,SC2034,SC2154
# The environment is an object of its own, since who can read user data is not to read it.
# Set above: env_url.
at=fetch
(
  url=$env_url etag='' size=''
  get 0 '' >"$run/vars"
) || {
  read -r rc reason <"$run/why" || :
  fail "the environment: ${reason:-nothing}" "${rc:-1}"
}
