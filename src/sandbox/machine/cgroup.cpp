#include "sandbox/machine/cgroup.hpp"

#include "sandbox/machine/descriptor.hpp"

#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <system_error>
#include <thread>
#include <vector>

namespace flame::sandbox::machine {
namespace {

namespace fs = std::filesystem;

Result<void> enter_own_mounts()
{
  // A thread shares its root and its working folder with the others, until told not to.
  if (::unshare(CLONE_FS | CLONE_NEWNS) != 0) {
    return system_failure("cannot make a mount namespace");
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 || !mount_cgroups()) {
    return system_failure("cannot mount the unified cgroup hierarchy");
  }
  return {};
}

// The namespace ends with the thread.
Result<void> in_own_mounts(const std::function<Result<void>()>& work)
{
  Result<void> outcome;
  std::thread([&] { outcome = enter_own_mounts().and_then(work); }).join();
  return outcome;
}

// The deepest first: a cgroup is removed folder by folder, its files go with it.
std::vector<fs::path> folders_below(const fs::path& top)
{
  std::vector<fs::path> found = {top};
  std::error_code error;
  for (fs::recursive_directory_iterator it(top, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_directory(error)) {
      found.push_back(it->path());
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

bool remove_folders(const fs::path& top)
{
  std::error_code error;
  for (const fs::path& folder : folders_below(top)) {
    fs::remove(folder, error);
  }
  return !fs::exists(top, error);
}

} // namespace

bool mount_cgroups()
{
  constexpr unsigned long k_flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return ::mount("cgroup2", k_cgroup_mount, "cgroup2", k_flags, nullptr) == 0 || errno == EBUSY;
}

Result<void> make_cgroup(const std::string& name)
{
  return in_own_mounts([&]() -> Result<void> {
    std::error_code error;
    fs::create_directories(fs::path(k_cgroup_mount) / name, error);
    if (error) {
      return fail(ErrorKind::internal,
                  "cannot make the cgroup " + name + " (" + error.message() + ")");
    }
    return {};
  });
}

Result<void> remove_cgroup(const std::string& name)
{
  using namespace std::chrono_literals;
  return in_own_mounts([&]() -> Result<void> {
    // The kernel lets go of a dead process' cgroup a moment after its end was reported.
    for (int tries = 0; tries < 200; tries++) {
      if (remove_folders(fs::path(k_cgroup_mount) / name)) {
        return {};
      }
      std::this_thread::sleep_for(10ms);
    }
    return fail(ErrorKind::internal, "cannot remove the cgroup " + name);
  });
}

Result<void> can_make_namespaces()
{
  return in_own_mounts([]() -> Result<void> {
    return ::unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0
             ? Result<void>()
             : system_failure("cannot make a network namespace");
  });
}

} // namespace flame::sandbox::machine
