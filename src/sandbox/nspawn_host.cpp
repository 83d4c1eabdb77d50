#include "sandbox/machine/cgroup.hpp"
#include "sandbox/machine/lease.hpp"
#include "sandbox/machine/machine.hpp"
#include "sandbox/machine_host.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace flame::sandbox {
namespace {

namespace fs = std::filesystem;

// Machines that boot a system's own systemd in namespaces of their own.
class NspawnHost final : public MachineHost {
public:
  NspawnHost(const std::string& state_folder, System system)
    : lease_(machine::Lease::take(state_folder)), system_(std::move(system))
  {
  }

  ~NspawnHost() override
  {
    // All at once; then the lease, which removes what they stood on.
    const auto machines = std::exchange(machines_, {});
    for (const auto& [id, running] : machines) {
      running->pull_plug();
    }
  }

  Result<void> start(MachineSpec spec) override
  {
    if (!lease_) {
      return tl::unexpected(lease_.error());
    }
    const std::lock_guard lock(mutex_);
    const std::string id = spec.id;
    if (machines_.contains(id)) {
      return fail(ErrorKind::internal, "machine " + id + " is started twice");
    }
    const machine::Place place{id, lease_->folder() + "/" + id, lease_->cgroup() + "/" + id,
                               system_};
    machines_[id] = std::make_unique<machine::Machine>(std::move(spec), place);
    return {};
  }

  void press_power_button(const std::string& id) override
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = machines_.find(id); found != machines_.end()) {
      found->second->press_power_button();
    }
  }

  std::string console(const std::string& id) const override
  {
    const std::lock_guard lock(mutex_);
    const auto found = machines_.find(id);
    return found == machines_.end() ? "" : found->second->console();
  }

private:
  Result<machine::Lease> lease_;
  System system_ = {};
  mutable std::mutex mutex_ = {};
  std::map<std::string, std::unique_ptr<machine::Machine>> machines_ = {}; // ended ones too
};

bool is_installed(const std::string& program)
{
  constexpr const char* k_folders[] = {"/usr/local/bin/", "/usr/bin/", "/bin/"};
  return std::ranges::any_of(
    k_folders, [&](const char* folder) { return ::access((folder + program).c_str(), X_OK) == 0; });
}

} // namespace

Result<void> can_run_machines()
{
  const std::string instead = ", or start it with --machines none";
  if (::geteuid() != 0) {
    return fail(ErrorKind::config, "machines need root", "start the sandbox with sudo" + instead);
  }
  if (!is_installed("systemd-nspawn")) {
    return fail(ErrorKind::config, "machines need systemd-nspawn",
                "install the package systemd-container" + instead);
  }
  if (::access("/usr/lib/systemd/systemd", X_OK) != 0) {
    return fail(ErrorKind::config, "machines need systemd, which this computer does not have",
                "install the package systemd" + instead);
  }
  if (!fs::is_symlink("/bin")) {
    return fail(ErrorKind::config, "machines need programs in /usr alone, but /bin is no link",
                "install the package usrmerge" + instead);
  }
  if (const auto possible = machine::can_make_namespaces(); !possible) {
    return fail(ErrorKind::config, "machines cannot run here: " + possible.error().message,
                "in a container, give it all privileges" + instead);
  }
  return {};
}

Result<void> check_system(const System& system)
{
  const std::string& root = system.root;
  if (!root.starts_with('/') || root.starts_with("/run/")) {
    return fail(ErrorKind::config, "the system \"" + root + "\" is no place to boot from",
                "give an absolute path that is not below /run");
  }
  if (!fs::exists(root + "/usr/lib/systemd/systemd")) {
    return fail(ErrorKind::config, "the system " + root + " has no /usr/lib/systemd/systemd",
                "give the root of a file system, as debootstrap makes one");
  }
  if (system.cloud_init && !fs::exists(root + "/usr/bin/cloud-init")) {
    return fail(ErrorKind::config, "the system " + root + " has no cloud-init",
                "install the package cloud-init in it");
  }
  return {};
}

std::unique_ptr<MachineHost> make_nspawn_host(const std::string& state_folder, const System& system)
{
  return std::make_unique<NspawnHost>(state_folder, system);
}

} // namespace flame::sandbox
