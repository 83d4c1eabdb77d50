#include "traces.hpp"

#include "wait_until.hpp"

#include <fcntl.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace flame::tests {
namespace {

namespace fs = std::filesystem;
using sandbox::machine::Descriptor;
using namespace std::chrono_literals;

struct Stat {
  pid_t parent = 0;
  std::string started = {}; // clock ticks since the start of the kernel; "" when there is none
};

// Fields 4 and 22 of /proc/PID/stat; the name before them, in brackets, may hold anything.
Stat stat_of(const fs::path& process)
{
  std::ifstream file(process / "stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = text.rfind(") ");
  if (name_end == std::string::npos) {
    return {};
  }
  Stat found;
  std::string field;
  std::size_t at = name_end + 2;
  for (int number = 3; number <= 22; number++) {
    const auto blank = text.find(' ', at);
    field = text.substr(at, blank - at);
    at = blank + 1;
    if (number == 4) {
      found.parent = std::atoi(field.c_str());
    }
  }
  found.started = field;
  return found;
}

std::map<pid_t, Stat> all_processes()
{
  std::map<pid_t, Stat> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (const pid_t pid = std::atoi(entry.path().filename().c_str()); pid > 0) {
      found[pid] = stat_of(entry.path());
    }
  }
  return found;
}

std::map<pid_t, std::string> below(pid_t owner)
{
  const auto all = all_processes();
  std::map<pid_t, std::string> found;
  for (std::size_t before = 1; before != found.size();) {
    before = found.size();
    for (const auto& [pid, stat] : all) {
      if (stat.parent == owner || found.contains(stat.parent)) {
        found[pid] = stat.started;
      }
    }
    if (found.empty()) {
      break;
    }
  }
  return found;
}

// Of all threads: a thread of a host is in the network of its machine.
std::vector<fs::path> namespace_links_of(const std::string& process)
{
  std::vector<fs::path> found;
  std::error_code gone;
  for (const auto& thread : fs::directory_iterator("/proc/" + process + "/task", gone)) {
    for (const char* const kind : {"net", "mnt", "pid", "ipc", "uts"}) {
      found.push_back(thread.path() / "ns" / kind);
    }
  }
  return found;
}

std::map<std::string, Descriptor> hold_namespaces_of(const std::string& process)
{
  std::map<std::string, Descriptor> held;
  for (const fs::path& link : namespace_links_of(process)) {
    if (Descriptor file(::open(link.c_str(), O_RDONLY | O_CLOEXEC)); file) {
      const fs::path name = "/proc/self/fd/" + std::to_string(file.get());
      held.emplace(fs::read_symlink(name).string(), std::move(file));
    }
  }
  return held;
}

std::set<std::string> namespaces_in_use()
{
  std::set<std::string> found;
  std::error_code gone;
  for (const auto& [pid, stat] : all_processes()) {
    for (const fs::path& link : namespace_links_of(std::to_string(pid))) {
      found.insert(fs::read_symlink(link, gone)); // "" of one that is gone
    }
  }
  return found;
}

std::string mounts_with(const std::string& part)
{
  std::ifstream lines("/proc/self/mountinfo");
  std::string found;
  for (std::string line; std::getline(lines, line);) {
    found += line.find(part) == std::string::npos ? "" : "mount " + line + "\n";
  }
  return found;
}

// Where the lease and the cgroups of `token` would be, in every hierarchy of either version.
std::string files_of(const std::string& token)
{
  std::vector<fs::path> folders = {"/run/flame-ec2-sandbox", "/sys/fs/cgroup"};
  for (const auto& hierarchy : fs::directory_iterator("/sys/fs/cgroup")) {
    folders.push_back(hierarchy.path());
  }
  std::string found;
  for (const fs::path& folder : folders) {
    found += fs::exists(folder / token) ? "file " + (folder / token).string() + "\n" : "";
  }
  return found;
}

std::string still_there(const Traces& traces, Kinds kinds)
{
  std::string left;
  for (const auto& [pid, started] : traces.processes) {
    const bool lives = stat_of("/proc/" + std::to_string(pid)).started == started;
    left += lives ? "process " + std::to_string(pid) + "\n" : "";
  }
  const auto used = namespaces_in_use();
  for (const auto& [name, held] : traces.namespaces) {
    left += used.contains(name) ? "namespace " + name + "\n" : "";
  }
  for (const std::string& token : traces.tokens) {
    left += mounts_with(token);
    if (kinds == Kinds::all) {
      left += files_of(token);
    }
  }
  if (kinds == Kinds::all && fs::exists(traces.state_folder)) {
    left += "folder " + traces.state_folder + "\n";
  }
  return left;
}

} // namespace

Traces traces_of(pid_t owner, const std::string& state_folder)
{
  Traces found;
  found.state_folder = state_folder;
  found.processes = below(owner);
  found.namespaces = hold_namespaces_of(std::to_string(owner));
  for (const auto& [pid, started] : found.processes) {
    found.namespaces.merge(hold_namespaces_of(std::to_string(pid)));
  }
  for (const char* const kind : {"net", "mnt", "pid", "ipc", "uts"}) {
    found.namespaces.erase(fs::read_symlink(std::string("/proc/self/ns/") + kind).string());
  }
  for (const auto& entry : fs::directory_iterator(state_folder)) {
    found.tokens.insert(entry.path().filename());
  }
  return found;
}

std::string traces_left(const Traces& traces, Kinds kinds)
{
  std::string left;
  becomes_true([&] { return (left = still_there(traces, kinds)).empty(); }, 5s);
  return left;
}

} // namespace flame::tests
