#include "boot/inspect.hpp"
#include "boot/templates.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

using namespace flame;
using namespace flame::boot;

namespace fs = std::filesystem;

namespace {

struct Bundle {
  std::vector<std::string> files = {};             // "LINK -> TARGET" is a link
  std::string start = {};                          // start_command
  std::string program = "bin/hello";               // that is to be in the release
  std::optional<std::string> place = std::nullopt; // of the release in the bundle, "" or "FOLDER/"
};

const std::vector<Bundle> k_bundles = {
  {.files = {"bin/hello", "rel/bin/hello"}, .place = ""},
  {.files = {"release/bin/hello"}, .place = "release/"},
  {.files = {"my rel/bin/hello"}, .place = "my rel/"},
  {.files = {"VERSION", "release/bin/hello"}, .place = "release/"},
  {.files = {"VERSION", "myrel/bin/hello"}, .place = "myrel/"},
  {.files = {"a/bin/other", "b/bin/hello", "c/bin/hello"}, .place = "b/"},
  {.files = {"current -> rel", "rel/bin/hello"}, .place = "rel/"},
  {.files = {"current -> .", "bin/hello"}, .place = ""},
  {.files = {"rel/bin/hello -> ../lib/x", "rel/lib/x"}, .place = "rel/"},
  {.files = {"bin/other"}},
  {.files = {"bin/hello/x"}},
  {.files = {"a/b/bin/hello"}},
  {.files = {".rel/bin/hello"}},
  {.files = {"server-1.0/bin/server"},
   .start = "bin/server start",
   .program = "bin/server",
   .place = "server-1.0/"},
  {.files = {"myapp/run.sh"}, .start = "./run.sh", .program = "run.sh", .place = "myapp/"},
  {.files = {"-n/run.sh"}, .start = "./run.sh", .program = "run.sh", .place = "-n/"},
  {.files = {".app/run.sh"}, .start = "./run.sh", .program = "run.sh", .place = ".app/"},
  {.files = {"bin/server"}, .start = "bin/server", .program = "bin/server", .place = ""},
  {.files = {"bin/server"}, .start = "./server", .program = "server"},
  {.files = {"app/run", ".env"}, .start = "app/run", .program = "app/run", .place = ""},
  {.files = {"app/run", ".env"}, .start = "./run", .program = "run"},
  {.files = {"a/run", "b/x"}, .start = "a/run", .program = "a/run", .place = ""},
  {.files = {"VERSION", "release/run"}, .start = "./run", .program = "run", .place = "release/"},
  {.files = {"release/x", "run"}, .start = "./run", .program = "run"},
  {.files = {"rel/bin/hello", "rel/bin/x", "VERSION"},
   .start = "bin/x",
   .program = "bin/x",
   .place = "rel/"},
  {.files = {"rel -> app", "app/run"}, .start = "app/run", .program = "app/run", .place = ""},
};

// What place.sh makes the release of it in that shell: the place of its program, nullopt without.
std::optional<std::string> placed(const Bundle& bundle, const std::string& shell)
{
  const test::TempFolder folder;
  const fs::path all = fs::path(folder.path()) / "new";
  for (const std::string& file : bundle.files) {
    const fs::path path = all / file.substr(0, file.find(" -> "));
    fs::create_directories(path.parent_path());
    if (const std::size_t arrow = file.find(" -> "); arrow != std::string::npos) {
      fs::create_symlink(file.substr(arrow + 4), path);
      continue;
    }
    std::ofstream(path) << file;
    fs::permissions(path, fs::perms::owner_all);
  }
  const auto text = std::ranges::find(templates(), "place.sh", &Template::name);
  REQUIRE(text != templates().end());
  std::ofstream(folder.path() + "/script") << fmt::format(
    "set -eu\nfail() {{ exit 1; }}\ndir=$PWD\napp=hello\nstart='{}'\n{}", bundle.start, text->text);
  const std::string command = fmt::format("cd '{}' && LC_ALL=C {} ./script", folder.path(), shell);
  const fs::path program = fs::path(folder.path()) / "release" / bundle.program;
  if (std::system(command.c_str()) != 0 || !fs::is_regular_file(program)) {
    return std::nullopt;
  }
  std::ifstream file(program, std::ios::binary);
  std::string found{std::istreambuf_iterator<char>(file), {}};
  const std::string name = found == "rel/lib/x" ? "lib/x" : bundle.program;
  return found.substr(0, found.size() - name.size());
}

bool let_through(const Bundle& bundle)
{
  Inspection inspection({.app = "hello", .start_command = bundle.start});
  for (const std::string& file : bundle.files) {
    const std::size_t arrow = file.find(" -> ");
    ArchiveEntry entry{.path = file.substr(0, arrow)};
    if (arrow != std::string::npos) {
      entry.kind = EntryKind::link;
      entry.target = file.substr(arrow + 4);
    }
    inspection.add(entry, [](std::size_t) { return std::string(); });
  }
  return inspection.result().has_value();
}

} // namespace

TEST_CASE("boot: the machine finds the release in a bundle, in every shell")
{
  for (const Bundle& bundle : k_bundles) {
    for (const std::string shell : {"dash", "bash --posix", "busybox sh"}) {
      CAPTURE(bundle.files.front());
      CAPTURE(bundle.start);
      CAPTURE(shell);
      CHECK(placed(bundle, shell) == bundle.place);
    }
  }
}

TEST_CASE("boot: a look refuses those bundles in which the machine finds nothing to start")
{
  for (const Bundle& bundle : k_bundles) {
    CAPTURE(bundle.files.front());
    CAPTURE(bundle.start);
    CHECK(let_through(bundle) == bundle.place.has_value());
  }
}
