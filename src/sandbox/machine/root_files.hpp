#pragma once

#include <sys/types.h>

#include <string_view>

// What stands in the root folder of every machine. {id}, {ip} and {host} are filled in.
namespace flame::sandbox::machine {

struct RootFile {
  std::string_view path; // below the root folder
  mode_t mode;
  std::string_view text;
};

// As Debian's and Amazon's cloud-init order it.
inline constexpr std::string_view k_cloud_final_unit = R"([Unit]
Description=Cloud-init: Final Stage
Wants=network-online.target
After=network-online.target time-sync.target multi-user.target
Before=apt-daily.service

[Service]
Type=oneshot
ExecStart=/etc/flame-ec2-sandbox/cloud-final
RemainAfterExit=yes
TimeoutStartSec=infinity
KillMode=process
TasksMax=infinity
StandardOutput=journal+console
SyslogIdentifier=cloud-init
)";

// cloud-init's scripts-user module, as far as it goes for a single script.
inline constexpr std::string_view k_cloud_final = R"sh(#!/bin/sh
instance=/var/lib/cloud/instances/{id}
done=$instance/sem/config_scripts_user
[ ! -e "$done" ] || exit 0
: > "$done"
data=$instance/user-data.txt
[ -s "$data" ] || exit 0
part=$instance/scripts/part-001
gzip -dc < "$data" > "$part" 2>/dev/null || cat "$data" > "$part"
if [ "$(head -c 2 "$part" | tr -d '\0')" != '#!' ]; then
  echo "Unhandled non-multipart (text/x-not-multipart) userdata" >&2
  exit 0
fi
chmod 0700 "$part"
cd /
"$part"
status=$?
[ "$status" = 0 ] && exit 0
echo "Failed to run module scripts_user (the script ended with $status)" >&2
exit 1
)sh";

inline constexpr RootFile k_root_files[] = {
  {"etc/hostname", 0644, "{host}\n"},
  {"etc/hosts", 0644, "127.0.0.1 localhost\n::1 localhost\n{ip} {host}.ec2.internal {host}\n"},
  {"etc/nsswitch.conf", 0644, "passwd: files\ngroup: files\nshadow: files\nhosts: files\n"},
};

// In the place of a cloud-init.
inline constexpr RootFile k_stand_in_files[] = {
  {"etc/cloud/cloud-init.disabled", 0644, ""}, // the system's own, if it has one
  {"etc/systemd/system/cloud-final.service", 0644, k_cloud_final_unit},
  {"etc/flame-ec2-sandbox/cloud-final", 0755, k_cloud_final},
};

// For the system's own cloud-init: one data source, and of its modules those that want neither a
// network nor a disk. 90_, so that it wins over what a distribution has.
inline constexpr std::string_view k_cloud_config = R"(datasource_list: [Ec2]
datasource:
  Ec2:
    metadata_urls: ["http://169.254.169.254"]
network: {config: disabled}
disable_root: false
users: []
cloud_init_modules: [write-files]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-per-once, scripts-per-boot, scripts-per-instance, scripts-user, final-message]
)";

// cloud-init knows EC2 by what the firmware or the hypervisor says in /sys, which is this
// computer's: in its own services something else stands there.
inline constexpr std::string_view k_on_ec2 = R"([Service]
TemporaryFileSystem=/sys
BindReadOnlyPaths=/sys/class /sys/devices /sys/fs
BindReadOnlyPaths=/etc/flame-ec2-sandbox/hypervisor:/sys/hypervisor
)";

inline constexpr RootFile k_cloud_init_files[] = {
  {"etc/cloud/cloud.cfg.d/90_sandbox.cfg", 0644, k_cloud_config},
  {"etc/flame-ec2-sandbox/hypervisor/uuid", 0444, "ec2e1916-9099-7caf-fd21-012345abcdef\n"},
  {"etc/systemd/system/cloud-init-local.service.d/ec2.conf", 0644, k_on_ec2},
  {"etc/systemd/system/cloud-init.service.d/ec2.conf", 0644, k_on_ec2},
  {"etc/systemd/system/cloud-init-main.service.d/ec2.conf", 0644, k_on_ec2}, // since 24.3
};

// Files of the system's /etc that programs of its /usr expect.
inline constexpr std::string_view k_copied_files[] = {
  "etc/os-release", "etc/ld.so.conf", "etc/ld.so.cache",
  "etc/services",   "etc/protocols",  "etc/login.defs",
};

} // namespace flame::sandbox::machine
