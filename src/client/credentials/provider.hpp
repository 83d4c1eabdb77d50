#pragma once

#include "aws/credentials.hpp"
#include "aws/endpoints.hpp"
#include "base/error.hpp"
#include "base/ports.hpp"
#include "client/imds.hpp"
#include "client/retry.hpp"
#include "io/http.hpp"
#include "io/process.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// Who may give credentials.
namespace flame::client {

// How a provider answered, for who wants to know them all.
enum class Asking { found, absent, broken, not_asked };
struct ProviderAnswer {
  std::string provider = {};
  Asking outcome = Asking::absent;
  std::string detail = {}; // why, or whose; may be empty. Never holds a secret
  std::string hint = {};
};

// What providers may look at. Injected, so that tests need no real world.
struct Sources {
  std::map<std::string, std::string> env = {};
  std::string profile = {}; // --profile; "" to let the environment say
  std::string region = {};  // whose STS is asked
  std::function<Result<std::optional<std::string>>(const std::string& path)> read_file =
    {}; // nullopt: not there
  std::function<Result<void>(const std::string& path, std::string_view bytes)> write_file =
    {}; // mode 0600, whole or not at all
  std::function<Result<void>(const std::string& path)> make_folder = {}; // may be there
  std::function<bool(const std::string& path)> others_can_read = {};
  std::function<Result<io::Finished>(const io::Command&)> run = {}; // another program
  // Of "sts", "sso" or "sso_oidc". Empty: the region's own.
  std::function<Result<aws::Endpoint>(std::string_view service, std::string_view region)> endpoint =
    {};
  // Asks the user; nullopt: no answer. Empty: nobody can be asked.
  std::function<std::optional<std::string>(const std::string& question)> ask = {};
  ImdsPlace imds = {};             // where our own settings say that metadata are
  io::Http* http = nullptr;        // not owned
  Clock* clock = nullptr;          // not owned
  const Cancel* cancel = nullptr;  // not owned; may be null
  Millis cancel_grace = Millis(0); // how long to go on once cancelled
  bool kept_roles = true;          // those of AWS's command line will do
  int tries = k_most_tries;        // of each request to STS, the first included
  std::string home = {};           // home folder, from io::home_folder(); "" when there is none
  // Told why a provider has none; may be empty. Never holds a secret.
  std::function<void(std::string reason, std::string hint)> note = {};
  std::function<void(const ProviderAnswer&)> asked = {}; // told of each provider once; may be empty
  std::function<void(std::string_view sentence)> warn = {}; // of what the user should put right
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

// One file each; their order is that of chain.cpp. The kinds of profiles are in profile_kinds.hpp.
Found from_environment(const Sources& sources);
Found from_profile(const Sources& sources);
Found from_github(const Sources& sources);
Found from_container(const Sources& sources);
Found from_imds(const Sources& sources);

} // namespace flame::client
