#include "config/options.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "config/clean.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

namespace flame::config {
namespace {

using S = Settings;

constexpr unsigned k_no_flag = k_anywhere & ~k_flag;
constexpr std::string_view k_denial = "--no-";

// clang-format off
// Within a group in the order of `--help`: what most boots need comes first.
const Option k_options[] = {
  // Where.
  {"region", &S::region, Group::where, "REGION", "AWS region",
   {.aliases = "aws_region", .otherwise = "AWS_REGION AWS_DEFAULT_REGION",
    .standard = "$AWS_REGION, $AWS_DEFAULT_REGION, the profile's", .completes = "regions"}},
  {"profile", &S::profile, Group::where, "NAME", "profile of the AWS configuration files",
   {.standard = "$AWS_PROFILE", .guarded = true, .completes = "profiles"}},
  {"endpoint_url", &S::endpoint_url, Group::where, "URL", "send the requests of all services to URL",
   {.standard = "$AWS_ENDPOINT_URL", .guarded = true}},
  {"ec2_service_endpoint", &S::ec2_service_endpoint, Group::where, "URL", "send the requests of EC2 to URL",
   {.variable = "FLAME_EC2_SERVICE_ENDPOINT", .standard = "the region's own", .guarded = true}},
  {"ca_bundle", &S::ca_bundle, Group::where, "FILE", "trust the certificate authorities in FILE",
   {.otherwise = "AWS_CA_BUNDLE", .standard = "$AWS_CA_BUNDLE, the system's", .guarded = true}},
  {"allow_http", &S::allow_http, Group::where, "", "allow http:// endpoints that are not on this computer",
   {.guarded = true}},
  {"auto_configure", &S::auto_configure, Group::where, "", "fill what is not set from the machine that this runs on", {}},
  {"instance_metadata_url", &S::instance_metadata_url, Group::where, "URL", "metadata service that auto_configure asks",
   {.standard = "http://169.254.169.254/latest/meta-data/", .guarded = true}},
  {"instance_metadata_token_url", &S::instance_metadata_token_url, Group::where, "URL", "where it gives its tokens",
   {.standard = "api/token beside meta-data/", .guarded = true}},
  {"imds_v1", &S::imds_v1, Group::where, "", "ask it without a token where it gives none", {.guarded = true}},

  // What runs.
  {"app", &S::app, Group::release, "NAME", "name of the release",
   {.otherwise = "RELEASE_NAME", .standard = "$RELEASE_NAME"}},
  {"bundle", &S::bundle, Group::release, "PLACE", "the release: s3://BUCKET/KEY.tar.gz, https://…, a file or a folder",
   {.aliases = "s3_bundle_url"}},
  {"bundle_sha256", &S::bundle_sha256, Group::release, "DIGEST", "SHA-256 that the bundle must have",
   {.standard = "what S3 keeps of it", .clean = clean_sha256}},
  {"bundle_access", &S::bundle_access, Group::release, "HOW", "who reads the bundle from S3: a presigned URL, or the machine's own role",
   {.standard = "presigned", .values = "presigned instance-role"}},
  {"inspect", &S::inspect, Group::release, "", "look into the bundle before it is sent",
   {.standard = "yes, up to 16 MiB"}},
  {"store", &S::store, Group::release, "URL", "keep bundles, status, logs and secrets below s3://BUCKET/PREFIX/", {}},
  {"env", &S::env, Group::release, "KEY=VALUE", "variable for the release; KEY alone copies the caller's",
   {.flags = "-e", .clean = clean_env, .secret = true}},
  {"env_file", std::monostate(), Group::release, "FILE", "read variables from FILE, KEY=VALUE a line",
   {.file_of = "env"}},
  {"env_from", &S::env_from, Group::release, "NAMES", "copy these variables of the caller",
   {.clean = clean_variable_name}},
  {"unset_env", &S::unset_env, Group::release, "NAMES", "leave these variables out",
   {.clean = clean_variable_name}},
  {"env_delivery", &S::env_delivery, Group::release, "HOW", "how variables reach the machine: in its user data, or in an encrypted object",
   {.standard = "s3 with a store, else user-data", .values = "user-data s3"}},
  {"secret", &S::secrets, Group::release, "NAME=WHERE", "variable that is read from ssm:/PARAMETER or secretsmanager:ID",
   {.clean = clean_secret}},
  {"flame_parent", &S::flame_parent, Group::release, "VALUE", "the parent that the release joins",
   {.otherwise = "FLAME_PARENT", .standard = "$FLAME_PARENT", .sources = k_no_flag, .secret = true}},
  {"release_node", &S::release_node, Group::release, "NODE", "node name of the release",
   {.standard = "of the FLAME parent"}},
  {"release_cookie", &S::release_cookie, Group::release, "COOKIE", "cookie of the release",
   {.sources = k_no_flag, .secret = true}},
  {"release_cookie_file", std::monostate(), Group::release, "FILE", "read the cookie of the release from FILE",
   {.file_of = "release_cookie"}},
  {"run_as", &S::run_as, Group::release, "USER", "user of the release on the machine",
   {.standard = "flame; root with a FLAME parent"}},
  {"start_command", &S::start_command, Group::release, "COMMAND", "start the release with COMMAND",
   {.standard = "bin/APP start"}},
  {"stop_command", &S::stop_command, Group::release, "COMMAND", "stop the release with COMMAND",
   {.standard = "SIGTERM alone"}},
  {"merge_user_data", &S::merge_user_data, Group::release, "",
   "run the launch template's own user data too, after the script that runs the release", {}},
  {"ready_command", &S::ready_command, Group::release, "COMMAND", "the release is ready when COMMAND succeeds",
   {.standard = "it has run for 2 s"}},
  {"setup_commands", &S::setup_commands, Group::release, "COMMAND", "run COMMAND as root before the release",
   {.flags = "--setup-command", .separator = '\n'}},

  // On which machine.
  {"count", &S::count, Group::machine, "COUNT", "boot so many machines",
   {.standard = "1", .least = 1, .most = 1000}},
  {"min_count", &S::min_count, Group::machine, "COUNT", "be content with so many when EC2 has no more",
   {.standard = "all or none", .least = 1, .most = 1000}},
  {"image", &S::image, Group::machine, "NAME", "public image to boot, the newest of its name, as in al2023 or debian-12",
   {.completes = "images"}},
  {"image_id", &S::image_id, Group::machine, "AMI", "image to boot: ami-… or resolve:ssm:PARAMETER", {}},
  {"launch_template_id", &S::launch_template_id, Group::machine, "ID", "launch template to boot, id or name; wins over the image", {}},
  {"launch_template_version", &S::launch_template_version, Group::machine, "VERSION", "its version",
   {.standard = "$Default"}},
  {"instance_type", &S::instance_types, Group::machine, "TYPES", "instance types, in order of preference",
   {.standard = "t3.nano, t4g.nano for an arm64 image, or the template's"}},
  {"subnet_id", &S::subnet_ids, Group::machine, "IDS", "subnets, in order of preference",
   {.standard = "the template's, or the default VPC's"}},
  {"security_group_id", &S::security_group_ids, Group::machine, "IDS", "security groups, all of them",
   {.aliases = "security_group_ids", .standard = "the template's, or the default VPC's"}},
  {"market", &S::markets, Group::machine, "MARKETS", "on-demand, spot, or both in order of preference",
   {.standard = "the template's, or on-demand", .values = "on-demand spot", .clean = clean_market}},
  {"spot_max_price", &S::spot_max_price, Group::machine, "DOLLARS", "pay at most so much an hour for a spot machine",
   {.standard = "the on-demand price", .clean = clean_price}},
  {"on_interruption", &S::on_interruption, Group::machine, "HOW",
   "what a spot machine does when EC2 takes it back: stop the release, ignore it, or a command that runs before the stop",
   {.standard = "stop"}},
  {"prefer", &S::prefer, Group::machine, "SETTING", "what of market, type and subnet changes first when EC2 has no room",
   {.standard = "subnet_id", .values = "subnet_id instance_type market"}},
  {"iam_instance_profile", &S::iam_instance_profile, Group::machine, "PROFILE", "instance profile, name or ARN",
   {.clean = clean_profile}},
  {"key_name", &S::key_name, Group::machine, "NAME", "key pair to log in with", {.ec2 = "KeyName"}},
  {"public_ip", &S::public_ip, Group::machine, "", "give the machine a public address",
   {.flags = "--associate-public-ip-address", .standard = "the template's, or the subnet's"}},
  {"root_volume_size", &S::root_volume_size, Group::machine, "GIB", "size of the root volume in GiB",
   {.standard = "the image's", .least = 1, .most = 65'536}},
  {"root_volume_type", &S::root_volume_type, Group::machine, "TYPE", "type of the root volume",
   {.standard = "the image's", .values = "gp3 gp2 io2 io1 standard"}},
  {"root_volume_iops", &S::root_volume_iops, Group::machine, "COUNT", "operations a second of the root volume",
   {.standard = "of its type", .least = 100, .most = 256'000}},
  {"root_volume_throughput", &S::root_volume_throughput, Group::machine, "MIBPS", "MiB a second of a gp3 root volume",
   {.standard = "125", .least = 125, .most = 2000}},
  {"root_volume_initialization_rate", &S::root_volume_initialization_rate, Group::machine, "MIBPS",
   "MiB a second at which the root volume is filled from its snapshot",
   {.standard = "as it is read", .least = 100, .most = 300}},
  {"root_volume_encrypted", &S::root_volume_encrypted, Group::machine, "", "encrypt the root volume",
   {.standard = "as image and account say"}},
  {"root_volume_kms_key", &S::root_volume_kms_key, Group::machine, "KEY", "encrypt the root volume with this KMS key",
   {.standard = "the account's"}},
  {"metadata_hop_limit", &S::metadata_hop_limit, Group::machine, "COUNT", "hops that answers of the metadata service may take",
   {.standard = "the image's", .ec2 = "MetadataOptions.HttpPutResponseHopLimit", .least = 1, .most = 64}},
  {"metadata_tags", &S::metadata_tags, Group::machine, "", "let the machine read its tags from the metadata service",
   {.standard = "no"}},
  {"placement_group", &S::placement_group, Group::machine, "NAME", "placement group to launch into",
   {.ec2 = "Placement.GroupName"}},
  {"tenancy", &S::tenancy, Group::machine, "KIND", "who shares the hardware",
   {.standard = "the VPC's", .values = "default dedicated host", .ec2 = "Placement.Tenancy"}},
  {"availability_zone", &S::availability_zone, Group::machine, "ZONE", "zone of the default VPC's subnet to launch into",
   {.standard = "EC2's choice", .ec2 = "Placement.AvailabilityZone"}},
  {"cpu_credits", &S::cpu_credits, Group::machine, "KIND", "what a burstable type does without credits: slow down, or cost more",
   {.standard = "of its type and account", .values = "standard unlimited", .ec2 = "CreditSpecification.CpuCredits"}},
  {"cpu_cores", &S::cpu_cores, Group::machine, "COUNT", "cores of the machine, of those that its type has",
   {.standard = "all", .ec2 = "CpuOptions.CoreCount", .least = 1, .most = 1024}},
  {"threads_per_core", &S::threads_per_core, Group::machine, "COUNT", "threads of each core; 1 is no multithreading",
   {.standard = "all", .ec2 = "CpuOptions.ThreadsPerCore", .least = 1, .most = 2}},
  {"capacity_reservation", &S::capacity_reservation, Group::machine, "WHICH",
   "capacity reservation to launch into: cr-…, the ARN of a resource group, open, only, or none",
   {.standard = "open", .clean = clean_reservation}},
  {"private_dns_hostname", &S::private_dns_hostname, Group::machine, "KIND", "host name of the machine: of its address, or of its id",
   {.standard = "the subnet's", .values = "ip-name resource-name", .ec2 = "PrivateDnsNameOptions.HostnameType"}},
  {"private_dns_a", &S::private_dns_a, Group::machine, "", "let the name of the machine's id be found as an IPv4 address",
   {.standard = "the subnet's", .ec2 = "PrivateDnsNameOptions.EnableResourceNameDnsARecord"}},
  {"private_dns_aaaa", &S::private_dns_aaaa, Group::machine, "", "let the name of the machine's id be found as an IPv6 address",
   {.standard = "the subnet's", .ec2 = "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord"}},
  {"tags", &S::tags, Group::machine, "KEY=VALUE", "tag for the machine, its volumes and interfaces",
   {.flags = "--tag"}},
  {"ec2", &S::ec2, Group::machine, "NAME=VALUE", "parameter of RunInstances, sent as it is, as in Placement.PartitionNumber=3",
   {.scalars = true}},

  // How long.
  {"run_id", &S::run_id, Group::limits, "ID", "label of this run, for terminate",
   {.standard = "random"}},
  {"run_id_file", &S::run_id_file, Group::limits, "FILE", "write the run id to FILE before the first request", {}},
  {"wait_for", &S::wait_for, Group::limits, "STATE", "wait until the machine is launched or running, or the release on it is ready",
   {.standard = "ready; launched with a FLAME parent", .values = "launched running ready"}},
  {"boot_timeout", &S::boot_timeout, Group::limits, "TIME", "give up and clean up after TIME",
   {.standard = "5m; 2m when not waiting for ready"}},
  {"max_lifetime", &S::max_lifetime, Group::limits, "TIME", "end the machine after TIME; none for no limit",
   {.standard = "none with a FLAME parent, else required"}},
  {"bootstrap_timeout", &S::bootstrap_timeout, Group::limits, "TIME", "power off when the release has not started after TIME",
   {.standard = "15m"}},
  {"max_running", &S::max_running, Group::limits, "COUNT", "boot nothing when more of the app's machines would live than COUNT",
   {.standard = "no limit", .least = 1, .most = 100'000}},
  {"keep_on_failure", &S::keep_on_failure, Group::limits, "", "leave a machine whose boot failed to its lifetime", {}},
  {"evidence_dir", &S::evidence_dir, Group::limits, "FOLDER", "write the console of a machine whose boot failed to FOLDER", {}},
  {"log", &S::log, Group::limits, "LEVEL", "taken for users of FlameEC2, and does nothing; see --verbose",
   {.no_effect = "does nothing here; -v and -vv say more"}},
};
// clang-format on

std::vector<std::string> words(std::string_view text)
{
  std::vector<std::string> found = split(text, ' ');
  std::erase(found, "");
  return found;
}

std::vector<std::string> keys(const Option& option)
{
  std::vector<std::string> found = words(option.rules.aliases);
  found.insert(found.begin(), std::string(option.key));
  return found;
}

using ByName = std::map<std::string, const Option*, std::less<>>;

// Made once of each kind of names: to put them together takes longer than most of what a small
// command does.
ByName by_name(std::vector<std::string> (*names)(const Option&))
{
  ByName rows;
  for (const Option& option : k_options) {
    for (std::string& name : names(option)) {
      rows.emplace(std::move(name), &option);
    }
  }
  return rows;
}

const Option* find(const ByName& rows, std::string_view wanted)
{
  const auto row = rows.find(wanted);
  return row == rows.end() ? nullptr : row->second;
}

struct Show {
  const Settings& settings;
  std::string operator()(std::monostate /*none*/) const { return {}; }
  std::string operator()(std::string S::*field) const { return settings.*field; }
  std::string operator()(bool S::*field) const { return settings.*field ? "true" : "false"; }
  std::string operator()(std::optional<bool> S::*field) const
  {
    return settings.*field ? *(settings.*field) ? "true" : "false" : "";
  }
  std::string operator()(std::optional<int> S::*field) const
  {
    return settings.*field ? std::to_string(*(settings.*field)) : "";
  }
  std::string operator()(std::vector<std::string> S::*field) const
  {
    return join(settings.*field, ", ");
  }
  std::string operator()(std::map<std::string, std::string> S::*field) const
  {
    std::vector<std::string> pairs;
    for (const auto& [name, value] : settings.*field) {
      pairs.push_back(fmt::format("{}={}", name, value));
    }
    return join(pairs, ", ");
  }
  std::string operator()(std::optional<Millis> S::*field) const
  {
    return settings.*field ? format_duration(*(settings.*field)) : "";
  }
  std::string operator()(std::optional<Lifetime> S::*field) const
  {
    const auto& lifetime = settings.*field;
    return !lifetime ? "" : lifetime->limit ? format_duration(*lifetime->limit) : "none";
  }
  std::string operator()(std::optional<WaitFor> S::*field) const
  {
    return settings.*field ? std::string(name(*(settings.*field))) : "";
  }
};

std::string masked(const Option& option, const Settings& settings)
{
  const auto* map = std::get_if<std::map<std::string, std::string> S::*>(&option.field);
  if (map == nullptr) {
    return "***";
  }
  std::vector<std::string> names;
  for (const auto& entry : settings.*(*map)) {
    names.push_back(entry.first + "=***");
  }
  return join(names, ", ");
}

} // namespace

std::string_view title(Group group)
{
  constexpr std::string_view k_titles[] = {"Where", "What runs", "On which machine",
                                           "Names, times and limits"};
  return k_titles[static_cast<std::size_t>(group)];
}

std::span<const Group> all_groups()
{
  static constexpr Group k_order[] = {Group::release, Group::machine, Group::limits, Group::where};
  return k_order;
}

std::span<const Option> options()
{
  return k_options;
}

Kind kind(const Option& option)
{
  // In the order of Field.
  constexpr Kind k_kinds[] = {Kind::file,   Kind::text,   Kind::toggle, Kind::list, Kind::map,
                              Kind::toggle, Kind::number, Kind::time,   Kind::time, Kind::text};
  static_assert(std::size(k_kinds) == std::variant_size_v<Field>);
  return k_kinds[option.field.index()];
}

bool is_list(const Option& option)
{
  return kind(option) == Kind::list;
}

bool is_map(const Option& option)
{
  return kind(option) == Kind::map;
}

bool is_number(const Option& option)
{
  return kind(option) == Kind::number;
}

bool is_choice(const Option& option)
{
  return std::holds_alternative<std::optional<bool> S::*>(option.field);
}

std::vector<std::string> key_names(const Option& option)
{
  return (option.rules.sources & k_file) == 0 ? std::vector<std::string>() : keys(option);
}

std::vector<std::string> flag_names(const Option& option)
{
  if ((option.rules.sources & k_flag) == 0) {
    return {};
  }
  std::vector<std::string> names;
  for (std::string key : keys(option)) {
    std::ranges::replace(key, '_', '-');
    names.push_back("--" + key);
  }
  std::ranges::move(words(option.rules.flags), std::back_inserter(names));
  for (std::size_t i = 0, count = is_choice(option) ? names.size() : 0; i < count; ++i) {
    names.push_back(std::string(k_denial) + names[i].substr(2));
  }
  return names;
}

std::vector<std::string> variable_names(const Option& option)
{
  if ((option.rules.sources & k_variable) == 0) {
    return {};
  }
  if (!option.rules.variable.empty()) {
    return {std::string(option.rules.variable)};
  }
  std::vector<std::string> names;
  for (const std::string& key : keys(option)) {
    names.push_back("FLAME_EC2_" + to_upper(key));
  }
  return names;
}

const Option* find_key(std::string_view key)
{
  static const ByName rows = by_name(keys);
  return find(rows, key);
}

const Option* find_flag(std::string_view flag)
{
  static const ByName rows = by_name(flag_names);
  return find(rows, flag);
}

const Option* find_variable(std::string_view variable)
{
  static const ByName rows = by_name(variable_names);
  return find(rows, variable);
}

bool is_denial(const Option& option, std::string_view flag)
{
  return is_choice(option) && flag.starts_with(k_denial);
}

std::string text_of(const Option& option, const Settings& settings)
{
  return std::visit(Show{settings}, option.field);
}

std::string shown(const Option& option, const Settings& settings)
{
  const std::string text = text_of(option, settings);
  return option.rules.secret && !text.empty() ? masked(option, settings) : text;
}

std::string_view name(WaitFor wait_for)
{
  using enum WaitFor;
  return wait_for == launched ? "launched" : wait_for == running ? "running" : "ready";
}

} // namespace flame::config
