#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "cli/carried.hpp"
#include "cli/inspect.hpp"
#include "support/temp_folder.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <random>

using namespace flame;
using namespace flame::cli;
namespace fs = std::filesystem;

namespace {

struct Quiet : boot::Progress {
  std::string noted = {};
  void doing(std::string_view /*sentence*/) override {}
  void note(std::string_view sentence) override { noted = sentence; }
};

// Letters that no packer makes much shorter.
std::string noise(std::size_t size)
{
  std::minstd_rand random(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(random() >> 8U);
  }
  return bytes;
}

struct Desk {
  test::TempFolder folder = {};
  Quiet progress = {};
  config::Settings settings = {};

  std::string write(const std::string& name, std::string_view text) const
  {
    const fs::path path = fs::path(folder.path()) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  Result<boot::Runner> carry(const std::string& place)
  {
    boot::Runner runner = tests::least_runner();
    runner.fetch = {};
    return with_bundle(std::move(runner), *boot::parse_bundle(place), settings, progress);
  }
};

bool holds(const boot::Runner& runner, const std::string& app)
{
  return inspect_bytes(runner.fetch.carried, "it", {.app = app}).has_value();
}

} // namespace

TEST_CASE("cli::with_bundle packs a folder by gzip, with its digest and size")
{
  Desk desk;
  desk.write("rel/bin/hello", "#!/bin/sh\nexec sleep 1\n");
  const auto runner = desk.carry(desk.folder.path() + "/rel");
  REQUIRE(runner);
  CHECK(runner->fetch.format == "tar.gz");
  CHECK(runner->fetch.size == runner->fetch.carried.size());
  CHECK(runner->fetch.sha256 == to_hex(sha256(runner->fetch.carried)));
  CHECK(holds(*runner, "hello"));
  CHECK(!holds(*runner, "other"));
  CHECK(desk.carry(desk.folder.path() + "/rel")->fetch.carried == runner->fetch.carried);
  CHECK(desk.progress.noted.empty());
}

TEST_CASE("cli::with_bundle takes a script, and an archive as it is")
{
  Desk desk;
  const std::string script = desk.write("job.sh", "#!/bin/sh\necho hi\n");
  CHECK(check_local_bundle(*boot::parse_bundle(script)));
  const auto runner = desk.carry(script);
  REQUIRE(runner);
  CHECK(inspect_bytes(runner->fetch.carried, "it", {.app = "x", .start_command = "./job.sh"}));
  CHECK(!check_local_bundle(*boot::parse_bundle(desk.write("notes.txt", "hello"))));
  fs::create_symlink(script, desk.folder.path() + "/linked");
  CHECK(desk.carry(desk.folder.path() + "/linked"));
  const std::string packed = desk.write("app.tar.gz", runner->fetch.carried);
  CHECK(desk.carry(packed)->fetch.carried == runner->fetch.carried);
  desk.settings.bundle_sha256 = runner->fetch.sha256;
  CHECK(desk.carry(packed));
  desk.settings.bundle_sha256 = std::string(64, '0');
  CHECK(desk.carry(packed).error().message.find("and bundle_sha256 is 0000") != std::string::npos);
  CHECK(desk.carry(desk.folder.path() + "/gone.tar.gz").error().kind == ErrorKind::config);
}

TEST_CASE("cli::with_bundle takes what EC2 takes, to the byte, and says what is too long")
{
  Desk desk;
  const auto fits_in = [&](std::size_t size) { // of an archive that is sent as it is
    return desk.carry(desk.write("fits.tar.gz", noise(size))).has_value();
  };
  std::size_t most = 8000;
  for (std::size_t over = 16384; most + 1 < over;) {
    const std::size_t middle = (most + over) / 2;
    (fits_in(middle) ? most : over) = middle;
  }
  CHECK(most > 10'000);
  const auto fits = desk.carry(desk.write("fits.tar.gz", noise(most)));
  REQUIRE(fits);
  CHECK(boot::make_user_data(*fits)->size() <= boot::k_user_data_limit);
  CHECK(boot::make_user_data(*fits)->size() > boot::k_user_data_limit - 16);
  for (const std::size_t size : {most + 128, std::size_t{16384}, std::size_t{16385}}) {
    const auto error = desk.carry(desk.write("long.tar.gz", noise(size))).error();
    CAPTURE(error.message);
    CHECK(error.kind == ErrorKind::config);
    CHECK(error.message.find(std::to_string(size)) != std::string::npos);
    CHECK(error.message.find("16384") != std::string::npos);
    CHECK(error.hint.starts_with("it needs --store "));
  }
}

TEST_CASE("cli::with_bundle packs by xz what only that makes short enough, and says so")
{
  Desk desk;
  std::string text; // far apart repetitions: too far for gzip's window
  const std::string part = noise(8000);
  const std::string between(40'000, ' ');
  for (int i = 0; i < 3; ++i) {
    text += part;
    text += between;
  }
  desk.write("rel/bin/hello", "#!/bin/sh\n" + text);
  const auto runner = desk.carry(desk.folder.path() + "/rel");
  REQUIRE(runner);
  CHECK(runner->fetch.format == "tar.xz");
  CHECK(desk.progress.noted == "the bundle is packed by xz, which the image must have");
  CHECK(holds(*runner, "hello"));
  desk.write("rel/more", noise(20000));
  REQUIRE(!desk.carry(desk.folder.path() + "/rel"));
  CHECK(desk.carry(desk.folder.path() + "/rel").error().hint.starts_with("it needs --store "));
}

TEST_CASE("cli::with_bundle reads no gigabytes to find that they are too long")
{
  Desk desk;
  const std::string large = desk.write("rel/large", "");
  fs::resize_file(large, 1UL << 40U);
  const auto error = desk.carry(desk.folder.path() + "/rel").error();
  CHECK(error.message.find("has more than 16 MiB") != std::string::npos);
  CHECK(error.hint.starts_with("it needs --store "));
  const std::string archive = desk.write("large.tar", "");
  fs::resize_file(archive, 1UL << 40U);
  CHECK(desk.carry(archive).error().message.find("1099511627776 bytes") != std::string::npos);
}

TEST_CASE("cli::with_bundle refuses what no machine would unpack")
{
  Desk desk;
  desk.write("rel/bin/hello", "#!/bin/sh\n");
  desk.write("rel/a\nb", "x");
  fs::create_symlink("/etc/shadow", desk.folder.path() + "/rel/link");
  const auto bad = desk.carry(desk.folder.path() + "/rel");
  REQUIRE(!bad);
  CHECK(bad.error().also.size() == 1);
  const std::string odd = desk.write("odd/it's $(id) \xE2\x82\xAC", "#!/bin/sh\n");
  CHECK(desk.carry(odd));
}
