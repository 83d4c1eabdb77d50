#include "base/text.hpp"
#include "base/time.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/front.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

std::string json_of(const Instance& instance)
{
  const Launch& launch = instance.launch;
  Params texts = {{"id", instance.id},
                  {"reservation_id", instance.reservation_id},
                  {"region", launch.region},
                  {"zone", launch.zone},
                  {"state", std::string(info(instance.state).name)},
                  {"reason_code", instance.reason_code},
                  {"image_id", launch.image_id},
                  {"instance_type", launch.type},
                  {"subnet_id", launch.subnet_id},
                  {"security_group_ids", join(launch.group_ids, ",")},
                  {"private_ip", instance.private_ip},
                  {"key_name", launch.key_name},
                  {"profile_arn", launch.profile_arn},
                  {"client_token", launch.client_token},
                  {"shutdown_behavior", launch.terminate_on_shutdown ? "terminate" : "stop"},
                  {"http_tokens", launch.http_tokens},
                  {"hop_limit", launch.hop_limit},
                  {"metadata_tags", launch.metadata_tags ? "enabled" : "disabled"},
                  {"public_ip", instance.public_ip},
                  {"launched_at", iso8601(instance.launched)}};
  std::string text = json_object(texts);
  text.pop_back();
  return fmt::format(R"({},"user_data_size":{},"disks":{},"tags":{}}})", text,
                     launch.user_data.size(), json_object(launch.disks), json_object(launch.tags));
}

Reply list_instances(const FrontWorld& world)
{
  std::string text = "[";
  for (const Instance& instance : world.state.instances("", true)) {
    text += (text.size() == 1 ? "\n" : ",\n") + json_of(instance);
  }
  return {.content_type = "application/json", .body = text + "\n]\n"};
}

Reply not_spot()
{
  return text_reply(409, "the machine is no spot machine that is on\n");
}

// As long before the end as `text` says; EC2's two minutes for "".
Reply interrupt(const std::string& id, std::string_view text, const FrontWorld& world)
{
  const Result<Millis> time = parse_duration(text.empty() ? "2m" : text);
  if (!time) {
    return text_reply(400, time.error().message + "\n");
  }
  return world.state.interrupt(id, *time) ? text_reply(200, "told\n") : not_spot();
}

// /_sandbox/instances/ID/WHAT
Reply one_instance(const Request& request, const FrontWorld& world)
{
  const std::vector<std::string> pieces = split(request.path(), '/');
  const auto all = world.state.instances("", true);
  const auto found =
    pieces.size() != 5 ? all.end() : std::ranges::find(all, pieces[3], &Instance::id);
  if (found == all.end()) {
    return text_reply(404, "no such machine\n");
  }
  const std::string& what = pieces[4];
  if (request.method == "GET" && (what == "user-data" || what == "console")) {
    return {.content_type = "application/octet-stream",
            .body = what == "console" ? world.state.console(found->id) : found->launch.user_data};
  }
  if (request.method == "POST" && what == "console") {
    world.state.say(found->id, request.body);
    return text_reply(200, "printed\n");
  }
  if (request.method == "POST" && what == "power-off") {
    return world.state.power_off(found->id) ? text_reply(200, "off\n")
                                            : text_reply(409, "the machine is not on\n");
  }
  if (request.method == "POST" && what == "reclaim") {
    return world.state.reclaim(found->id) ? text_reply(200, "taken back\n")
                                          : text_reply(409, "the machine is not on\n");
  }
  if (request.method == "POST" && what == "interrupt") {
    return interrupt(found->id, trim(request.body), world);
  }
  if (request.method == "POST" && what == "rebalance") {
    return world.state.hint(found->id) ? text_reply(200, "told\n") : not_spot();
  }
  return text_reply(404, "no such page\n");
}

// Each line is one: see parse_leftover(). Answers with their ids.
Reply add_leftovers(const Request& request, const std::string& region, const FrontWorld& world)
{
  std::string ids;
  for (const std::string& line : split(trim(request.body), '\n')) {
    const Result<Resource> resource = parse_leftover(line, region);
    if (!resource) {
      return text_reply(400, resource.error().message + "\n");
    }
    world.state.leave(*resource);
    ids += resource->id + "\n";
  }
  return text_reply(200, ids);
}

Reply change_faults(const Request& request, const FrontWorld& world)
{
  if (request.method == "DELETE") {
    world.faults.clear();
    return text_reply(200, "no faults\n");
  }
  std::vector<Fault> faults;
  for (const std::string& line : split(request.body, '\n')) {
    if (trim(line).empty()) {
      continue;
    }
    const Result<Fault> fault = parse_fault(trim(line));
    if (!fault) {
      return text_reply(400, fault.error().message + "\n");
    }
    faults.push_back(*fault);
  }
  for (const Fault& fault : faults) {
    world.faults.add(fault);
  }
  return text_reply(200, fmt::format("{} faults added\n", faults.size()));
}

Reply change_scenario(const Request& request, const FrontWorld& world)
{
  Result<Scenario> scenario = parse_scenario(request.body, "scenario");
  if (scenario) {
    world.state.play(std::move(*scenario));
    return text_reply(200, "another scenario\n");
  }
  std::string text = scenario.error().message + "\n";
  for (const Mistake& mistake : scenario.error().also) {
    text += mistake.message + "\n";
  }
  return text_reply(400, text);
}

} // namespace

Reply serve_control(const Request& request, const std::string& secret, const FrontWorld& world)
{
  const std::string_view path = request.path();
  if (path == "/_sandbox/followed") { // where `redirect` leads; noted whoever asks
    world.journal.add({.time = world.clock.wall(),
                       .service = "sandbox",
                       .action = "Followed",
                       .user_agent = std::string(request.header("user-agent")),
                       .status = 403});
    return text_reply(403, "redirects of this service are not to be followed\n");
  }
  if (request.header("authorization") != "Bearer " + secret) {
    return text_reply(401, "the secret access key is the bearer token of this page\n");
  }
  if (path == "/_sandbox/requests" && request.method == "GET") {
    return {.content_type = "application/json", .body = world.journal.json()};
  }
  if (path == "/_sandbox/instances" && request.method == "GET") {
    return list_instances(world);
  }
  if (path.starts_with("/_sandbox/leftovers/") && request.method == "POST") {
    return add_leftovers(request, std::string(path.substr(path.rfind('/') + 1)), world);
  }
  if (path == "/_sandbox/faults" && (request.method == "POST" || request.method == "DELETE")) {
    return change_faults(request, world);
  }
  if (path == "/_sandbox/scenario" && request.method == "PUT") {
    return change_scenario(request, world);
  }
  return path.starts_with("/_sandbox/instances/") ? one_instance(request, world)
                                                  : text_reply(404, "no such page\n");
}

} // namespace flame::sandbox
