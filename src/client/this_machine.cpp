#include "client/this_machine.hpp"

#include "aws/endpoints.hpp"
#include "base/text.hpp"
#include "client/json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace flame::client {
namespace {

using aws::Instance;
using Text = Result<std::optional<std::string>>;

constexpr std::string_view k_document = "dynamic/instance-identity/document";
constexpr std::string_view k_mac = "meta-data/mac";
constexpr std::string_view k_profile = "meta-data/iam/info";
constexpr std::string_view k_keys = "meta-data/public-keys/";

constexpr std::string_view k_lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view k_digits = "0123456789";
constexpr std::size_t k_longest = 1024;

bool consists_of(std::string_view text, std::string_view more)
{
  const auto known = [&](char c) {
    return std::ranges::count(k_lower, c) + std::ranges::count(k_digits, c)
             + std::ranges::count(more, c)
           > 0;
  };
  return !text.empty() && text.size() <= k_longest && std::ranges::all_of(text, known);
}

bool is_printable(std::string_view text)
{
  return !text.empty() && text.size() <= k_longest
         && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

bool is_id(std::string_view text, std::string_view prefix)
{
  return text.starts_with(prefix) && consists_of(text.substr(prefix.size()), "");
}

bool is_mac(std::string_view text)
{
  return consists_of(text, ":ABCDEF") && text.size() <= 32;
}

bool is_address(std::string_view text)
{
  return consists_of(text, ".") && std::ranges::count(text, '.') == 3
         && text.find_first_of(k_lower) == std::string_view::npos;
}

struct Identity {
  const char* name; // in the document
  std::string Instance::*field;
  bool (*fits)(std::string_view);
};

// clang-format off
constexpr Identity k_identity[] = {
  {"instanceId",   &Instance::id,            [](std::string_view text) { return is_id(text, "i-"); }},
  {"imageId",      &Instance::image_id,      [](std::string_view text) { return is_id(text, "ami-"); }},
  {"instanceType", &Instance::instance_type, [](std::string_view text) { return consists_of(text, ".-"); }},
  {"privateIp",    &Instance::private_ip,    is_address},
};
// clang-format on

Error told(ImdsFailure failure)
{
  using Reason = ImdsFailure::Reason;
  Error error = std::move(failure.error);
  if (failure.reason == Reason::absent || failure.reason == Reason::no_token) {
    error.kind = ErrorKind::config;
  }
  if (failure.reason == Reason::no_token) {
    error.hint = "if it is of version 1 alone, allow that with --imds-v1";
  } else if (failure.reason == Reason::absent && error.hint.empty()) {
    error.hint = "this seems to be no EC2 machine; on one, its metadata options may turn them off";
  }
  return error;
}

Text item(Imds& imds, std::string_view path)
{
  auto text = imds.get(path);
  if (!text) {
    return tl::unexpected(told(std::move(text.error())));
  }
  return *std::move(text);
}

tl::unexpected<Error> senseless(std::string_view path, std::string_view why)
{
  return fail(ErrorKind::network, fmt::format("instance metadata's {} {}", path, why),
              "something else may answer in its place");
}

// The trimmed text, "" for an item that is not there.
Result<std::string> checked(Imds& imds, std::string_view path, bool (*fits)(std::string_view))
{
  const Text text = item(imds, path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  std::string value(trim(text->value_or("")));
  if (!value.empty() && !fits(value)) {
    return senseless(path, "is none");
  }
  return value;
}

Result<ThisMachine> identity(Imds& imds)
{
  const Text text = item(imds, k_document);
  if (!text) {
    return tl::unexpected(text.error());
  }
  auto fields = json_fields(text->value_or(""));
  if (!fields) {
    return senseless(k_document, *text ? "is no JSON object" : "is not there");
  }
  ThisMachine machine{.region = (*fields)["region"]};
  if (!aws::check_region(machine.region)) {
    return senseless(k_document, "names no region");
  }
  for (const auto& [name, field, fits] : k_identity) {
    const std::string& value = (*fields)[name];
    if (!value.empty() && !fits(value)) {
      return senseless(k_document, fmt::format("has a {} that is none", name));
    }
    machine.instance.*field = value;
  }
  if (machine.instance.id.empty()) {
    return senseless(k_document, "names no instance");
  }
  return machine;
}

// Of the first interface: others may be in other subnets, and with other groups.
Result<void> add_network(Imds& imds, Instance& instance)
{
  const auto mac = checked(imds, k_mac, is_mac);
  if (!mac || mac->empty()) {
    return mac ? senseless(k_mac, "is not there") : tl::unexpected(mac.error());
  }
  const std::string at = fmt::format("meta-data/network/interfaces/macs/{}/", *mac);
  auto subnet =
    checked(imds, at + "subnet-id", [](std::string_view text) { return is_id(text, "subnet-"); });
  if (!subnet) {
    return tl::unexpected(std::move(subnet.error()));
  }
  instance.subnet_id = *std::move(subnet);
  const std::string path = at + "security-group-ids";
  const Text groups = item(imds, path);
  if (!groups) {
    return tl::unexpected(groups.error());
  }
  for (const std::string& line : split(trim(groups->value_or("")), '\n')) {
    const std::string_view id = trim(line);
    if (!id.empty() && !is_id(id, "sg-")) {
      return senseless(path, "holds one that is none");
    }
    if (!id.empty()) {
      instance.security_group_ids.emplace_back(id);
    }
  }
  return {};
}

// Without an instance profile the item is not there; one that was taken away has another Code.
Result<void> add_profile(Imds& imds, Instance& instance)
{
  const Text text = item(imds, k_profile);
  if (!text || !*text) {
    return text ? Result<void>() : tl::unexpected(text.error());
  }
  auto fields = json_fields(**text);
  if (!fields) {
    return senseless(k_profile, "is no JSON object");
  }
  const std::string& arn = (*fields)["InstanceProfileArn"];
  if ((*fields)["Code"] != "Success" || arn.empty()) {
    return {};
  }
  if (!arn.starts_with("arn:") || !is_printable(arn)) {
    return senseless(k_profile, "has an ARN that is none");
  }
  instance.instance_profile_arn = arn;
  return {};
}

// "0=name", one a line.
Result<void> add_key(Imds& imds, Instance& instance)
{
  const Text text = item(imds, k_keys);
  if (!text || !*text) {
    return text ? Result<void>() : tl::unexpected(text.error());
  }
  const std::string first = split(trim(**text), '\n').front();
  const std::size_t equals = first.find('=');
  const std::string name(equals == std::string::npos ? "" : trim(first.substr(equals + 1)));
  if (!is_printable(name)) {
    return senseless(k_keys, "names no key");
  }
  instance.key_name = name;
  return {};
}

} // namespace

Result<ThisMachine> this_machine(Imds& imds, Asked asked)
{
  auto machine = identity(imds);
  if (!machine || asked == Asked::identity) {
    return machine;
  }
  for (const auto add : {add_network, add_profile, add_key}) {
    if (auto added = add(imds, machine->instance); !added) {
      return tl::unexpected(std::move(added.error()));
    }
  }
  return machine;
}

} // namespace flame::client
