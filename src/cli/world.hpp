#pragma once

#include "aws/iam.hpp"
#include "aws/s3_api.hpp"
#include "aws/secrets_api.hpp"
#include "aws/ssm_api.hpp"
#include "base/error.hpp"
#include "base/ports.hpp"
#include "client/credentials/provider.hpp"
#include "client/ec2_client.hpp"
#include "client/sts.hpp"
#include "client/this_machine.hpp"
#include "config/settings.hpp"
#include "io/caller.hpp"
#include "io/http.hpp"
#include "io/process.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// The world as the commands see it. The real one is made by real_world.cpp, a recorded one by
// tests.
namespace flame::cli {

// AWS for one region. Members are made on first use, so that what needs no network opens none.
class Cloud {
public:
  Cloud() = default;
  Cloud(const Cloud&) = delete;
  Cloud& operator=(const Cloud&) = delete;
  virtual ~Cloud() = default;
  virtual client::Ec2Client& ec2() = 0;
  virtual aws::SsmApi& ssm() = 0;
  virtual aws::SecretsApi& secrets() = 0;
  virtual aws::S3Api& s3() = 0;
  virtual Result<std::string> account() = 0; // asks STS when the credentials do not say
  // What only doctor asks. Errors of who the caller is are those of the credentials too.
  virtual Result<client::CallerIdentity> caller() = 0;
  virtual aws::Outcome<aws::InstanceProfile> instance_profile(const std::string& name,
                                                              aws::CallLimit limit) = 0;
};

// What a cloud says and asks while it looks for credentials.
struct Talk {
  std::function<void(std::string_view)> warn = {};
  std::function<void(std::string_view)> detail = {}; // for -v
  std::function<void(std::string_view)> trace = {};  // for -vv; may be empty
  // The answer of the user; empty: nobody can be asked.
  std::function<std::optional<std::string>(const std::string& question)> ask = {};
  std::function<void(const client::ProviderAnswer&)> asked = {}; // of each provider; may be empty
};

struct Terminal {
  bool input = false; // somebody can answer
  bool errors = false;
  std::function<int()> width = [] { return 80; }; // of stderr, columns; changes with the window
  std::optional<int> out_width = {};              // of stdout, when it is a terminal
};

struct World {
  // Checked to the end; kind output. Results are written at once, in one call.
  std::function<Result<void>(std::string_view)> write_out = {};
  std::function<void(std::string_view)> write_err = {};       // nobody can be told when this fails
  std::function<std::optional<std::string>()> read_line = {}; // nullopt: end of input, or cancelled
  std::function<std::optional<std::string>()> read_hidden = {}; // the same, not shown while typed
  std::function<std::unique_ptr<io::Caller>()> attach = {};     // to standard input
  std::function<Result<std::optional<std::string>>(const std::string&)> find_file = {};
  std::function<Result<std::string>(const std::string&)> read_file = {}; // must be there
  std::function<Result<void>(const std::string&, std::string_view)> write_file = {}; // mode 0600
  std::function<Result<void>(const std::string&)> make_folder = {}; // may be there; mode 0700
  std::function<bool(const std::string&)> others_can_read = {};     // by its mode; false: not there
  std::function<Result<io::Finished>(const io::Command&)> run = {}; // another program
  std::function<Result<std::unique_ptr<Cloud>>(const config::Settings&, const World&, Talk)>
    connect = {};
  // Asks the metadata service that the settings name; errors as those of client::this_machine().
  std::function<Result<client::ThisMachine>(const config::Settings&, client::Asked, const World&)>
    this_machine = {};
  std::function<std::string(Seconds)> local_time = {}; // "2026-01-15 08:15"
  std::map<std::string, std::string> env = {};
  std::string home = {}; // folder of the user, "" when there is none
  Terminal terminal = {};
  Clock* clock = nullptr; // not owned, as the rest
  const Cancel* cancel = nullptr;
  Random* random = nullptr;
};

} // namespace flame::cli
