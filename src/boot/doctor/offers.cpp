#include "boot/doctor/offers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

constexpr std::string_view k_check = "type";

bool is_offered(const std::vector<aws::TypeOffering>& offered, const std::string& type,
                const std::string& zone)
{
  return std::ranges::any_of(
    offered, [&](const aws::TypeOffering& one) { return one.id == type && one.zone == zone; });
}

Finding judge(const std::string& type, const std::vector<std::string>& zones,
              const std::vector<aws::TypeOffering>& offered)
{
  std::vector<std::string> there;
  std::vector<std::string> missing;
  for (const std::string& zone : zones) {
    (is_offered(offered, type, zone) ? there : missing).push_back(zone);
  }
  if (std::ranges::count(offered, type, &aws::TypeOffering::id) == 0) {
    return bad(k_check, fmt::format("no zone of the Region offers {}", type),
               "give a type that the Region offers", ErrorKind::config);
  }
  if (there.empty()) {
    return bad(k_check, fmt::format("{} is not offered in {}", type, fmt::join(zones, ", ")),
               "give another type, or a subnet in another Availability Zone", ErrorKind::capacity);
  }
  return good(k_check, missing.empty()
                         ? fmt::format("{} is offered in {}", type, fmt::join(there, ", "))
                         : fmt::format("{} is offered in {}, and not in {}", type,
                                       fmt::join(there, ", "), fmt::join(missing, ", ")));
}

} // namespace

std::vector<Finding> judge_offers(const std::vector<std::string>& types,
                                  const std::vector<std::string>& zones,
                                  const std::vector<aws::TypeOffering>& offered)
{
  std::vector<Finding> findings;
  findings.reserve(types.size());
  for (const std::string& type : types) {
    findings.push_back(judge(type, zones, offered));
  }
  if (std::ranges::count(findings, Verdict::ok, &Finding::verdict) > 0) {
    for (Finding& finding : findings) {
      finding.verdict = finding.verdict == Verdict::fail ? Verdict::warn : finding.verdict;
    }
  }
  return findings;
}

} // namespace flame::boot
