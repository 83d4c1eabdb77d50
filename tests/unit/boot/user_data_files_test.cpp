#include "base/gzip.hpp"
#include "base/text.hpp"
#include "boot/user_data_files.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>

using namespace flame;
using boot::FetchFile;
using boot::FileList;

namespace {

FetchFile file(const std::string& path, const std::string& place, const std::string& signature)
{
  return {.path = path,
          .url = "https://b.s3.eu-west-1.amazonaws.com/rel/" + place
                 + "?X-Amz-Date=20260115T081530Z&X-Amz-Signature=" + signature,
          .etag = "\"e\"",
          .size = 7,
          .program = path.starts_with("bin/")};
}

} // namespace

TEST_CASE("boot::file_list says once what the URLs have in common")
{
  const FileList list =
    boot::file_list({file("bin/hello", "bin/hello", "00ff"), file("a b", "a%20b", "00f1")});
  CHECK(list.base == "https://b.s3.eu-west-1.amazonaws.com/rel/");
  CHECK(list.query == "X-Amz-Date=20260115T081530Z&X-Amz-Signature=");
  CHECK(list.lines == "x\t7\t\"e\"\t00ff\t=\tbin/hello\n-\t7\t\"e\"\t00f1\ta%20b\ta b\n");
}

TEST_CASE("boot::file_list: each line and what is common give the URL back")
{
  const std::vector<std::vector<FetchFile>> cases = {
    {file("bin/hello", "bin/hello", "00ff")},
    {file("bin/a", "bin/a", "00ff"), file("bin/b", "bin/b", "00ff")},
    {{.path = "one", .url = "http://127.0.0.1:4566/b/one?"},
     {.path = "x", .url = "http://h/x?q=1"}},
    {{.path = "a", .url = "***"}, {.path = "b", .url = "***"}}};
  for (const std::vector<FetchFile>& files : cases) {
    const FileList list = boot::file_list(files);
    const std::vector<std::string> lines = split(list.lines, '\n');
    REQUIRE(lines.size() == files.size() + 1);
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::vector<std::string> words = split(lines[i], '\t');
      REQUIRE(words.size() == 6);
      CHECK(words[5] == files[i].path);
      const std::string place = words[4] == "=" ? words[5] : words[4];
      const std::string url = list.base + place + "?" + list.query + words[3];
      CHECK(url == files[i].url + (files[i].url == "***" ? "?" : ""));
    }
  }
  CHECK(boot::file_list({}).lines.empty());
}

TEST_CASE("boot: the URLs of dozens of files fit, of hundreds they do not, and that is said")
{
  std::mt19937 random(7);
  const auto hex = [&](int digits) {
    std::string text;
    for (int i = 0; i < digits; ++i) {
      text += "0123456789abcdef"[random() % 16];
    }
    return text;
  };
  const auto with_files = [&](int count) {
    boot::Runner runner = tests::least_runner();
    runner.fetch = {.format = "tar"};
    for (int i = 0; i < count; ++i) {
      const std::string path = fmt::format("lib/module-{}.beam", i);
      runner.fetch.files.push_back(file(path, path, hex(64)));
      runner.fetch.files.back().etag = '"' + hex(32) + '"';
    }
    return runner;
  };
  CHECK(boot::make_user_data(with_files(60)));
  const auto many = boot::make_user_data(with_files(600));
  REQUIRE(!many);
  CHECK(many.error().kind == ErrorKind::config);
  CHECK(many.error().message.starts_with("the URLs of the bundle's 600 files"));
  CHECK(many.error().hint.find("--store s3://BUCKET/PREFIX/") != std::string::npos);
  CHECK(boot::render_user_data(boot::without_secrets(with_files(2))).find("X-Amz-Signature")
        == std::string::npos);
}
