#include "machine_fixture.hpp"

#include "own_a_machine.hpp"

#include <doctest/doctest.h>

#include <httplib.h>
#include <stdio.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace flame::tests {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct HostFixture::Note {
  std::mutex mutex = {};
  std::map<std::string, int> offs = {};
};

namespace {

constexpr std::uint16_t k_port = 4566;

bool becomes_true(const std::function<bool()>& condition, std::chrono::milliseconds limit)
{
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

sandbox::MachineSpec answering(const std::string& id, const std::string& user_data)
{
  sandbox::MachineSpec spec;
  spec.id = id;
  spec.private_ip = "10.0.0.9";
  spec.user_data = user_data;
  spec.port = k_port;
  spec.serve_metadata = [id](httplib::Server& server) {
    server.Get("/latest/meta-data/instance-id",
               [id](const auto&, auto& answer) { answer.set_content(id, "text/plain"); });
  };
  spec.serve_endpoint = [id](httplib::Server& server) {
    server.Get("/hello", [id](const auto&, auto& answer) {
      answer.set_content("hello " + id, "text/plain");
    });
  };
  return spec;
}

// A process counts by its name; "comm" of kernel threads and of others' builds is left out.
void add_processes(std::set<std::string>& found)
{
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "comm");
    std::string name;
    std::getline(file, name);
    const bool ours = name.starts_with("systemd") || name == "dbus-daemon" || name == "init";
    if (file && ours) {
      found.insert("process " + entry.path().filename().string() + " " + name);
    }
  }
}

// Of all threads: a thread of a host is in the network of its machine.
void add_namespaces(std::set<std::string>& found)
{
  std::error_code none;
  for (const auto& process : fs::directory_iterator("/proc")) {
    for (const auto& thread : fs::directory_iterator(process.path() / "task", none)) {
      for (const char* const kind : {"ns/net", "ns/mnt", "ns/pid", "ns/cgroup"}) {
        if (const auto name = fs::read_symlink(thread.path() / kind, none); !name.empty()) {
          found.insert("namespace " + name.string());
        }
      }
    }
  }
}

void add_lines(std::set<std::string>& found)
{
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    found.insert("mount " + line);
  }
}

void add_names(std::set<std::string>& found, const std::string& folder, const std::string& part)
{
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, none)) {
    if (const std::string path = entry.path(); path.find(part) != std::string::npos) {
      found.insert("folder " + path);
    }
  }
}

} // namespace

std::set<std::string> traces(Kinds kinds)
{
  std::set<std::string> found;
  add_processes(found);
  add_namespaces(found);
  add_lines(found);
  if (kinds == Kinds::all) {
    add_names(found, "/sys/fs/cgroup", "flame-ec2-sandbox");
    add_names(found, "/run/flame-ec2-sandbox", "");
    add_names(found, "/run/systemd/nspawn", "");
    add_names(found, "/tmp", "nspawn-");
  }
  return found;
}

std::string traces_left(const std::set<std::string>& before, Kinds kinds)
{
  std::string left;
  becomes_true(
    [&] {
      left.clear();
      for (const std::string& trace : traces(kinds)) {
        left += before.contains(trace) ? "" : trace + "\n";
      }
      return left.empty();
    },
    5s);
  return left;
}

HostFixture::HostFixture() : note_(std::make_shared<Note>())
{
  std::string path = "/tmp/flame-ec2-machines-XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  folder = path;
  host = sandbox::make_nspawn_host(folder + "/state");
}

HostFixture::~HostFixture()
{
  host.reset();
  fs::remove_all(folder);
}

void HostFixture::start(const std::string& id, const std::string& user_data)
{
  sandbox::MachineSpec spec = answering(id, user_data);
  spec.on_off = [note = note_, id] {
    const std::lock_guard lock(note->mutex);
    note->offs[id]++;
  };
  REQUIRE(host->start(std::move(spec)));
}

bool HostFixture::is_off(const std::string& id) const
{
  const std::lock_guard lock(note_->mutex);
  const auto found = note_->offs.find(id);
  return found != note_->offs.end() && found->second == 1;
}

bool HostFixture::off_within(const std::string& id, std::chrono::milliseconds limit) const
{
  return becomes_true([&] { return is_off(id); }, limit);
}

bool HostFixture::says_within(const std::string& id, const std::string& text,
                              std::chrono::milliseconds limit) const
{
  return becomes_true([&] { return host->console(id).find(text) != std::string::npos; }, limit);
}

bool HostFixture::says(const std::string& id, const std::string& text) const
{
  return host->console(id).find(text) != std::string::npos;
}

int own_a_machine(const std::string& state_folder)
{
  const auto host = sandbox::make_nspawn_host(state_folder);
  if (!host->start(answering("i-killed", "#!/bin/sh\necho its script runs\nsleep 1000\n"))) {
    return 1;
  }
  if (!becomes_true(
        [&] { return host->console("i-killed").find("script runs") != std::string::npos; }, 60s)) {
    return 1;
  }
  ::puts("on");
  ::fflush(stdout);
  for (;;) {
    ::pause();
  }
}

} // namespace flame::tests
