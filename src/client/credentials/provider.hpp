#pragma once

#include "aws/credentials.hpp"
#include "base/error.hpp"
#include "base/ports.hpp"
#include "io/http.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// Who may give credentials.
namespace flame::client {

// What providers may look at. Injected, so that tests need no real world.
struct Sources {
  std::map<std::string, std::string> env = {};
  std::string profile = {}; // --profile; "" to let the environment say
  std::function<Result<std::optional<std::string>>(const std::string& path)> read_file =
    {};                           // nullopt: not there
  io::Http* http = nullptr;       // not owned
  const Clock* clock = nullptr;   // not owned
  const Cancel* cancel = nullptr; // not owned; may be null
  std::string home = {};          // home folder, from io::home_folder(); "" when there is none
  // Told why a provider has none; may be empty. Never holds a secret.
  std::function<void(std::string reason, std::string hint)> note = {};
};

// A provider gives one of three answers:
//   credentials   stop looking
//   nullopt       not set up here; ask the next provider
//   Error         set up but broken: stop and report it, never skip it in silence
using Found = Result<std::optional<aws::Credentials>>;

struct Provider {
  std::string_view name;
  Found (*find)(const Sources& sources);
  bool of_profile = false; // asked too when --profile names where to look
};

// "" for a variable that is not set: AWS's tools take an empty one so too.
std::string variable(const Sources& sources, const std::string& name);
void note(const Sources& sources, std::string reason, std::string hint = {});

// One file each; their order is that of chain.cpp.
Found from_environment(const Sources& sources);
Found from_profile(const Sources& sources);
Found from_imds(const Sources& sources);

} // namespace flame::client
