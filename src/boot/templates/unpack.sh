# shellcheck shell=sh disable=SC2034,SC2154
# Fetches, unpacks and verifies at once, beside the release, so that half a bundle is never started.
# Set above: unpack sha256 size most.
at=unpack
command -v "${unpack%% *}" >/dev/null || fail "the image has no ${unpack%% *}, for this bundle"
at=fetch
guard stage fetch
if [ -n "$size" ]; then
  free=$(df -Pk "$dir" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\) .*/\1/p')
  [ "$((size / 1024))" -lt "${free:-$size}" ] ||
    fail "the bundle has $size bytes, and the disk has room for $free KiB"
fi
# A pipe shows tar's status alone, and tar may be content with what it got before a failure: the
# marks carry the others'. Anew where a server cannot go on with what was cut (curl's 33).
rc=33 round=1
while [ "$rc" = 33 ] && [ "$round" -le 3 ]; do
  rc=0 round=$((round + 1)) pipe=/dev/null sum=$sha256
  rm -rf "$dir/new" "$dir"/part* "$run/why"
  mkdir -m 755 "$dir/new"
  : >"$run/err"
  if [ -n "$sha256" ]; then
    pipe=$run/pipe
    [ -p "$pipe" ] || mkfifo "$pipe"
    sha256sum <"$pipe" >"$run/sum" &
  fi
  { all && guard stage unpack && : >"$run/got"; } | tee "$pipe" |
    { $unpack 2>>"$run/err" && : >"$run/whole"; } |
    (umask 022 && LC_ALL=C tar -xof - -C "$dir/new" 2>>"$run/err") || rm -f "$run/whole"
  if [ -n "$sha256" ]; then
    wait "$!" || :
    read -r sum _ <"$run/sum"
  fi
  [ ! -e "$run/why" ] || read -r rc reason <"$run/why"
done
[ "$rc" = 0 ] || fail "$reason" "$rc"
at=unpack
if [ ! -e "$run/got" ] || [ ! -e "$run/whole" ]; then
  rm -rf "$dir/new" # which may have filled the disk
  fail "$(words <"$run/err")"
fi
[ "$sum" = "$sha256" ] || fail "the SHA-256 of the bundle is $sum, not $sha256"

# Nothing of a bundle belongs elsewhere. tar has left out or renamed what would have gone there.
! grep -q 'emoving leading' "$run/err" || fail "of the bundle: $(words <"$run/err")"
cd "$dir/new" || fail 'no folder for the bundle'
[ "$(find . | head -n "$((most + 2))" | wc -l)" -le "$((most + 1))" ] ||
  fail "the bundle has more than $most entries" # than its folder and so many in it
odd=$(find . ! -type d ! -type f ! -type l | head -n 1 | words)
[ -z "$odd" ] || fail "$odd of the bundle is no file, folder or link"
cat >"$run/links" <<'FLAME'
here=$(pwd -P)
for link do
  case $(readlink "$link") in
  /*) ;;
  *) case $(readlink -m "$link") in "$here" | "$here"/*) continue ;; esac ;;
  esac
  printf '%s\n' "$link"
done
FLAME
odd=$(find . -type l -exec /bin/sh "$run/links" {} + | head -n 1 | words)
[ -z "$odd" ] || fail "$odd of the bundle is a link that leads out of it"
cd /
