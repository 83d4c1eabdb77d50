#pragma once

#include "client/credentials/provider.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http.hpp"

#include <map>
#include <set>
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
  std::vector<std::string> read = {};     // paths
  std::vector<std::string> notes = {};    // reasons
  std::vector<std::string> warnings = {}; // sentences
  std::set<std::string> open_files = {};  // that others can read
  FakeCancel cancel = {};
  std::vector<std::vector<std::string>> ran = {}; // words of command lines
  Result<io::Finished> program = fail(ErrorKind::config, "cannot run \"aws\": not there");
  std::optional<std::string> answer = {};  // of the user; nullopt: nobody can be asked
  std::vector<std::string> questions = {}; // that the user was asked

  client::Sources sources()
  {
    client::Sources all = {
      .env = env,
      .profile = profile,
      .region = "eu-west-1",
      .read_file = [this](const std::string& path) -> Result<std::optional<std::string>> {
        read.push_back(path);
        const auto file = files.find(path);
        return file == files.end() ? std::nullopt : std::optional(file->second);
      },
      .write_file = [this](const std::string& path, std::string_view bytes) -> Result<void> {
        files[path] = bytes;
        return {};
      },
      .others_can_read = [this](const std::string& path) { return open_files.contains(path); },
      .run =
        [this](const io::Command& command) {
          ran.push_back(command.arguments);
          return program;
        },
      .http = &http,
      .clock = &clock,
      .cancel = &cancel,
      .home = "/home/me",
      .note = [this](std::string reason,
                     const std::string&) { notes.push_back(std::move(reason)); },
      .warn = [this](std::string_view sentence) { warnings.emplace_back(sentence); }};
    if (answer) {
      all.ask = [this](const std::string& question) {
        questions.push_back(question);
        return answer;
      };
    }
    return all;
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
