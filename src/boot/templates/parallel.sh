# shellcheck shell=sh disable=SC2034,SC2154
# One connection to S3 is slower than the machine: four at a time, in order. Set above: etag size.
all() {
  part=33554432 first=0 next=0 pids=''
  while [ "$((next * part))" -lt "$size" ] || [ -n "$pids" ]; do
    while [ "$((next * part))" -lt "$size" ] && [ "$((next - first))" -lt 4 ]; do
      last=$(((next + 1) * part - 1))
      [ "$last" -lt "$size" ] || last=$((size - 1))
      get "$((next * part))" "$last" >"$dir/part$next" &
      pids="$pids$! "
      next=$((next + 1))
    done
    wait "${pids%% *}" || return 1
    pids=${pids#* }
    cat "$dir/part$first" || return 1
    rm -f "$dir/part$first"
    first=$((first + 1))
  done
}
