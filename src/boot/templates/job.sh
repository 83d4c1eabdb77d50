# shellcheck shell=sh disable=SC2154,SC2034
# Of the guard, for a command of `flame-ec2 run`: what it prints goes to whoever waits for it, and its
# status at the end. The command writes into two pipes; what was read of them stands in files until it
# has been sent, so that a command waits only for a channel that is far behind. Sent are parts:
#   into the store   objects out.00000000, out.00000001, …: a line of three lengths, then so many
#                    bytes of stdout, of stderr and of the packed artifacts
#   on the console   flame-ec2 NONCE out=STREAM at=OFFSET b64=TEXT .
# The console carries 4 KiB/s, after a first 16 KiB, and from what is too much only the end: EC2
# keeps its last 64 KiB alone. Read by src/fleet/output.cpp.
# Set above: artifacts stay.
k_part=4194304 k_ahead=67108864 k_line=3000 k_burst=16384 k_rate=4096 k_behind=262144

# size FILE: as n
size() { n=$(stat -c %s "$dir/$1" 2>/dev/null) || n=0; }
# sent FILE: as n
sent() {
  n=0
  read -r n 2>/dev/null <"$run/sent.$1" || :
}

# gather FILE: from the pipe of that name, until all that could write to it have ended.
gather() {
  exec <"$dir/$1.pipe"
  while size "$1" && before=$n && dd bs=65536 count=256 >>"$dir/$1" 2>/dev/null &&
    size "$1" && [ "$n" -gt "$before" ]; do
    while size "$1" && has=$n && sent "$1" && [ $((has - n)) -gt "$k_ahead" ]; do sleep 0.2; done
  done
}

# piece FILE FROM COUNT
piece() { tail -c "+$(($2 + 1))" "$dir/$1" 2>/dev/null | head -c "$3"; }

# done_with FILE UPTO: gives its blocks back.
done_with() {
  echo "$2" >"$run/sent.$1"
  [ "$2" -lt 1048576 ] || fallocate -p -o 0 -l "$2" "$dir/$1" 2>/dev/null || :
}

# store_part: sends what is there, at most k_part of each; 1 when there was nothing, 2 when it failed.
# A part that may have come is sent again as it was.
store_part() {
  if [ ! -e "$dir/part" ]; then
    lengths='' all=0
    for name in stdout stderr packed; do
      sent "$name"
      from=$n
      size "$name"
      n=$((n - from))
      [ "$n" -le "$k_part" ] || n=$k_part
      all=$((all + n)) lengths="$lengths${lengths:+ }$n"
    done
    [ "$all" -gt 0 ] || return 1
    echo "$lengths" >"$dir/part"
    for name in stdout stderr packed; do
      sent "$name"
      piece "$name" "$n" "${lengths%% *}" >>"$dir/part"
      lengths=${lengths#* }
    done
  fi
  share "$(printf 'out.%08d' "$part")" "$dir/part" || return 2
  read -r lengths <"$dir/part"
  for name in stdout stderr packed; do
    sent "$name"
    done_with "$name" $((n + ${lengths%% *}))
    lengths=${lengths#* }
  done
  rm -f "$dir/part"
  part=$((part + 1))
}

# print FILE FROM COUNT: on the console
print() {
  at=$2
  piece "$1" "$2" "$3" | base64 -w "$((k_line * 4 / 3))" | while read -r text || [ -n "$text" ]; do
    printf 'flame-ec2 %s out=%s at=%s b64=%s .\n' "$nonce" "$1" "$at" "$text"
    at=$((at + k_line))
  done >/dev/console
  done_with "$1" $(($2 + $3))
}

# left FILE: where the console goes on, as from, and how much there is, as n; what is too far behind is
# left out.
left() {
  sent "$1"
  from=$n
  size "$1"
  [ $((n - from)) -le "$k_behind" ] || from=$((n - k_burst))
  n=$((n - from))
}

# console_parts [last]: as much as the console may carry by now; at last the end of each, in any case.
console_parts() {
  clock
  credit=$((credit + (t - since) * k_rate / 100)) since=$t
  [ "$credit" -le "$k_burst" ] || credit=$k_burst
  most=$credit
  [ -z "${1-}" ] || most=$((k_burst + credit))
  left stdout
  out=$n
  left stderr
  err=$n
  # Half for each, and what one leaves of its half for the other.
  half=$((most / 2)) most_out=$((most - err))
  [ "$err" -le "$half" ] || most_out=$half
  [ "$out" -ge "$half" ] || half=$((most - out))
  for name in stdout stderr; do
    left "$name"
    most=$half
    [ "$name" = stderr ] || most=$most_out
    if [ "$n" -gt "$most" ]; then
      [ -z "${1-}" ] || from=$((from + n - most))
      n=$most
    fi
    [ "$n" -gt 0 ] || continue
    credit=$((credit - n))
    print "$name" "$from" "$n"
  done
}

# parts [last]: a store that cannot be reached is given up after some tries, for the console.
parts() {
  while [ -n "$prefix" ] && [ "$missed" -lt 5 ]; do
    why=0
    store_part || why=$?
    case $why in
    0) missed=0 ;;
    1) return 0 ;;
    *)
      missed=$((missed + 1))
      [ -n "${1-}" ] || return 0
      sleep 1
      ;;
    esac
  done
  console_parts "$@"
}

