# shellcheck shell=sh disable=SC2154,SC2034
# The first lines on the machine, run as root by cloud-init. Whatever goes wrong from here on, the
# machine powers off: nothing before the timers can fail or block.
# Set above: app nonce timeout lifetime keep.
set -eu
began=0.00
read -r began _ </proc/uptime || :
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=/root
export PATH HOME
dir=/opt/flame/$app
unit=flame-$app
run=/run/$unit

# The power off, for eval and sh -c: in order; by force where PID 1 refuses, or has not done it after
# 120 s; 30 s later by the kernel. `halt` would leave the machine running and billed. What waits
# survives the shutdown (DefaultDependencies=no), or else the end of the unit that it comes from, in
# PID 1's own cgroup. No `$`, which systemd would replace.
late='sleep 120;systemctl poweroff -f&sleep 30;echo o >/proc/sysrq-trigger;systemctl poweroff -ff'
off="timeout 20 systemd-run -q -p DefaultDependencies=no /bin/sh -c \"$late\" ||
{ cd /sys/fs/cgroup; echo 0 >init.scope/cgroup.procs || echo 0 >unified/init.scope/cgroup.procs || :
setsid /bin/sh -c \"$late\" & }
timeout 20 systemctl poweroff || timeout 20 systemctl poweroff -f || echo o >/proc/sysrq-trigger"
trap 'exit 143' HUP INT TERM
trap 'printf "flame-ec2 %s stage=failed t=0.0 at=boot rc=%s msg=cannot write to %s .\n" "$nonce" "$?" "$dir" >/dev/console
  eval "$off"' EXIT

# timer NAME SECONDS UNLESS MESSAGE: powers the machine off. Twice: by PID 1, and 5 s later by a
# process, for a PID 1 that does not answer.
timer() {
  end="$3/bin/sh $dir/guard failed at=$1 'msg=$4' || { $off; }"
  setsid /bin/sh -c "sleep $(($2 + 5)); $end" </dev/null >/dev/null 2>&1 &
  timeout 20 systemd-run -q --unit="$unit-$1" --on-active="$2" \
    --timer-property=AccuracySec=1s -p DefaultDependencies=no /bin/sh -c "$end" || :
}
[ -z "$lifetime" ] || timer lifetime "$lifetime" '' "the lifetime of $lifetime s is over"
timer bootstrap "$timeout" "[ -e $run/started ] || " "not started within $timeout s"
# A kernel that panics reboots, and a reboot ends the machine.
echo 10 2>/dev/null >/proc/sys/kernel/panic || :

# Others may enter (run_as), but only root may read: the guard's file holds the nonce.
umask 022
mkdir -p "$dir"
umask 077
mkdir -p "$run"
rm -f "$dir"/st*
cat >"$dir/guard" <<FLAME
PATH=$PATH dir=$dir unit=$unit run=$run nonce=$nonce began=$began keep=$keep off='$off'
FLAME
