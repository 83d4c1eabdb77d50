#include "cli/aws_profile.hpp"

#include <fmt/format.h>

#include <utility>

namespace flame::cli {
namespace {

std::string variable(const World& world, const std::string& name)
{
  const auto found = world.env.find(name);
  return found == world.env.end() ? "" : found->second;
}

std::string path_of(const World& world, const std::string& name, std::string_view file)
{
  std::string path = variable(world, name);
  if (path.empty() && !world.home.empty()) {
    path = fmt::format("{}/.aws/{}", world.home, file);
  }
  if (path.starts_with("~/")) {
    path = world.home + path.substr(1);
  }
  return path;
}

Result<aws::ProfileFile> read(const World& world, const std::string& path,
                              aws::ProfileFileKind kind)
{
  if (path.empty()) {
    return aws::ProfileFile{};
  }
  const auto text = world.find_file(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return *text ? aws::parse_profile_file(**text, kind, path) : aws::ProfileFile{};
}

} // namespace

config::ProfileLookup AwsProfile::lookup() const
{
  return [profile = *this](std::string_view key) {
    const aws::Properties& from = key.find('.') == key.npos ? profile.properties : profile.services;
    const auto found = from.find(std::string(key));
    return found == from.end() ? "" : found->second;
  };
}

Result<AwsProfile> read_aws_profile(const std::string& name, const World& world)
{
  auto config =
    read(world, path_of(world, "AWS_CONFIG_FILE", "config"), aws::ProfileFileKind::config);
  auto secrets = read(world, path_of(world, "AWS_SHARED_CREDENTIALS_FILE", "credentials"),
                      aws::ProfileFileKind::credentials);
  if (!config || !secrets) {
    return tl::unexpected(!config ? config.error() : secrets.error());
  }
  const aws::ProfileFile all = aws::merge(std::move(*config), *secrets);
  std::string wanted = name;
  for (const char* other : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    wanted = wanted.empty() ? variable(world, other) : wanted;
  }
  const auto found = all.profiles.find(wanted.empty() ? "default" : wanted);
  if (found == all.profiles.end()) {
    if (wanted.empty() || wanted == "default") {
      return AwsProfile{};
    }
    return fail(ErrorKind::config, fmt::format("there is no AWS profile \"{}\"", wanted),
                "see ~/.aws/config, or leave --profile and AWS_PROFILE out");
  }
  AwsProfile profile{.properties = found->second};
  const auto services = profile.properties.find("services");
  if (services != profile.properties.end()) {
    const auto section = all.services.find(services->second);
    if (section == all.services.end()) {
      return fail(
        ErrorKind::config,
        fmt::format("the AWS profile names services \"{}\", which are not there", services->second),
        fmt::format("add [services {}] to ~/.aws/config", services->second));
    }
    profile.services = section->second;
  }
  return profile;
}

} // namespace flame::cli
