#include "io/files.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

using namespace flame;
using test::TempFolder;

namespace {

unsigned mode_of(const std::string& path)
{
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::size_t entries(const TempFolder& folder)
{
  const std::filesystem::directory_iterator first(folder.path());
  return static_cast<std::size_t>(std::distance(first, {}));
}

} // namespace

TEST_CASE("io::read_file gives the whole file, byte for byte")
{
  const TempFolder folder;
  const std::string bytes("a\0b\r\n\xff", 6);
  CHECK(io::read_file(folder.write("f", bytes)).value() == bytes);
  CHECK(io::read_file(folder.write("empty", "")).value() == "");
  const std::string large(300'000, 'x');
  CHECK(io::read_named_file(folder.write("large", large)).value() == large);
}

TEST_CASE("io::read_file tells what is not there from what cannot be read")
{
  const TempFolder folder;
  const std::string file = folder.write("f", "12345");
  CHECK(!io::read_file(folder.path("none")).value());
  CHECK(!io::read_file(file + "/below").value());

  const auto named = io::read_named_file(folder.path("none"));
  REQUIRE(!named);
  CHECK(named.error().kind == ErrorKind::config);
  CHECK(named.error().message
        == "cannot read \"" + folder.path("none") + "\": No such file or directory");

  const auto is_folder = io::read_file(folder.path());
  REQUIRE(!is_folder);
  CHECK(is_folder.error().message == "cannot read \"" + folder.path() + "\": Is a directory");

  CHECK(io::read_file(file, 5));
  const auto too_large = io::read_file(file, 4);
  REQUIRE(!too_large);
  CHECK(too_large.error().message == "cannot read \"" + file + "\": it has more than 4 bytes");
  CHECK(!io::read_file("/dev/zero", 1000));
}

TEST_CASE("io::read_file reads a pipe to its end")
{
  const TempFolder folder;
  const std::string pipe = folder.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::jthread writer([&] { std::ofstream(pipe) << "from a pipe"; });
  CHECK(io::read_file(pipe).value() == "from a pipe");
}

TEST_CASE("io::write_file replaces the file as a whole, for its owner alone")
{
  const TempFolder folder;
  const std::string path = folder.write("f", "old");
  std::filesystem::permissions(path, std::filesystem::perms(0644));
  const std::ifstream reader(path); // what has the old one open keeps it
  REQUIRE(io::write_file(path, std::string("new\0", 4)));
  CHECK(io::read_named_file(path).value() == std::string("new\0", 4));
  CHECK(mode_of(path) == 0600U);
  CHECK(entries(folder) == 1);
  std::string old;
  std::getline(const_cast<std::ifstream&>(reader), old);
  CHECK(old == "old");
}

TEST_CASE("io::write_file follows a symbolic link")
{
  const TempFolder folder;
  const std::string target = folder.write("target", "old");
  std::filesystem::create_symlink("target", folder.path("link"));
  REQUIRE(io::write_file(folder.path("link"), "new"));
  CHECK(std::filesystem::is_symlink(folder.path("link")));
  CHECK(io::read_named_file(target).value() == "new");
}

TEST_CASE("io::write_file says why it cannot, and leaves nothing behind")
{
  const TempFolder folder;
  const auto is_folder = io::write_file(folder.path(), "x");
  REQUIRE(!is_folder);
  CHECK(is_folder.error().kind == ErrorKind::output);
  CHECK(is_folder.error().message == "cannot write \"" + folder.path() + "\": Is a directory");

  const auto no_folder = io::write_file(folder.path("none/f"), "x");
  REQUIRE(!no_folder);
  CHECK(no_folder.error().message
        == "cannot write \"" + folder.path("none/f") + "\": No such file or directory");

  const auto full = io::write_file("/dev/full", "x");
  REQUIRE(!full);
  CHECK(full.error().message == "cannot write \"/dev/full\": No space left on device");
  CHECK(entries(folder) == 0);
}

TEST_CASE("io::write_file writes to what is no file")
{
  CHECK(io::write_file("/dev/null", "x"));
  CHECK(std::filesystem::is_character_file("/dev/null"));
}
