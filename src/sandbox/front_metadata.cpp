#include "base/encoding.hpp"
#include "sandbox/front.hpp"

namespace flame::sandbox {

Reply serve_metadata(Imds& imds, const Request& request, const FrontWorld& world)
{
  const std::string path = uri_decode(request.path());
  const Trouble trouble = world.faults.strike("imds", {{"Path", path}});
  std::optional<Reply> reply;
  if (trouble.fault) {
    reply = canned(*trouble.fault, Service::ec2, "", request.header("host"));
  }
  if (!reply) {
    reply = imds.handle(request);
    reply = trouble.fault ? spoil(*reply, *trouble.fault) : *reply;
  }
  reply->delay += trouble.delay;
  world.journal.add({.time = world.clock.wall(),
                     .service = "imds",
                     .action = request.method,
                     .user_agent = std::string(request.header("user-agent")),
                     .params = {{"Path", path}},
                     .status = reply->status,
                     .fault = trouble.specs});
  return *reply;
}

} // namespace flame::sandbox
