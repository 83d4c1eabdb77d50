#include "fleet/store.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::fleet {
namespace {

constexpr std::string_view k_environment = "/env.";

struct Kind {
  std::string_view name;
  std::string MachineKeys::*key;
};
constexpr Kind k_kinds[] = {
  {"status", &MachineKeys::status}, {"log", &MachineKeys::log}, {"journal", &MachineKeys::journal}};

// "20260115T081530Z"
std::optional<Seconds> parse_basic(std::string_view text)
{
  if (text.size() != 16) {
    return std::nullopt;
  }
  return parse_iso8601(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2),
                                   text.substr(6, 2), text.substr(9, 2), text.substr(11, 2),
                                   text.substr(13, 2)));
}

} // namespace

std::string bundle_key(std::string_view prefix, std::string_view sha256, std::string_view suffix)
{
  return fmt::format("{}bundles/{}{}", prefix, sha256, suffix);
}

std::string folder_key(std::string_view prefix, std::string_view digest)
{
  return fmt::format("{}bundles/folder-{}.tar.gz", prefix, digest);
}

std::string runs_prefix(std::string_view prefix)
{
  return fmt::format("{}runs/", prefix);
}

std::string run_prefix(std::string_view prefix, std::string_view run_id)
{
  return fmt::format("{}runs/{}/", prefix, run_id);
}

std::string boot_prefix(std::string_view prefix, std::string_view run_id, std::string_view boot_id)
{
  return fmt::format("{}runs/{}/{}/", prefix, run_id, boot_id);
}

std::string boot_id(Seconds now, std::string_view random)
{
  return fmt::format("{}-{}", iso8601_basic(now), random);
}

std::string environment_key(std::string_view boot, Seconds expires)
{
  return fmt::format("{}env.{}", boot, iso8601_basic(expires));
}

std::optional<Seconds> environment_expiry(std::string_view key)
{
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos || !key.substr(slash).starts_with(k_environment)) {
    return std::nullopt;
  }
  return parse_basic(key.substr(slash + k_environment.size()));
}

std::string boot_status_key(std::string_view boot)
{
  return fmt::format("{}status", boot);
}

std::string output_key(std::string_view boot, std::string_view instance_id, unsigned part)
{
  return fmt::format("{}{}/out.{:08}", boot, instance_id, part);
}

MachineKeys machine_keys(std::string_view boot, std::string_view instance_id)
{
  MachineKeys keys;
  for (const Kind& kind : k_kinds) {
    keys.*kind.key = fmt::format("{}{}/{}", boot, instance_id, kind.name);
  }
  return keys;
}

MachineKeys find_machine_keys(std::span<const std::string> keys, std::string_view instance_id)
{
  MachineKeys found;
  for (const Kind& kind : k_kinds) {
    const std::string end = fmt::format("/{}/{}", instance_id, kind.name);
    for (const std::string& key : keys) {
      if (key.ends_with(end)) {
        found.*kind.key = std::max(found.*kind.key, key); // boots sort by their time
      }
    }
  }
  return found;
}

} // namespace flame::fleet
