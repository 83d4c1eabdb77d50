#include "base/text.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/ec2_pages.hpp"
#include "sandbox/network.hpp"
#include "sandbox/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// What machines have, and what they leave behind: volumes and network interfaces.
namespace flame::sandbox {
namespace {

struct Words {
  ResourceKind kind;
  std::string_view action;
  std::string_view set;
  std::string_view id; // element, and the filter "volume-id"
  std::string_view id_filter;
  std::string_view id_param;
  std::string_view prefix;
  std::string_view not_found; // error code
};

constexpr Words k_words[] = {
  {ResourceKind::volume, "DescribeVolumes", "volumeSet", "volumeId", "volume-id", "VolumeId",
   "vol-", "InvalidVolume.NotFound"},
  {ResourceKind::network_interface, "DescribeNetworkInterfaces", "networkInterfaceSet",
   "networkInterfaceId", "network-interface-id", "NetworkInterfaceId", "eni-",
   "InvalidNetworkInterfaceID.NotFound"},
};

const Words& words_of(ResourceKind kind)
{
  return k_words[static_cast<std::size_t>(kind)];
}

std::optional<std::vector<std::string>> values_of(const Resource& resource,
                                                  const std::string& filter)
{
  if (auto tags = tag_values(resource.tags, filter)) {
    return tags;
  }
  if (filter == "status") {
    return std::vector{resource.status};
  }
  if (filter == "availability-zone") {
    return std::vector{resource.zone};
  }
  if (filter == words_of(resource.kind).id_filter) {
    return std::vector{resource.id};
  }
  if (resource.kind == ResourceKind::network_interface && filter == "vpc-id") {
    return std::vector{std::string(k_vpc)};
  }
  if (resource.kind == ResourceKind::network_interface
      && filter == "addresses.private-ip-address") {
    return std::vector{resource.private_ip};
  }
  return std::nullopt;
}

void write_interface(Xml& xml, const Resource& resource)
{
  if (resource.kind != ResourceKind::network_interface) {
    return;
  }
  xml.text("vpcId", k_vpc).maybe("subnetId", resource.subnet_id);
  xml.maybe("privateIpAddress", resource.private_ip).open("groupSet");
  for (const std::string& id : resource.group_ids) {
    const Group* group = find_group(id);
    xml.open("item").text("groupId", id);
    xml.text("groupName", group == nullptr ? "" : group->name).close("item");
  }
  xml.close("groupSet");
}

// Those of parents, which no machine of ours has.
std::vector<Resource> parents_interfaces(const std::string& region)
{
  std::vector<Resource> found;
  for (const FixedInterface& row : fixed_interfaces()) {
    found.push_back({.kind = ResourceKind::network_interface,
                     .id = std::string(row.id),
                     .region = region,
                     .status = "in-use",
                     .zone = zone_name(region, subnets().front()),
                     .subnet_id = std::string(subnets().front().id),
                     .private_ip = std::string(row.private_ip),
                     .group_ids = {std::string(row.group)}});
  }
  return found;
}

std::string write_page(const Ec2Call& call, const Words& words, const Page<Resource>& page)
{
  const std::string root = fmt::format("{}Response", words.action);
  Xml xml;
  xml.open(root, "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).open(words.set);
  for (const Resource& resource : page.items) {
    xml.open("item").text(words.id, resource.id).text("availabilityZone", resource.zone);
    xml.text("status", resource.status);
    write_interface(xml, resource);
    write_tags(xml, resource.tags);
    xml.close("item");
  }
  xml.close(words.set).maybe("nextToken", page.next_token).close(root);
  return xml.take();
}

Ec2Result<std::string> describe(const Ec2Call& call, ResourceKind kind)
{
  const Words& words = words_of(kind);
  const auto ids = get_list(call.params, std::string(words.id_param));
  const auto size = page_size(call.params, !ids.empty(), words.id);
  const Resource any{.kind = kind};
  const auto filters = parse_filters(
    call.params, [&](const std::string& name) { return values_of(any, name).has_value(); });
  if (!size || !filters) {
    return tl::unexpected(size ? filters.error() : size.error());
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  std::vector<Resource> found = call.state.resources(call.region, kind);
  for (const std::string& id : ids) {
    if (std::ranges::find(found, id, &Resource::id) == found.end()) {
      return refuse(std::string(words.not_found), fmt::format("The ID '{}' does not exist", id));
    }
  }
  if (const auto skipped = skip_pages(found, get(call.params, "NextToken")); !skipped) {
    return tl::unexpected(skipped.error());
  }
  std::erase_if(found, [&](const Resource& resource) {
    const bool named = ids.empty() || std::ranges::count(ids, resource.id) > 0;
    return !named || !passes(*filters, [&](const std::string& name) {
      return values_of(resource, name).value_or(std::vector<std::string>());
    });
  });
  return write_page(call, words, cut_page(std::move(found), static_cast<std::size_t>(*size)));
}

} // namespace

Ec2Result<std::string> describe_volumes(const Ec2Call& call)
{
  return describe(call, ResourceKind::volume);
}

Ec2Result<std::string> describe_network_interfaces(const Ec2Call& call)
{
  return describe(call, ResourceKind::network_interface);
}

Result<Resource> parse_leftover(std::string_view line, const std::string& region)
{
  const std::vector<std::string> pieces = split(line, ' ');
  const auto wanted = [&](const Words& words) {
    return pieces[0] == (words.kind == ResourceKind::volume ? "volume" : "network-interface");
  };
  const auto words = std::ranges::find_if(k_words, wanted);
  if (words == std::end(k_words)) {
    return fail(ErrorKind::usage,
                fmt::format("\"{}\" is neither volume nor network-interface", pieces[0]));
  }
  Resource resource{.kind = words->kind,
                    .id = fmt::format("{}{}", words->prefix, random_hex(17)),
                    .region = region,
                    .status = "available",
                    .zone = region + "a"};
  for (auto tag = pieces.begin() + 1; tag != pieces.end(); ++tag) {
    const std::size_t equals = tag->find('=');
    if (equals == std::string::npos) {
      return fail(ErrorKind::usage, fmt::format("\"{}\" is no tag KEY=VALUE", *tag));
    }
    resource.tags[tag->substr(0, equals)] = tag->substr(equals + 1);
  }
  return resource;
}

// Every machine has one volume and one interface, which go with it.
std::vector<Resource> Ec2State::resources(const std::string& region, ResourceKind kind)
{
  std::vector<Resource> found;
  if (kind == ResourceKind::network_interface) {
    found = parents_interfaces(region);
  }
  for (const Instance& instance : instances(region)) {
    if (instance.state != State::terminated) {
      const bool volume = kind == ResourceKind::volume;
      found.push_back(
        {.kind = kind,
         .id = fmt::format("{}{}", words_of(kind).prefix, instance.id.substr(2)),
         .region = region,
         .status = "in-use",
         .zone = instance.launch.zone,
         .tags = volume ? instance.launch.volume_tags : instance.launch.interface_tags,
         .subnet_id = instance.launch.subnet_id,
         .private_ip = instance.private_ip,
         .group_ids = instance.launch.group_ids});
    }
  }
  const std::lock_guard lock(mutex_);
  std::ranges::copy_if(leftovers_, std::back_inserter(found), [&](const Resource& resource) {
    return resource.region == region && resource.kind == kind;
  });
  return found;
}

void Ec2State::leave(Resource resource)
{
  const std::lock_guard lock(mutex_);
  leftovers_.push_back(std::move(resource));
}

} // namespace flame::sandbox
