#include "machine_fixture.hpp"

#include "own_a_machine.hpp"
#include "wait_until.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <httplib.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace flame::tests {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct HostFixture::Note {
  std::mutex mutex = {};
  std::map<std::string, int> offs = {};
};

namespace {

constexpr std::uint16_t k_port = 4566;

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

} // namespace

HostFixture::HostFixture() : note_(std::make_shared<Note>())
{
  std::string path = "/tmp/flame-ec2-machines-XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  folder = path;
  host = sandbox::make_nspawn_host(folder + "/state");
}

HostFixture::~HostFixture()
{
  if (::getenv("FLAME_TEST_CONSOLES") != nullptr) { // to see why a test fails
    for (const std::string& id : ids_) {
      fmt::print("--- console of {}\n{}\n", id, host ? host->console(id) : "");
    }
  }
  host.reset();
  fs::remove_all(folder);
}

void HostFixture::start(const std::string& id, const std::string& user_data)
{
  ids_.push_back(id);
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
