#include "base/digest.hpp"
#include "base/gzip.hpp"
#include "cli/inspect.hpp"
#include "cli/pack.hpp"
#include "io/archive.hpp"
#include "support/fake_s3.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace flame;
using namespace flame::cli;
using boot::InspectFor;
namespace fs = std::filesystem;

namespace {

struct Quiet : boot::Progress {
  void doing(std::string_view /*sentence*/) override {}
  void note(std::string_view /*sentence*/) override {}
};

struct World {
  test::TempFolder folder = {};
  Quiet progress = {};
  test::FakeS3 s3 = {};

  void write(const std::string& name, std::string_view text, fs::perms mode = fs::perms(0644)) const
  {
    const fs::path path = fs::path(folder.path()) / "rel" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    fs::permissions(path, mode);
  }
  Result<io::TempFile> pack() { return pack_folder(folder.path() + "/rel", progress); }
  std::string digest()
  {
    const auto file = pack();
    REQUIRE(file);
    return *io::sha256_of_file(file->path());
  }
};

// "path kind mode content", one a line.
std::string listing(const std::string& path)
{
  std::string text;
  const auto read = io::ArchiveReader::read_file(path, [&](const auto& entry, const auto& content) {
    text += entry.path + (entry.kind == EntryKind::link ? " -> " + entry.target : "")
            + (entry.executable ? " x " : " - ") + content(100) + "\n";
    return true;
  });
  REQUIRE(read);
  return text;
}

} // namespace

TEST_CASE("cli::pack_folder gives the same bytes for the same folder")
{
  World world;
  world.write("bin/app", "#!/bin/sh\n", fs::perms(0755));
  world.write("lib/a.beam", "beam");
  const std::string first = world.digest();
  struct timespec times[2] = {};
  ::utimensat(AT_FDCWD, (world.folder.path() + "/rel/lib/a.beam").c_str(), times, 0);
  fs::permissions(world.folder.path() + "/rel/lib/a.beam", fs::perms(0600));
  CHECK(world.digest() == first);
  world.write("lib/a.beam", "beam2");
  CHECK(world.digest() != first);
}

TEST_CASE("cli::pack_folder keeps programs, links and nothing else of modes")
{
  World world;
  world.write("bin/app", "x"); // its mode was lost
  world.write("erts-14/bin/beam.smp", "x");
  world.write("lib/tool", "x", fs::perms(0700));
  world.write("lib/script.sh", "#!/bin/sh\necho\n");
  world.write("lib/a.beam", "");
  fs::create_symlink("../bin/app", world.folder.path() + "/rel/lib/link");
  const auto file = world.pack();
  REQUIRE(file);
  CHECK(listing(file->path())
        == "bin/app x x\nerts-14/bin/beam.smp x x\nlib/a.beam - \nlib/link -> ../bin/app - \n"
           "lib/script.sh x #!/bin/sh\necho\n\nlib/tool x x\n");
}

TEST_CASE("cli::pack_folder keeps folders that are empty, with the same bytes each time")
{
  World world;
  world.write("bin/app", "x");
  const std::string rel = world.folder.path() + "/rel/";
  const std::string without = world.digest();
  fs::create_directories(rel + "var/log");
  fs::create_directories(rel + "tmp");
  fs::create_directory_symlink("tmp", rel + "link");
  const auto file = world.pack();
  REQUIRE(file);
  CHECK(listing(file->path()) == "bin/app x x\nlink -> tmp - \ntmp/ x \nvar/log/ x \n");
  const std::string with = world.digest();
  fs::permissions(rel + "tmp", fs::perms(0700));
  fs::permissions(rel + "var", fs::perms(0700));
  CHECK(world.digest() == with);
  fs::remove_all(rel + "var");
  fs::remove_all(rel + "tmp");
  fs::remove(rel + "link");
  CHECK(world.digest() == without);
}

TEST_CASE("cli::pack_folder refuses what no other computer has, all of it")
{
  World world;
  world.write("bin/app", "x");
  fs::create_symlink("/etc/passwd", world.folder.path() + "/rel/absolute");
  fs::create_symlink("../../secret", world.folder.path() + "/rel/bin/outside");
  REQUIRE(::mkfifo((world.folder.path() + "/rel/pipe").c_str(), 0600) == 0);
  const auto bad = world.pack();
  REQUIRE(!bad);
  CHECK(bad.error().kind == ErrorKind::config);
  CHECK(bad.error().also.size() == 2);
  fs::create_directories(world.folder.path() + "/empty/with/folders");
  CHECK(pack_folder(world.folder.path() + "/empty", world.progress)
          .error()
          .message.ends_with("is an empty folder"));
  CHECK(!pack_folder(world.folder.path() + "/none", world.progress));
}

