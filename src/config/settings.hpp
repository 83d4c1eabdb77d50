#pragma once

#include "base/error.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

// What the user asked for. Merged once from its layers, then frozen. "" and empty: not set.
namespace flame::config {

// "none" said out loud is a value too.
struct Lifetime {
  std::optional<Millis> limit = {}; // nullopt: no limit
};

enum class WaitFor { launched, running };

struct Settings {
  // Where.
  std::string region = {};
  std::string profile = {};
  std::string endpoint_url = {};         // all services
  std::string ec2_service_endpoint = {}; // EC2 alone
  std::string ca_bundle = {};
  bool allow_http = false;

  // What runs.
  std::string app = {};
  std::string bundle = {};
  std::map<std::string, std::string> env = {}; // names checked, values as they are
  std::vector<std::string> env_from = {};
  std::vector<std::string> unset_env = {};
  std::string flame_parent = {};
  std::string release_node = {};
  std::string release_cookie = {};
  std::string run_as = {};
  std::string start_command = {};
  std::string stop_command = {};
  std::vector<std::string> setup_commands = {};

  // On which machine.
  std::string image_id = {};
  std::string launch_template_id = {};
  std::string launch_template_version = {};
  std::vector<std::string> instance_types = {}; // in order of preference
  std::vector<std::string> subnet_ids = {};     // in order of preference
  std::vector<std::string> security_group_ids = {};
  std::string iam_instance_profile = {}; // ARN or name
  std::string key_name = {};
  std::map<std::string, std::string> tags = {};

  // How long, and when it goes wrong.
  std::string run_id = {};
  std::string run_id_file = {};
  std::optional<WaitFor> wait_for = {};
  std::optional<Millis> boot_timeout = {};
  std::optional<Lifetime> max_lifetime = {};
  std::optional<Millis> bootstrap_timeout = {};
};

// Where a value came from: "flag --region", "variable FLAME_EC2_REGION", "default".
using Origins = std::map<std::string, std::string>; // by key of the option table

struct Configured {
  Settings settings = {};
  Origins origins = {};
};

} // namespace flame::config
