# shellcheck shell=sh disable=SC2034,SC2154
# The bundle's bytes, by a plain URL, which holds a secret: it goes in by stdin and never shows.
# curl's own --retry knows too few reasons on old images, and none when it writes to a pipe.
# Set above: url etag size ("" when unknown).
command -v curl >/dev/null || fail 'the image has no curl'

# ask OPTION...: curl for the bundle. What S3 signed is for one host: no redirect then.
ask() {
  case $url in
  *X-Amz-Date=*) ;;
  *) set -- -L "$@" ;;
  esac
  printf 'url = "%s"\n' "$url" | curl -qgsSK - --connect-timeout 10 -y 30 -Y 1000 "$@"
}

# why STATUS TEXT: the first reason that no bundle comes
why() { [ -e "$run/why" ] || echo "$@" >"$run/why"; }

# refused CODE: in S3's words. A clock that is wrong is not S3's to see.
refused() {
  [ "$1" != 412 ] || { echo 'HTTP 412: another bundle is there than was looked at' && return; }
  ask -D - -r 0-4095 -m 20 2>/dev/null | head -c 8192 | tr -d '\r' >"$run/page" || :
  there=$(sed -n 's/^[Dd]ate: //p' "$run/page")
  there=$(date -d "${there:-now}" +%s) || there=$(date +%s)
  off=$(($(date +%s) - there))
  echo "HTTP $1 $(tr -d '\n' <"$run/page" |
    sed -n 's:.*<Code>\([^<]*\)</Code>\(.*<Message>\([^<]*\)\)*.*:\1 \3:p')"
  [ "${off#-}" -lt 300 ] || echo "(the clock of this machine is ${off#-} s off)"
}

# get FIRST LAST: those bytes to stdout; "" is the last of all. A transfer that was cut goes on from
# there, with the same object.
get() {
  pos=$1 want=${2:+$(($2 + 1))} try=1 err=$run/curl.$1
  want=${want:-$size}
  while :; do
    rc=0
    if [ -n "$2" ]; then range=-r$pos-$2; else range=-C$pos; fi
    ask -f "$range" ${etag:+-H "If-Match: $etag"} \
      -w '%{stderr}\n%{http_code} %{size_download}\n' 2>"$err" || rc=$?
    code=0 got=0
    read -r code got <<FLAME
$(tail -n 1 "$err")
FLAME
    pos=$((pos + got))
    [ "$got" -lt 1000000 ] || try=1
    case $rc:$code:$2 in
    0:206:* | 0:200:) [ "$pos" != "${want:-$pos}" ] || return 0 ;;
    esac
    case $rc:$code in
    0:20?)
      why 18 "$pos bytes came, of ${want:-all}" "(HTTP $code)"
      return 1
      ;;
    22:408 | 22:429 | 22:5?? | 5:* | 6:* | 7:* | 16:* | 18:* | 28:* | 35:* | 52:* | 55:* | 56:* | 92:*)
      [ "$pos" != "$want" ] || return 0
      ;;
    23:*) # who reads has ended, for a reason of its own
      [ -n "$2" ] || return 1
      try=5
      ;;
    *) try=5 ;;
    esac
    if [ "$try" = 5 ]; then
      case $rc:$code in
      0:* | 22:*) why 22 "$(refused "$code" | words)" ;;
      60:*) why 60 "$(words <"$err"); the clock of this machine says $(date -u)" ;;
      *) why "$rc" "$(words <"$err")" ;;
      esac
      return 1
    fi
    sleep "$try"
    try=$((try + 1))
  done
}
