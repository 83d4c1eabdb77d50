# shellcheck shell=sh disable=SC2034,SC2154
# The files of a folder on S3, each by a URL of its own, as one tar. S3 keeps no modes: programs are
# known by their place, scripts by their first line.
# Set above: base query, and a file a line in "bundle": program size etag signature place path.
tab=$(printf '\t')
all() {
  umask 022
  rm -rf "$dir/files"
  mkdir "$dir/files"
  while IFS=$tab read -r program size etag signature place path; do
    [ "$etag" != - ] || etag=
    [ "$place" != = ] || place=$path
    url="$base$place?$query$signature"
    file=$dir/files/$path
    mkdir -p "${file%/*}"
    get 0 '' >"$file" || return 1
    [ "$(head -c 2 "$file" | tr -d '\0')" != '#!' ] || program=x
    [ "$program" != x ] || chmod 755 "$file"
  done <"$dir/bundle"
  tar -C "$dir/files" -cf - . && rm -rf "$dir/files" "$dir/bundle"
}
