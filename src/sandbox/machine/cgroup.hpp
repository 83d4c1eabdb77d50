#pragma once

#include "base/error.hpp"

#include <string>

// The machines' cgroups, all in the unified hierarchy, which every kernel since 4.5 can mount
// wherever the host has its own. Nothing is mounted in the view of this process: each call works
// in a thread with a mount namespace of its own. Names are relative to the root of the hierarchy.
namespace flame::sandbox::machine {

inline constexpr const char* k_cgroup_mount = "/sys/fs/cgroup";

// Mounts the hierarchy at k_cgroup_mount, where a host without version 1 has it already: the kernel
// then answers EBUSY. A system call and no more; sets errno.
bool mount_cgroups();

Result<void> make_cgroup(const std::string& name);

// With all that is below; what is not there is fine. Its processes must have ended.
Result<void> remove_cgroup(const std::string& name);

// Why namespaces cannot be made here, if so: a container without the right, for example.
Result<void> can_make_namespaces();

} // namespace flame::sandbox::machine
