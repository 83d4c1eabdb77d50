#include "sandbox/ec2.hpp"

#include <fmt/format.h>

namespace flame::sandbox {
namespace {

void write_state(Xml& xml, std::string_view name, State state)
{
  const StateInfo of = info(state);
  xml.open(name).text("code", fmt::format("{}", of.code)).text("name", of.name).close(name);
}

} // namespace

Ec2Result<std::string> terminate_instances(const Ec2Call& call)
{
  const std::vector<std::string> ids = get_list(call.params, "InstanceId");
  if (ids.empty()) {
    return refuse("MissingParameter", "The request must contain the parameter InstanceId");
  }
  if (const auto known = call.state.find(call.region, ids); !known) {
    return tl::unexpected(known.error());
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  const auto changes = call.state.terminate(call.region, ids);
  if (!changes) {
    return tl::unexpected(changes.error());
  }
  Xml xml;
  xml.open("TerminateInstancesResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).open("instancesSet");
  for (const StateChange& change : *changes) {
    xml.open("item").text("instanceId", change.id);
    write_state(xml, "currentState", change.after);
    write_state(xml, "previousState", change.before);
    xml.close("item");
  }
  xml.close("instancesSet").close("TerminateInstancesResponse");
  return xml.take();
}

} // namespace flame::sandbox
