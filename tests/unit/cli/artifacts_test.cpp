#include "cli/artifacts.hpp"
#include "cli/marked_lines.hpp"
#include "io/archive.hpp"
#include "io/files.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace flame;
namespace fs = std::filesystem;

namespace {

struct File {
  ArchiveEntry entry = {};
  std::string bytes = {};
};

// The bytes of a .tar.gz of these.
std::string archive(const std::string& folder, const std::vector<File>& files)
{
  const std::string path = folder + "/made.tar.gz";
  auto packer = io::Packer::open(path);
  REQUIRE(packer);
  for (File file : files) {
    file.entry.size = file.bytes.size();
    REQUIRE((*packer)->add(file.entry, file.bytes));
  }
  REQUIRE((*packer)->finish());
  auto bytes = io::read_named_file(path);
  REQUIRE(bytes);
  return *bytes;
}

std::string content(const std::string& path)
{
  return io::read_named_file(path).value_or("(not there)");
}

} // namespace

TEST_CASE("cli::Artifacts brings files, modes and links home")
{
  const test::TempFolder folder;
  const std::string out = folder.path() + "/out";
  const std::string bytes =
    archive(folder.path(), {{{.path = "./a/b"}, "one"},
                            {{.path = "run", .executable = true}, "#!/bin/sh\n"},
                            {{.path = "a/link", .kind = EntryKind::link, .target = "b"}, ""}});
  cli::Artifacts artifacts;
  REQUIRE(artifacts.add(0, bytes.substr(0, 20)));
  REQUIRE(artifacts.add(0, bytes.substr(20)));
  for (int times = 0; times < 2; ++times) { // and what is there gives way
    REQUIRE(artifacts.unpack(0, out));
    CHECK(content(out + "/a/b") == "one");
    CHECK(fs::read_symlink(out + "/a/link") == "b");
    const auto mode = fs::status(out + "/run").permissions();
    CHECK((mode & fs::perms::owner_exec) != fs::perms::none);
  }
  REQUIRE(artifacts.unpack(1, folder.path() + "/nothing")); // of a command that has left none
  CHECK(fs::is_directory(folder.path() + "/nothing"));
}

TEST_CASE("cli::Artifacts writes nowhere else")
{
  const test::TempFolder folder;
  const std::string out = folder.path() + "/out";
  fs::create_directories(folder.path() + "/victim");
  cli::Artifacts artifacts;
  SUBCASE("by a name that leads out")
  {
    for (const char* name : {"../victim/x", "/victim/x", "a/../../victim/x"}) {
      CAPTURE(name);
      cli::Artifacts one;
      REQUIRE(one.add(0, archive(folder.path(), {{{.path = name}, "bad"}})));
      const auto done = one.unpack(0, out);
      REQUIRE_FALSE(done);
      CHECK(done.error().kind == ErrorKind::config);
    }
  }
  SUBCASE("by a link in the archive")
  {
    REQUIRE(artifacts.add(
      0,
      archive(folder.path(),
              {{{.path = "way", .kind = EntryKind::link, .target = folder.path() + "/victim"}, ""},
               {{.path = "way/x"}, "bad"}})));
    static_cast<void>(artifacts.unpack(0, out));
  }
  SUBCASE("by a link of an earlier run")
  {
    fs::create_directories(out);
    fs::create_symlink(folder.path() + "/victim", out + "/way");
    REQUIRE(artifacts.add(0, archive(folder.path(), {{{.path = "way/x"}, "good"}})));
    REQUIRE(artifacts.unpack(0, out));
    CHECK(content(out + "/way/x") == "good");
    CHECK_FALSE(fs::is_symlink(out + "/way"));
  }
  CHECK(fs::is_empty(folder.path() + "/victim"));
}

TEST_CASE("cli::Artifacts says what is no whole archive")
{
  const test::TempFolder folder;
  const std::string bytes = archive(folder.path(), {{{.path = "a"}, std::string(100'000, 'x')}});
  cli::Artifacts artifacts;
  REQUIRE(artifacts.add(0, bytes.substr(0, bytes.size() / 2)));
  CHECK_FALSE(artifacts.unpack(0, folder.path() + "/out"));
}

TEST_CASE("cli::MarkedLines says whose each line is")
{
  cli::MarkedLines lines;
  CHECK(lines.add(0, "half").empty());
  CHECK(lines.add(1, "one\ntwo\nthr") == "1: one\n1: two\n");
  CHECK(lines.add(0, " a line\n") == "0: half a line\n");
  CHECK(lines.end() == "1: thr\n");
  CHECK(lines.end().empty());
  CHECK(lines.add(2, std::string(70'000, 'x')).size() == 70'000 + 4);
}
