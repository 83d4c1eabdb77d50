#include "boot/inspect.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace flame;
using namespace flame::boot;

namespace {

struct Entry {
  ArchiveEntry entry = {};
  std::string content = {};
};

Entry file(std::string path, std::string content = "x")
{
  return {{.path = std::move(path), .size = content.size()}, content};
}

Entry link_to(std::string path, std::string target, EntryKind kind = EntryKind::link)
{
  return {{.path = std::move(path), .kind = kind, .target = std::move(target)}, ""};
}

Result<std::vector<std::string>> inspect(const std::vector<Entry>& entries,
                                         InspectFor what = {.app = "hello"})
{
  Inspection inspection(std::move(what));
  for (const Entry& one : entries) {
    inspection.add(one.entry, [&](std::size_t most) { return one.content.substr(0, most); });
  }
  return inspection.result();
}

std::string elf(int machine)
{
  std::string head(20, '\0');
  head.replace(0, 6,
               "\x7f"
               "ELF\x02\x01");
  head[18] = static_cast<char>(machine);
  return head;
}

} // namespace

TEST_CASE("boot: a release is let through, with a folder around it or without")
{
  CHECK(inspect({file("bin/hello"), file("lib/x")})->empty());
  CHECK(inspect({{{.path = "./", .kind = EntryKind::folder}, ""}, file("./bin/hello")})->empty());
  CHECK(inspect({file("hello/bin/hello"), file("hello/lib/x")})->empty());
  CHECK(inspect({file("bin/hello"), link_to("lib/a", "../bin/hello"), link_to("releases/x", "1.0")})
          ->empty());
  CHECK(inspect({file("bin/hello"), link_to("lib/a", "bin/hello", EntryKind::hard_link)})->empty());
  for (const char* target : {".", "./", "./.", "bin/..", "./bin/"}) {
    CAPTURE(target);
    CHECK(inspect({file("bin/hello"), link_to("current", target)}));
    CHECK(inspect({file("bin/hello"), link_to("lib/current", fmt::format("../{}", target))}));
  }
  CHECK(!inspect({file("bin/hello"), link_to("current", "")}));
  CHECK(!inspect({file("bin/hello"), link_to("current", "./..")}));
}

TEST_CASE("boot: a bundle without the program that is started is refused")
{
  const auto other = inspect({file("bin/other"), file("bin/more")});
  REQUIRE(!other);
  CHECK(other.error().kind == ErrorKind::config);
  CHECK(other.error().message == "the bundle holds no bin/hello, which would be started");
  CHECK(other.error().hint == "it holds bin/more, bin/other; give --app or --start-command");
  CHECK(inspect({file("a/bin/other"), file("VERSION")}).error().hint
        == "give the folder or archive of a release, or --start-command");
  CHECK(inspect({file("a/bin/other"), file("a/VERSION")}).error().hint
        == "it holds bin/other; give --app or --start-command");
  CHECK(
    inspect({file("run.sh"), file("x/go")}, {.app = "hello", .start_command = "./x/go --fast"}));
  CHECK(!inspect({file("run.sh")}, {.app = "hello", .start_command = "./x/go --fast"}));
  for (const char* command : {"exec sleep 1", "/usr/bin/env x", "$PWD/x/go", "go"}) {
    CAPTURE(command);
    CHECK(inspect({file("run.sh")}, {.app = "hello", .start_command = command}));
  }
}

TEST_CASE("boot: entries that lead out of the bundle are refused, all of them")
{
  const auto bad = inspect({file("bin/hello"),
                            file("/etc/passwd"),
                            file("a/../../b"),
                            link_to("lib/out", "../../x"),
                            link_to("abs", "/etc/shadow"),
                            link_to("hard", "../x", EntryKind::hard_link),
                            {{.path = "null", .kind = EntryKind::device}, ""},
                            {{.path = "pipe", .kind = EntryKind::other}, ""},
                            file("a\nb")});
  REQUIRE(!bad);
  CHECK(bad.error().message == "\"/etc/passwd\" in the bundle is absolute");
  CHECK(bad.error().also.size() == 7);
}

TEST_CASE("boot: of many bad entries some are named, the rest is counted")
{
  std::vector<Entry> entries = {file("bin/hello")};
  for (int i = 0; i < 25; ++i) {
    entries.push_back(file(fmt::format("../{}", i)));
  }
  const auto bad = inspect(entries);
  REQUIRE(!bad);
  CHECK(bad.error().also.back().message == "15 more entries of the bundle are wrong");
}

TEST_CASE("boot: bombs are refused")
{
  Inspection many({.app = "hello"});
  const auto nothing = [](std::size_t) { return std::string(); };
  bool goes_on = true;
  for (std::size_t i = 0; goes_on && i <= k_most_entries; ++i) {
    goes_on = many.add({.path = "bin/hello"}, nothing);
  }
  CHECK(!goes_on);
  CHECK(many.result().error().message == "the bundle holds more than 500000 entries");

  CHECK(inspect({{{.path = "bin/hello", .size = 9ULL << 30U}, ""}})); // a folder is none
  Inspection large({.app = "hello", .packed_size = 1000});
  CHECK(!large.add({.path = "bin/hello", .size = 9ULL << 30U}, nothing));
  CHECK(large.result().error().message == "the bundle of 1000 bytes unpacks to more than 9.0 GiB");
}

TEST_CASE("boot: a bundle larger than the disk is refused")
{
  const InspectFor small{.app = "hello", .packed_size = 10, .disk = 20};
  CHECK(!inspect({file("bin/hello", std::string(11, 'x'))}, small));
  CHECK(inspect({file("bin/hello", std::string(10, 'x'))}, small));
}

TEST_CASE("boot: what a FLAME parent will not be content with is warned of")
{
  const InspectFor child{.app = "hello", .backend = "Elixir.FlameEC2", .architecture = "arm64"};
  const Entry program = file("bin/hello");
  const Entry beam = file("lib/flame_ec2-1.0/ebin/Elixir.FlameEC2.beam");
  CHECK(inspect({program, beam}, child)->empty());
  CHECK(inspect({program}, child)->front().starts_with("the bundle holds no Elixir.FlameEC2.beam"));
  CHECK(inspect({program, beam, file("erts-14.2/bin/beam.smp", elf(0xB7))}, child)->empty());
  CHECK(inspect({program, beam, file("erts-14.2/bin/beam.smp", elf(0x3E))}, child)->front()
        == "the bundle's Erlang is of x86_64, and the image of arm64");
  CHECK(inspect({program, beam, file("erts-14.2/bin/beam.smp", "#!/bin/sh")}, child)->empty());
  const auto named =
    inspect({program, beam, file("releases/1.0.0/env.sh", "export RELEASE_NODE=hello\n")}, child);
  CHECK(named->front().starts_with("releases/1.0.0/env.sh of the bundle sets RELEASE_NODE"));
}
