#pragma once

namespace flame::sandbox::machine {

// The program of a machine's outermost process, for sh; $1 is its id, $2 its cgroup.
//
// nspawn ends with 133 when the machine was rebooted and is then run again on the same root; the
// cgroup is a new one, since a used one has handed its controllers down and takes no process.
// SIGTERM becomes SIGRTMIN+4 for the machine's init, which powers off then. nspawn's own
// translation kills at the second SIGTERM, but the first may come before init is listening.
inline constexpr const char* k_supervisor = R"sh(
id=$1 cgroup=/sys/fs/cgroup/$2
nspawn= pressed= boots=0
press() {
  pressed=1
  for init in $(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null); do
    kill -38 "$init"
  done
}
trap press TERM
set --
for folder in /usr /etc/alternatives /etc/ssl; do
  [ ! -d "/run/system$folder" ] || set -- "$@" "--bind-ro=/run/system$folder:$folder"
done
while [ -z "$pressed" ]; do
  boots=$((boots + 1))
  mkdir "$cgroup/$boots" || exit
  (
    trap - TERM
    echo 0 > "$cgroup/$boots/cgroup.procs" && exec systemd-nspawn --quiet \
      --directory=/run/machine/root --machine="$id" --register=no --keep-unit \
      --console=read-only --resolv-conf=off --timezone=off --link-journal=no "$@" \
      --drop-capability=CAP_MKNOD,CAP_AUDIT_CONTROL,CAP_AUDIT_WRITE \
      --system-call-filter='~kexec_load kexec_file_load' --setenv=SYSTEMD_COLORS=0 --boot
  ) </dev/null &
  nspawn=$!
  status=0
  while kill -0 "$nspawn" 2>/dev/null; do
    wait "$nspawn"
    status=$?
  done
  [ "$status" = 133 ] || exit "$status"
done
)sh";

} // namespace flame::sandbox::machine
