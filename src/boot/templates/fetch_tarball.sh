# shellcheck shell=sh disable=SC2034,SC2154
# Fetches a .tar.gz by a plain URL, which holds a secret: it goes in by stdin and never shows.
# curl's own --retry knows too few reasons on old images. Set above: url.
at=fetch
guard stage fetch
: >"$dir/bundle"
try=1
while :; do
  rc=0
  code=$(printf 'url = "%s"\n' "$url" | curl -gsSK - -o "$dir/bundle" -w '%{http_code}' \
    --connect-timeout 10 -y 30 -Y 1000 2>"$run/err") || rc=$?
  case $rc:$code in
  0:200) break ;;
  0:408 | 0:429 | 0:5?? | 5:* | 6:* | 7:* | 16:* | 18:* | 28:* | 35:* | 52:* | 55:* | 56:* | 92:*) ;;
  *) try=5 ;;
  esac
  if [ "$try" = 5 ]; then
    [ "$rc" = 0 ] || fail "$(words <"$run/err")" "$rc"
    fail "HTTP $code $(head -c 4096 "$dir/bundle" | tr -d '\n' |
      sed -n 's:.*<Code>\([^<]*\)</Code>\(.*<Message>\([^<]*\)\)*.*:\1 \3:p' | words)" 22
  fi
  sleep "$try"
  try=$((try + 1))
done

# Beside the release, so that half a bundle is never started. A pipe shows tar's status alone, and
# tar may be content with what gzip gave before it failed: the file "whole" carries gzip's.
at=unpack
guard stage unpack
rm -rf "$dir/new" "$dir/whole"
mkdir -m 755 "$dir/new"
: >"$run/err"
{ gzip -dc <"$dir/bundle" 2>>"$run/err" && touch "$dir/whole"; } |
  (umask 022 && tar -xof - -C "$dir/new" 2>>"$run/err") || rm -f "$dir/whole"
[ -e "$dir/whole" ] || fail "$(words <"$run/err")"
rm -f "$dir/bundle" "$dir/whole"
