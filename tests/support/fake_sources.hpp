#pragma once

#include "client/credentials/provider.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http.hpp"

#include <map>
#include <string>
#include <vector>

namespace flame::test {

// A world for providers of credentials: variables, files and metadata as the test says.
struct FakeSources {
  std::map<std::string, std::string> env = {};
  std::map<std::string, std::string> files = {};
  std::string profile = {};
  FakeHttp http = {};
  FakeClock clock = {};
  std::vector<std::string> read = {};  // paths
  std::vector<std::string> notes = {}; // reasons

  client::Sources sources()
  {
    return {.env = env,
            .profile = profile,
            .read_file = [this](const std::string& path) -> Result<std::optional<std::string>> {
              read.push_back(path);
              const auto file = files.find(path);
              return file == files.end() ? std::nullopt : std::optional(file->second);
            },
            .http = &http,
            .clock = &clock,
            .home = "/home/me",
            .note = [this](std::string reason,
                           const std::string&) { notes.push_back(std::move(reason)); }};
  }
};

// What the metadata service of a machine with the role "app" answers, in the order asked.
inline std::deque<FakeHttp::Answer> role_answers()
{
  return {FakeHttp::response(200, "a-token"), FakeHttp::response(200, "app"),
          FakeHttp::response(200, R"({"Code":"Success","LastUpdated":"2026-01-15T07:00:00Z",
            "Type":"AWS-HMAC","AccessKeyId":"ASIA1","SecretAccessKey":"role-secret",
            "Token":"role-token","Expiration":"2026-01-15T14:00:00Z"})")};
}

} // namespace flame::test
