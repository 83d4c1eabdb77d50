# shellcheck shell=sh disable=SC2154
# Of the guard, with a store: what the machine says also goes to the store, under the machine's id. That may fail
# and take its time, and no release waits for it.
imds() { curl -qsf --noproxy '*' -m 2 "$@"; }
# share NAME FILE
share() {
  # shellcheck disable=SC2015 # whichever of them fails
  [ -s "$run/id" ] || {
    token=$(imds -X PUT -H 'Content-Length: 0' -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
      http://169.254.169.254/latest/api/token) &&
      imds -H "X-aws-ec2-metadata-token: $token" \
        http://169.254.169.254/latest/meta-data/instance-id ||
      cat /var/lib/cloud/data/instance-id
  } >"$run/id"
  curl -qfsS --connect-timeout 4 -m 8 -o /dev/null -K "$dir/store" \
    --form-string "key=$prefix$(cat "$run/id")/$1" -F "file=@$2;type=text/plain"
}

# The stages so far. One at a time, so that the last to write is the one that knows most.
tell() {
  {
    flock -w 10 9
    grep "^flame-ec2 $nonce " /var/log/flame-ec2.log >"$run/status"
    share status "$run/status"
  } 9>"$run/lock" </dev/null >/dev/null 2>&1 &
}

# All that is left to say, within half a minute: what it runs in has no longer.
last_words() {
  tell
  tail -c 1048576 /var/log/flame-ec2.log >"$run/log"
  timeout 5 journalctl -q --no-pager -u "$unit" | tail -c 1048576 >"$run/journal"
  share log "$run/log" &
  share journal "$run/journal" &
  wait
}