# The pipes end when what holds them does; something that has left the unit may hold them for ever.
until_gathered() {
  tries=0
  while kill -0 "$g1" 2>/dev/null || kill -0 "$g2" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || break
    sleep 0.02
  done
}

# What the command has left in $FLAME_EC2_ARTIFACTS, when there is a store to carry it.
pack() {
  [ -n "$artifacts" ] && [ -n "$prefix" ] && [ -n "$(ls -A "$dir/artifacts" 2>/dev/null)" ] || return 0
  tar -C "$dir/artifacts" -czf "$dir/packing" . && mv "$dir/packing" "$dir/packed"
}

# How many processes the kernel has ended for want of memory.
oom_kills() { grep -s '^oom_kill ' /proc/vmstat; }

# Of the command's unit, to who sends its output. Only the second kind of control groups counts what
# was ended for each.
leave_status() {
  ! grep -qs '^oom_kill [1-9]' "/sys/fs/cgroup/system.slice/$unit.service/memory.events" ||
    Result=oom-kill
  [ "$rc" != 137 ] || [ ! -e "$run/oom_kills" ] ||
    [ "$(oom_kills)" = "$(cat "$run/oom_kills")" ] || Result=oom-kill
  # Not by its own will, then; EC2 knows whose it was.
  [ "$(timeout 5 systemctl is-system-running)" != stopping ] || Result=shutdown
  echo "$rc $Result" >"$run/over.new" && mv "$run/over.new" "$run/over"
  timeout 3 /bin/sh -c "echo >$run/bell"
  exit
}

# output: from the start of the command to its end, and the end of the machine with it.
output() {
  command exec 3>/dev/console || command exec 3>/dev/null
  trap 'over=yes' TERM
  over='' mute=0 why='the machine was shut down before the command had ended' part=0 missed=0 credit=$k_burst rc='' result=''
  oom_kills >"$run/oom_kills"
  clock
  since=$t
  gather stdout &
  g1=$!
  gather stderr &
  g2=$!
  until [ -e "$run/over" ] || [ -n "$over" ]; do
    [ -e "$dir/guard" ] || lost
    parts
    timeout 1 cat "$run/bell" >/dev/null 2>&1 || [ "$?" = 124 ] || sleep 1 || lost
    unheard
  done
  [ ! -e "$run/over" ] || read -r rc result <"$run/over" || :
  until_gathered
  pack
  parts last
  totals=
  for name in stdout stderr packed; do
    size "$name"
    totals="$totals $name=$n"
  done
  # shellcheck disable=SC2086 # words
  if [ -n "$rc" ]; then
    stage stopped "rc=$rc" $totals "msg=$result"
  else
    failed at=command $totals "msg=$why"
  fi
  say_at_the_end
  [ -z "$stay" ] || exit 0
  eval "$off"
}

# What its unit should have said, and cannot.
unheard() {
  [ -e "$run/started" ] || return 0
  case $(systemctl is-active "$unit") in
  inactive | failed) mute=$((mute + 1)) ;;
  *) mute=0 ;;
  esac
  [ "$mute" -lt 15 ] || over=yes why='the command has ended, and its unit could not say how'
}

# Not even our own files are there any more, or no sleep: said by the shell alone, and done by force,
# since PID 1 may be unable to hear.
lost() {
  printf 'flame-ec2 %s stage=failed t=0.0 at=command msg=the files of the machine were removed .\n' "$nonce" >&3
  systemctl poweroff -ff || echo o >/proc/sysrq-trigger
  eval "$off"
  exit 1
}
