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
  std::string profile = {};  // --profile; "" to let the environment say
  std::function<Result<std::optional<std::string>>(const std::string& path)> read_file = {}; // nullopt: not there
  io::Http* http = nullptr;  // not owned
  const Clock* clock = nullptr; // not owned
  const Cancel* cancel = nullptr; // not owned; may be null
};

// A provider gives one of three answers:
//   credentials   stop looking
//   nullopt       not set up here; ask the next provider
//   Error         set up but broken: stop and report it, never skip it in silence
using Found = Result<std::optional<aws::Credentials>>;

struct Provider {
  std::string_view name;
  Found (*find)(const Sources& sources);
};

} // namespace flame::client
