#include "fleet/expiry.hpp"

#include "fleet/finding.hpp"
#include "fleet/tags.hpp"

namespace flame::fleet {

Expiry expiry_of(const aws::Instance& machine, Seconds now)
{
  const std::string_view text = tag(machine.tags, k_tag_expires_at);
  if (text == "none") {
    return {.due = Due::never};
  }
  const auto at = parse_iso8601(text);
  if (!at) {
    return {.due = Due::unclear};
  }
  return {.due = *at <= now ? Due::passed : Due::later, .at = at};
}

Sorted sort_by_expiry(const std::vector<aws::Instance>& machines, Seconds now)
{
  Sorted sorted;
  for (const aws::Instance& machine : machines) {
    const Due due = expiry_of(machine, now).due;
    auto& into = due == Due::passed    ? sorted.passed
                 : due == Due::unclear ? sorted.unclear
                                       : sorted.others;
    into.push_back(machine);
  }
  return sorted;
}

} // namespace flame::fleet
