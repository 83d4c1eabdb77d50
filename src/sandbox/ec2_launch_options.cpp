#include "base/text.hpp"
#include "sandbox/ec2.hpp"

#include <fmt/format.h>

#include <algorithm>

// The rest of RunInstances: shutdown, market, tags and metadata options.
namespace flame::sandbox {
namespace {

constexpr std::size_t k_most_tags = 50;

bool is_one_of(const std::string& value, std::initializer_list<std::string_view> allowed)
{
  return std::ranges::find(allowed, value) != allowed.end();
}

tl::unexpected<Ec2Error> bad_value(const std::string& value, std::string_view name)
{
  return refuse("InvalidParameterValue",
                fmt::format("Value ({}) for parameter {} is invalid.", value, name));
}

Ec2Result<void> take_shutdown(const Params& params, Launch& launch)
{
  const std::string behaviour = get(params, "InstanceInitiatedShutdownBehavior", "stop");
  if (!is_one_of(behaviour, {"stop", "terminate"})) {
    return bad_value(behaviour, "instanceInitiatedShutdownBehavior");
  }
  launch.terminate_on_shutdown = behaviour == "terminate";
  const auto keep = get_bool(params, "DisableApiTermination", false);
  launch.protected_from_termination = keep.value_or(false);
  return keep ? Ec2Result<void>() : tl::unexpected(keep.error());
}

Ec2Result<void> take_market(const Params& params, Launch& launch)
{
  const std::string market = get(params, "InstanceMarketOptions.MarketType");
  const std::string options = "InstanceMarketOptions.SpotOptions.";
  launch.spot = market == "spot";
  if (!market.empty() && !launch.spot) {
    return bad_value(market, "instanceMarketOptions.marketType");
  }
  if (!launch.spot) {
    return {};
  }
  if (get(params, "InstanceInitiatedShutdownBehavior") == "stop") {
    return refuse("InvalidParameterCombination",
                  "The instanceInitiatedShutdownBehavior 'stop' is not supported for spot "
                  "instances.");
  }
  launch.terminate_on_shutdown = true; // a one-time spot machine cannot be stopped from inside
  const bool once = get(params, options + "SpotInstanceType", "one-time") == "one-time";
  if (once && params.contains(options + "ValidUntil")) {
    return refuse("InvalidParameterCombination",
                  "ValidUntil is not supported for one-time Spot instance requests.");
  }
  const std::string behaviour = get(params, options + "InstanceInterruptionBehavior", "terminate");
  if (once != (behaviour == "terminate")) {
    return refuse("InvalidParameterCombination",
                  fmt::format("The interruption behavior '{}' is not supported with this spot "
                              "instance type.",
                              behaviour));
  }
  return {};
}

std::ptrdiff_t letters(std::string_view text) // of UTF-8
{
  return std::ranges::count_if(
    text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
}

Ec2Result<void> check_tag(const std::string& key, const std::string& value)
{
  if (key.empty() || letters(key) > 128 || key.starts_with("aws:")) {
    return refuse("InvalidParameterValue",
                  fmt::format("Tag keys must have 1 to 128 characters and not begin with \"aws:\": "
                              "'{}'",
                              key));
  }
  const auto is_control = [](char c) { return c >= 0 && c < ' '; };
  if (letters(value) > 256 || std::ranges::any_of(key + value, is_control)) {
    return refuse("InvalidParameterValue",
                  fmt::format("The value of tag '{}' is longer than 256 characters or holds "
                              "control characters",
                              key));
  }
  return {};
}

Ec2Result<Params> read_tags(const Params& params, const std::string& prefix)
{
  Params tags;
  for (const std::string& index : indices(params, prefix + ".Tag")) {
    const std::string key = get(params, fmt::format("{}.Tag.{}.Key", prefix, index));
    const std::string value = get(params, fmt::format("{}.Tag.{}.Value", prefix, index));
    if (const auto sound = check_tag(key, value); !sound) {
      return tl::unexpected(sound.error());
    }
    if (!tags.emplace(key, value).second) {
      return refuse("InvalidParameterValue", fmt::format("Duplicate tag key '{}' specified.", key));
    }
  }
  if (tags.size() > k_most_tags) {
    return refuse("TagLimitExceeded", "More than 50 tags specified");
  }
  return tags;
}

Ec2Result<void> take_tags(const Params& params, Launch& launch)
{
  Params others; // nobody asks for them
  for (const std::string& index : indices(params, "TagSpecification")) {
    const std::string prefix = fmt::format("TagSpecification.{}", index);
    const std::string resource = get(params, prefix + ".ResourceType");
    if (!is_one_of(resource, {"instance", "volume", "network-interface", "spot-instances-request"})
        || (resource == "spot-instances-request" && !launch.spot)) {
      return refuse(
        "InvalidParameterValue",
        fmt::format("'{}' is not a valid taggable resource type for this operation.", resource));
    }
    const auto tags = read_tags(params, prefix);
    if (!tags) {
      return tl::unexpected(tags.error());
    }
    Params& of = resource == "instance"            ? launch.tags
                 : resource == "volume"            ? launch.volume_tags
                 : resource == "network-interface" ? launch.interface_tags
                                                   : others;
    of = *tags;
  }
  return {};
}

Ec2Result<void> take_metadata(const Params& params, Launch& launch)
{
  launch.http_tokens = get(params, "MetadataOptions.HttpTokens", "required");
  const std::string tags = get(params, "MetadataOptions.InstanceMetadataTags", "disabled");
  const auto hops = get_int(params, "MetadataOptions.HttpPutResponseHopLimit", 2);
  if (!hops || *hops < 1 || *hops > 64) {
    return bad_value(get(params, "MetadataOptions.HttpPutResponseHopLimit"),
                     "metadataOptions.httpPutResponseHopLimit");
  }
  if (!is_one_of(launch.http_tokens, {"required", "optional"})) {
    return bad_value(launch.http_tokens, "metadataOptions.httpTokens");
  }
  if (!is_one_of(tags, {"enabled", "disabled"})) {
    return bad_value(tags, "metadataOptions.instanceMetadataTags");
  }
  launch.hop_limit = fmt::format("{}", *hops);
  launch.metadata_tags = tags == "enabled";
  return {};
}

struct Choice {
  std::string_view name;
  std::string_view said; // as EC2 calls it
  std::string_view values;
};
constexpr Choice k_choices[] = {
  {"Placement.Tenancy", "tenancy", "default dedicated host"},
  {"CreditSpecification.CpuCredits", "cpuCredits", "standard unlimited"},
  {"PrivateDnsNameOptions.HostnameType", "hostnameType", "ip-name resource-name"},
  {"CapacityReservationSpecification.CapacityReservationPreference",
   "capacityReservationPreference", "open none capacity-reservations-only"},
};

// Where, and with what of the type: checked, and told when the machine is described.
Ec2Result<void> take_placement(const Params& params, Launch& launch)
{
  for (const auto& [name, value] : params) {
    if (name.starts_with("Placement.") || name.starts_with("PrivateDnsNameOptions.")
        || name.starts_with("CapacityReservationSpecification.")) {
      launch.placed[name] = value;
    }
  }
  for (const Choice& choice : k_choices) {
    const std::string value = get(params, std::string(choice.name));
    const std::vector<std::string> known = split(choice.values, ' ');
    if (!value.empty() && std::ranges::count(known, value) == 0) {
      return bad_value(value, choice.said);
    }
  }
  const std::string group = get(params, "Placement.GroupName");
  if (!group.empty() && group != k_placement_group) {
    return refuse("InvalidPlacementGroup.Unknown",
                  fmt::format("The Placement Group '{}' is unknown.", group));
  }
  const std::string reservations = "CapacityReservationSpecification.CapacityReservation";
  const std::string id = get(params, reservations + "Target.CapacityReservationId");
  if (!id.empty() && id != k_reservation) {
    return refuse("InvalidCapacityReservationId.NotFound",
                  fmt::format("The capacity reservation '{}' does not exist", id));
  }
  if (!id.empty() && params.contains(reservations + "Preference")) {
    return refuse(
      "InvalidParameterCombination",
      "CapacityReservationPreference and CapacityReservationTarget may not be specified "
      "together.");
  }
  return {};
}

} // namespace

Ec2Result<void> take_options(const Params& params, Launch& launch)
{
  for (const auto step : {take_shutdown, take_market, take_tags, take_metadata, take_placement}) {
    if (auto taken = step(params, launch); !taken) {
      return taken;
    }
  }
  return {};
}

} // namespace flame::sandbox
