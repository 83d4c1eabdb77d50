#include "cli/look_up.hpp"

#include "cli/auto_configure.hpp"

#include <utility>

namespace flame::cli {
namespace {

Result<void> take(Known& known, Result<boot::LookedUp> found, Console& console)
{
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  for (const std::string& warning : found->warnings) {
    console.warn(warning);
  }
  known.facts = std::move(found->facts);
  return {};
}

} // namespace

Result<Known> look_up(Known known, const Filling& filling, Cloud& cloud, aws::CallLimit limit,
                      Console& console)
{
  config::Configured& said = known.configured;
  // The template first: type and image that are looked at may depend on what is filled beside it.
  auto done =
    take(known, boot::look_into_template(known.facts, said.settings, cloud.ec2(), limit), console);
  if (done && filling.here) {
    done = fill_beside_template(said, filling.groups, *filling.here, known.facts.launch_template,
                                console);
  }
  if (done) {
    done = take(known, boot::look_up(known.facts, said.settings, cloud.ec2(), cloud.ssm(), limit),
                console);
  }
  return done.map([&] { return std::move(known); });
}

} // namespace flame::cli
