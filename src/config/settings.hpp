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
  bool operator==(const Lifetime&) const = default;
};

// What AWS's own variables and profiles say beside regions, endpoints and keys.
struct AwsSettings {
  bool fips = false;
  bool dual_stack = false;
  bool s3_dual_stack = false;
  std::string s3_addressing = "auto";     // "path", "virtual"
  std::string sts_endpoints = "regional"; // "legacy"
  int max_attempts = 3;                   // of one request, the first included
  bool operator==(const AwsSettings&) const = default;
};

enum class WaitFor { launched, running, ready };

struct Settings {
  // Where.
  std::string region = {};
  std::string profile = {};
  std::string endpoint_url = {};         // all services
  std::string ec2_service_endpoint = {}; // EC2 alone
  std::string ca_bundle = {};
  bool allow_http = false;
  bool auto_configure = false; // fill what is not set from the machine that we run on
  std::string instance_metadata_url = {};
  std::string instance_metadata_token_url = {};
  bool imds_v1 = false;
  // What all layers and AWS's own settings say together: URL by service ("ec2", "s3", "ssm",
  // "sts"). Absent: the region's own endpoint. Filled by merge() and add_profile().
  std::map<std::string, std::string> endpoints = {};
  AwsSettings aws = {}; // filled by add_profile()

  // What runs.
  std::string app = {};
  std::string bundle = {};
  std::string bundle_sha256 = {};              // hex
  std::string bundle_access = {};              // "presigned", "instance-role"; "": the first
  std::optional<bool> inspect = {};            // look into the bundle; nullopt: yes
  std::string store = {};                      // "s3://bucket/prefix/"
  std::string env_delivery = {};               // "user-data", "s3"; "": s3 with a store
  std::vector<std::string> secrets = {};       // "NAME=ssm:/path", "NAME=secretsmanager:id"
  std::map<std::string, std::string> env = {}; // names checked, values as they are
  std::vector<std::string> env_from = {};
  std::vector<std::string> unset_env = {};
  std::string flame_parent = {};
  std::string release_node = {};
  std::string release_cookie = {};
  std::string run_as = {};
  std::string start_command = {};
  std::string stop_command = {};
  std::string ready_command = {};
  bool merge_user_data = false; // of the launch template
  std::vector<std::string> setup_commands = {};
  // Of `run`, which sets them itself; no option does.
  std::string command = {}; // for sh, in place of the release; "": the release
  bool artifacts = false;   // bring back what it leaves
  bool keep = false;        // leave the machine after it

  // On which machine.
  std::optional<int> count = {};     // machines; nullopt: 1
  std::optional<int> min_count = {}; // be content with so many of them; nullopt: with all alone
  std::string image = {};            // public name: "al2023"
  std::string image_id = {};         // "ami-…", "resolve:ssm:NAME"
  std::string launch_template_id = {};
  std::string launch_template_version = {};
  std::vector<std::string> instance_types = {}; // in order of preference
  std::vector<std::string> subnet_ids = {};     // in order of preference
  std::vector<std::string> markets =
    {};                            // "on-demand", "spot", in order of preference; empty: EC2's
  std::string spot_max_price = {}; // US dollars an hour; "": the on-demand price
  std::string prefer = {};         // key of what moves first; "": subnet_id
  std::vector<std::string> security_group_ids = {};
  std::string iam_instance_profile = {}; // ARN or name
  std::string key_name = {};
  std::optional<bool> public_ip = {};       // nullopt: the subnet decides
  std::optional<int> root_volume_size = {}; // GiB
  std::string root_volume_type = {};
  std::optional<int> root_volume_iops = {};
  std::optional<int> root_volume_throughput = {};          // MiB/s
  std::optional<int> root_volume_initialization_rate = {}; // MiB/s, from its snapshot
  bool root_volume_encrypted = false;                      // false: what image and account say
  std::string root_volume_kms_key = {};
  std::optional<int> metadata_hop_limit = {};
  std::optional<bool> metadata_tags = {}; // nullopt: the template, else EC2 decides
  std::string placement_group = {};
  std::string tenancy = {};           // "default", "dedicated", "host"
  std::string availability_zone = {}; // "eu-west-1a", when no subnet says it
  std::string cpu_credits = {};       // "standard", "unlimited"
  std::optional<int> cpu_cores = {};
  std::optional<int> threads_per_core = {};
  std::string on_interruption = {};       // "stop", "ignore", else a command; "": the first
  std::string capacity_reservation = {};  // "cr-…", a group's ARN, "open", "none", "only"
  std::string private_dns_hostname = {};  // "ip-name", "resource-name"
  std::optional<bool> private_dns_a = {}; // whether the resource name has such a record
  std::optional<bool> private_dns_aaaa = {};
  std::map<std::string, std::string> tags = {};
  std::map<std::string, std::string> ec2 = {}; // RunInstances parameters, sent as they are

  // How long, and when it goes wrong.
  std::string run_id = {};
  std::string run_id_file = {};
  std::optional<WaitFor> wait_for = {};
  std::optional<Millis> boot_timeout = {};
  std::optional<Lifetime> max_lifetime = {};
  std::optional<Millis> bootstrap_timeout = {};
  std::optional<int> max_running = {}; // of the app's machines, those of this boot included
  bool keep_on_failure = false;
  std::string evidence_dir = {};
  std::string log = {}; // of the reference; without effect

  bool operator==(const Settings&) const = default;
};

// The layers, lowest first. What a higher one sets replaces what a lower one did; `env` and `tags`
// are merged by key.
enum class Rank { metadata, profile, surroundings, file, pool, variable, attached, flag };

struct Origin {
  Rank rank = Rank::metadata;
  std::string text = {}; // "flag --region", "variable FLAME_EC2_REGION", "profile dev"
};

struct Configured {
  Settings settings = {};
  std::map<std::string, Origin, std::less<>> origins = {}; // by key; of a map: its last entry
  std::map<std::string, Origin, std::less<>> entries = {}; // of maps, each by: tags "KEY"
  // Bad values; to be reported together with what else is found. A bad value counts as set, so
  // that it is not called missing as well.
  std::vector<Mistake> mistakes = {};
  bool incomplete = false; // a layer could not be read: what is missing may stand there
  std::vector<std::string> warnings = {}; // sentences worth a line on stderr
  std::string local_address = {};    // of the machine that we run on, when auto-configuration asked
  std::optional<Error> failure = {}; // why auto-configuration found nothing: that may be missing
};

} // namespace flame::config
