#include "base/encoding.hpp"
#include "sandbox/ec2.hpp"

#include <algorithm>

namespace flame::sandbox {
namespace {

constexpr std::size_t k_console_limit = 64UL * 1024;

// Older than Nitro.
bool is_xen(std::string_view type)
{
  return type.starts_with("t2.");
}

} // namespace

// Without `Latest` it is what EC2 has kept at the last change of state: nothing while the machine
// is on.
Ec2Result<std::string> get_console_output(const Ec2Call& call)
{
  const std::string id = get(call.params, "InstanceId");
  if (id.empty()) {
    return refuse("MissingParameter", "The request must contain the parameter InstanceId");
  }
  const auto latest = get_bool(call.params, "Latest", false);
  const auto found = call.state.find(call.region, {id});
  if (!latest || !found) {
    return tl::unexpected(latest ? found.error() : latest.error());
  }
  if (const auto dry = check_dry_run(call.params); !dry) {
    return tl::unexpected(dry.error());
  }
  if (*latest && is_xen(found->front().launch.type)) {
    return refuse("UnsupportedOperation",
                  "This instance type does not support retrieving the latest console logs. You can "
                  "retrieve the latest console logs for instances built on the Nitro System.");
  }
  const State state = found->front().state;
  const bool off = state == State::terminated || state == State::stopped;
  const std::string all = *latest || off ? call.state.console(id) : std::string();
  Xml xml;
  xml.open("GetConsoleOutputResponse", "http://ec2.amazonaws.com/doc/2016-11-15/");
  xml.text("requestId", call.request_id).text("instanceId", id);
  xml.text("timestamp",
           iso8601(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())));
  xml.text("output", to_base64(all.substr(all.size() - std::min(all.size(), k_console_limit))));
  xml.close("GetConsoleOutputResponse");
  return xml.take();
}

} // namespace flame::sandbox
