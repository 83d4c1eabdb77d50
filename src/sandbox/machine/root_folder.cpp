#include "sandbox/machine/root_folder.hpp"

#include "sandbox/machine/root_files.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>

namespace flame::sandbox::machine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_folders[] = {
  "usr",
  "opt",
  "root",
  "run",
  "tmp",
  "proc",
  "sys",
  "dev",
  "home",
  "srv",
  "mnt",
  "etc/ssl",
  "etc/alternatives",
  "etc/cloud",
  "etc/flame-ec2-sandbox",
  "etc/systemd/system/multi-user.target.wants",
  "etc/systemd/system-generators",
  "var/log",
  "var/tmp",
  "var/lib/cloud",
};

// What the host's packages may bring, and what no machine needs.
constexpr std::string_view k_masked_units[] = {"getty.target", "console-getty.service"};

std::string filled(std::string_view text, const RootSpec& spec)
{
  std::string host = "ip-" + spec.private_ip;
  std::replace(host.begin(), host.end(), '.', '-');
  std::string out(text);
  for (const auto& [name, value] : {std::pair("{id}", spec.id), std::pair("{ip}", spec.private_ip),
                                    std::pair("{host}", host)}) {
    for (auto at = out.find(name); at != std::string::npos; at = out.find(name, at)) {
      out.replace(at, std::string_view(name).size(), value);
      at += value.size();
    }
  }
  return out;
}

void write(const fs::path& path, mode_t mode, std::string_view text)
{
  fs::create_directories(path.parent_path());
  std::ofstream file;
  file.exceptions(std::ios::failbit | std::ios::badbit);
  file.open(path, std::ios::binary | std::ios::trunc);
  ::chmod(path.c_str(), mode);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
}

// systemd takes an empty or absent id for a first boot, and would then enable every service
// that the host has installed.
std::string new_machine_id()
{
  std::random_device random;
  std::string id;
  for (int word = 0; word < 4; word++) {
    id += fmt::format("{:08x}", random());
  }
  id[12] = '4'; // an UUID of version 4, variant 1
  id[16] = 'a';
  return id + "\n";
}

void add_accounts(const fs::path& root, const fs::path& system)
{
  for (const std::string name : {"passwd", "group"}) {
    // Debian's, without people.
    const fs::path master = system / ("usr/share/base-passwd/" + name + ".master");
    if (fs::exists(master)) {
      fs::copy_file(master, root / "etc" / name);
    } else {
      write(root / "etc" / name, 0644,
            name == "passwd" ? "root:x:0:0:root:/root:/bin/sh\n" : "root:x:0:\n");
    }
  }
}

void mask(const fs::path& folder, const std::string& name)
{
  std::error_code exists;
  fs::create_symlink("/dev/null", folder / name, exists);
}

bool is_wanted(std::string_view name, const RootSpec& spec)
{
  return name.starts_with("systemd-") || name.starts_with("dbus")
         || (spec.cloud_init && name.starts_with("cloud-"));
}

// Services and generators that came to /usr with packages other than systemd stay out.
void mask_foreign(const fs::path& root, const RootSpec& spec)
{
  const fs::path system = spec.system;
  const fs::path host = system / "usr/lib/systemd";
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(host / "system-generators", none)) {
    if (const std::string name = entry.path().filename(); !is_wanted(name, spec)) {
      mask(root / "etc/systemd/system-generators", name);
    }
  }
  for (const auto& entry : fs::recursive_directory_iterator(host / "system", none)) {
    const std::string name = entry.path().filename();
    const bool by_default = entry.path().parent_path().extension() == ".wants";
    if (by_default && !is_wanted(name, spec) && entry.path().extension() != ".target") {
      mask(root / "etc/systemd/system", name);
    }
  }
}

void add_system(const fs::path& root, const RootSpec& spec)
{
  const fs::path system = spec.system;
  for (const std::string name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    if (fs::is_symlink(system / name)) {
      fs::copy_symlink(system / name, root / name);
    }
  }
  for (const std::string_view file : k_copied_files) {
    if (const fs::path from = system / file; fs::exists(from)) {
      fs::copy_file(from, root / file);
    }
  }
  for (const std::string_view unit : k_masked_units) {
    mask(root / "etc/systemd/system", std::string(unit));
  }
  mask_foreign(root, spec);
  const fs::path units = root / "etc/systemd/system";
  fs::create_symlink("/usr/lib/systemd/system/multi-user.target", units / "default.target");
}

// As the package enables its services, so that its generator decides.
void enable_cloud_init(const fs::path& root, const fs::path& system)
{
  const auto recursive = fs::copy_options::recursive | fs::copy_options::copy_symlinks
                         | fs::copy_options::overwrite_existing;
  fs::copy(system / "etc/cloud", root / "etc/cloud", recursive);
  const fs::path units = "etc/systemd/system";
  for (const auto& folder : fs::directory_iterator(system / units)) {
    const std::string target = folder.path().filename();
    if (!fs::is_directory(folder.symlink_status()) || !target.ends_with(".wants")) {
      continue;
    }
    for (const auto& link : fs::directory_iterator(folder)) {
      const std::string name = link.path().filename();
      if (link.is_symlink() && name.starts_with("cloud-")) {
        fs::create_directories(root / units / target);
        fs::copy_symlink(link, root / units / target / name);
      }
    }
  }
}

template <typename Files>
void write_all(const fs::path& root, const Files& files, const RootSpec& spec)
{
  for (const RootFile& file : files) {
    write(root / file.path, file.mode, filled(file.text, spec));
  }
}

void add_cloud_init(const fs::path& root, const RootSpec& spec)
{
  if (spec.cloud_init) {
    enable_cloud_init(root, spec.system);
    write_all(root, k_cloud_init_files, spec);
    return;
  }
  write_all(root, k_stand_in_files, spec);
  fs::create_symlink("../cloud-final.service",
                     root / "etc/systemd/system/multi-user.target.wants/cloud-final.service");
  const fs::path instance = root / "var/lib/cloud/instances" / spec.id;
  fs::create_directories(instance / "sem");
  fs::create_directories(instance / "scripts");
  fs::create_symlink("instances/" + spec.id, root / "var/lib/cloud/instance");
  write(instance / "user-data.txt", 0600, spec.user_data);
}

} // namespace

Result<void> make_root_folder(const std::string& folder, const RootSpec& spec)
{
  try {
    const fs::path root = folder;
    for (const std::string_view name : k_folders) {
      fs::create_directories(root / name);
    }
    ::chmod((root / "root").c_str(), 0700);
    ::chmod((root / "var/tmp").c_str(), 01777);
    add_accounts(root, spec.system);
    add_system(root, spec);
    write_all(root, k_root_files, spec);
    write(root / "etc/machine-id", 0444, new_machine_id());
    add_cloud_init(root, spec);
    return {};
  } catch (const std::system_error& error) { // of filesystem and of streams
    return fail(ErrorKind::internal,
                "cannot make the root folder of machine " + spec.id + " (" + error.what() + ")");
  }
}

} // namespace flame::sandbox::machine
