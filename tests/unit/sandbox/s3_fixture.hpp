#pragma once

#include "sandbox/s3_folder.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace flame::sandbox {

// Some buckets in a folder, and requests to them.
struct S3Fixture {
  test::TempFolder folder = {};
  S3Store store = {.folder = folder.path() + "/s3", .region = "us-east-1"};
  Seconds now = *parse_iso8601("2026-01-15T08:15:30Z");

  S3Fixture()
  {
    write("s3/bundles/app.bin", "0123456789");
    write("s3/bundles/dir one/a+b.txt", "odd");
    write("s3/bundles/empty", "");
    write("secret.txt", "secret");
    store.regions["bundles-eu"] = "eu-west-1";
  }
  void write(const std::string& name, std::string_view text) const
  {
    const std::filesystem::path path = std::filesystem::path(folder.path()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  Reply ask(Request request, const std::string& host = "127.0.0.1:4566") const
  {
    request.headers.emplace_back("host", host);
    return serve_s3(request, s3_name(request), store, now);
  }
  Reply send(const std::string& target, HeaderList headers = {}, const std::string& method = "GET",
             const std::string& host = "127.0.0.1:4566") const
  {
    return ask({.method = method, .target = target, .headers = std::move(headers)}, host);
  }
  std::string content(const Reply& reply) const
  {
    return reply.file ? read_whole(reply.file->path).substr(reply.file->offset, reply.file->length)
                      : reply.body;
  }
};

inline std::string header_of(const Reply& reply, std::string_view name)
{
  for (const auto& [given, value] : reply.headers) {
    if (given == name) {
      return value;
    }
  }
  return {};
}

inline bool has_code(const Reply& reply, const std::string& code)
{
  return reply.body.find("<Code>" + code + "</Code>") != std::string::npos;
}

// The text of the first such element.
inline std::string text_in(const Reply& reply, const std::string& name)
{
  const std::size_t from = reply.body.find("<" + name + ">");
  const std::size_t to = reply.body.find("</" + name + ">");
  REQUIRE(from != std::string::npos);
  return reply.body.substr(from + name.size() + 2, to - from - name.size() - 2);
}

} // namespace flame::sandbox