TEST_CASE("cli::pack_objects gives programs of S3 their modes back")
{
  World world;
  world.s3.objects = {{"b/rel/bin/app", "elf"},
                      {"b/rel/lib/a.beam", "beam"},
                      {"b/rel/lib/run", "#!/bin/sh\n"},
                      {"b/rel/releases/1.0/elixir", "x"}};
  const aws::S3Object folder{.bucket = "b", .key = "rel/"};
  const auto entries = boot::folder_entries(folder, *world.s3.list(folder, {}));
  REQUIRE(entries);
  const auto limit = [] { return aws::CallLimit(); };
  const auto file = pack_objects(folder, *entries, world.s3, limit, world.progress);
  REQUIRE(file);
  CHECK(listing(file->path())
        == "bin/app x elf\nlib/a.beam - beam\nlib/run x #!/bin/sh\n\nreleases/1.0/elixir x x\n");
  world.s3.refused["get"] = test::s3_failure(aws::ErrorClass::permission, "AccessDenied", 403);
  CHECK(!pack_objects(folder, *entries, world.s3, limit, world.progress));
}

TEST_CASE("cli: what is packed is let through by the look into it")
{
  World world;
  world.write("bin/app", "#!/bin/sh\n");
  const auto file = world.pack();
  REQUIRE(file);
  CHECK(inspect_file(file->path(), {.app = "app"})->empty());
  CHECK(!inspect_file(file->path(), {.app = "other"}));
}

TEST_CASE("cli: bytes that are no archive are refused, cut ones too")
{
  World world;
  world.write("bin/app", std::string(100'000, 'x'));
  const auto file = world.pack();
  const std::string bytes = *(*io::FileReader::open(file->path())).read(1'000'000);
  CHECK(inspect_bytes(bytes, "s3://b/k", {.app = "app"}));
  for (const std::string& bad : {bytes.substr(0, bytes.size() / 2), std::string("no archive"),
                                 std::string("\x1f\x8b\x08", 3), std::string()}) {
    CAPTURE(bad.size());
    const auto refused = inspect_bytes(bad, "s3://b/k", {.app = "app"});
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::config);
  }
}

TEST_CASE("cli: an archive that is packed otherwise than its name says is refused")
{
  World world;
  world.write("bin/app", "#!/bin/sh\n");
  const std::string tar = **tar_of_folder(world.folder.path() + "/rel", 1'000'000, world.progress);
  const std::pair<std::string, std::string> archives[] = {
    {"", tar}, {"gzip", gzip(tar)}, {"xz", *io::xz(tar)}};
  for (const auto& archive : archives) { // clang 14 lets no lambda of doctest take a binding
    const std::string& packer = archive.first;
    const std::string& bytes = archive.second;
    for (const char* name : {"", "gzip", "xz", "zstd"}) {
      CAPTURE(packer);
      CAPTURE(name);
      const auto looked = inspect_bytes(bytes, "it", {.app = "app", .unpacker = name});
      CHECK(looked.has_value() == (packer == name));
    }
    CHECK(inspect_bytes(bytes, "it", {.app = "app"}));
  }
  const InspectFor wanted{.app = "app", .unpacker = "gzip"};
  CHECK(inspect_bytes(tar, "it", wanted).error().message
        == "\"it\" is not packed, and by its name it is packed by gzip");
  CHECK(inspect_bytes(gzip(gzip(tar)), "it", wanted).error().message
        == "\"it\" is packed by gzip in gzip, and by its name it is packed by gzip");
  CHECK(inspect_bytes(*io::xz(tar), "it", {.app = "app", .unpacker = ""}).error().message
        == "\"it\" is packed by xz, and by its name it is not packed");
  CHECK(inspect_bytes("no archive", "it", wanted)
          .error()
          .message.starts_with("\"it\" is no whole archive"));
}

TEST_CASE("cli::pack_folder keeps names of any language, which the look into it reads")
{
  World world;
  world.write("bin/app", "#!/bin/sh\n");
  world.write("priv/caf\xC3\xA9 \xE2\x82\xAC.txt", "x");
  fs::create_symlink("caf\xC3\xA9 \xE2\x82\xAC.txt", world.folder.path() + "/rel/priv/\xC3\xA4");
  const auto file = world.pack();
  REQUIRE(file);
  CHECK(listing(file->path())
        == "bin/app x #!/bin/sh\n\npriv/caf\xC3\xA9 \xE2\x82\xAC.txt - x\n"
           "priv/\xC3\xA4 -> caf\xC3\xA9 \xE2\x82\xAC.txt - \n");
  CHECK(inspect_file(file->path(), {.app = "app"})->empty());
  const std::string there = world.folder.path() + "/there";
  fs::create_directories(there);
  REQUIRE(std::system(("LC_ALL=C tar -xof " + file->path() + " -C " + there).c_str()) == 0);
  CHECK(fs::exists(there + "/priv/caf\xC3\xA9 \xE2\x82\xAC.txt"));
  CHECK(fs::exists(there + "/priv/\xC3\xA4"));
}
