#include "sandbox/machine/lease.hpp"

#include "sandbox/machine/cgroup.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <system_error>

namespace flame::sandbox::machine {
namespace {

namespace fs = std::filesystem;

std::string new_token()
{
  std::random_device random;
  return fmt::format("flame-ec2-sandbox-{:08x}{:08x}", random(), random());
}

// Held while leases are taken, swept and given back. The folder itself is what is locked, and it
// may be removed by the one who had it before: then the lock is worth nothing, and we try again.
Descriptor lock_folder()
{
  for (int tries = 0; tries < 100; tries++) {
    ::mkdir(k_lease_folder, 0700);
    Descriptor folder(::open(k_lease_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat locked = {};
    struct stat named = {};
    if (folder && ::flock(folder.get(), LOCK_EX) == 0 && ::fstat(folder.get(), &locked) == 0
        && ::stat(k_lease_folder, &named) == 0 && locked.st_ino == named.st_ino) {
      return folder;
    }
  }
  return {};
}

void remove_owned(const std::string& token, const fs::path& folder)
{
  // What cannot be removed now is no reason to stop: the machines are off.
  [[maybe_unused]] const Result<void> gone = remove_cgroup(token);
  std::error_code error;
  if (folder.filename() == token) { // never anything else, whatever the file says
    fs::remove_all(folder, error);
    fs::remove(folder.parent_path(), error); // only when empty
  }
}

void sweep()
{
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(k_lease_folder, none)) {
    const Descriptor file(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      continue; // its owner lives
    }
    std::ifstream text(entry.path());
    const std::string folder{std::istreambuf_iterator<char>(text), {}};
    remove_owned(entry.path().filename(), folder);
    fs::remove(entry.path(), none);
  }
}

fs::path lease_file(const std::string& token)
{
  return fs::path(k_lease_folder) / token;
}

} // namespace

Lease::Lease(std::string token, std::string folder, Descriptor lock)
  : token_(std::move(token)), folder_(std::move(folder)), lock_(std::move(lock))
{
}

Result<Lease> Lease::claim(const std::string& token, const std::string& folder)
{
  const Descriptor all = lock_folder();
  if (!all) {
    return system_failure(std::string("cannot lock ") + k_lease_folder);
  }
  sweep();
  Descriptor file(::open(lease_file(token).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file || ::flock(file.get(), LOCK_EX) != 0
      || ::write(file.get(), folder.data(), folder.size()) != static_cast<ssize_t>(folder.size())) {
    return system_failure("cannot write " + lease_file(token).string());
  }
  return Lease(token, folder, std::move(file));
}

Result<Lease> Lease::take(const std::string& state_folder)
{
  const std::string token = new_token();
  std::error_code error;
  const std::string folder = fs::absolute(state_folder, error) / token;
  Result<Lease> lease = claim(token, folder);
  if (!lease) {
    return lease;
  }
  fs::create_directories(folder, error);
  if (error || ::chmod(folder.c_str(), 0700) != 0) {
    return fail(ErrorKind::config, "cannot make the folder " + folder + " for machines",
                "give another one with --state");
  }
  return make_cgroup(token).and_then([&] { return std::move(lease); });
}

Lease::~Lease()
{
  if (!lock_) { // moved from
    return;
  }
  remove_owned(token_, folder_);
  const Descriptor all = lock_folder();
  std::error_code error;
  fs::remove(lease_file(token_), error);
  fs::remove(k_lease_folder, error); // only when empty
}

} // namespace flame::sandbox::machine
