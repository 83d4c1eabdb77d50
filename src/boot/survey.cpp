#include "boot/survey.hpp"

#include "aws/instance_types.hpp"
#include "aws/public_images.hpp"
#include "boot/image.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using Values = std::vector<std::string>;

Values each_once(const std::vector<Candidate>& candidates, std::string Candidate::*member)
{
  Values values;
  for (const Candidate& candidate : candidates) {
    const std::string& value = candidate.*member;
    if (!value.empty() && std::ranges::count(values, value) == 0) {
      values.push_back(value);
    }
  }
  return values;
}

bool has_one_architecture(const Values& types)
{
  return std::ranges::all_of(types, [&](const std::string& type) {
    return aws::architecture_of(type) == aws::architecture_of(types.front());
  });
}

// What a look has found. nullopt: it has failed, which is noted; an Error: nobody waits any more.
template <typename T>
Result<std::optional<T>> take(aws::Outcome<T> found, std::string_view what, Survey& survey)
{
  if (found) {
    return std::optional<T>(std::move(*found));
  }
  if (found.error().error_class == aws::ErrorClass::cancelled) {
    return tl::unexpected(std::move(found.error().error));
  }
  survey.unlooked.push_back(
    fmt::format("{} could not be looked at: {}", what, found.error().error.message));
  return std::nullopt;
}

// All that `ask` finds for the values, of which EC2 takes so many in a call.
template <typename Ask> auto in_parts(const Values& values, const Ask& ask) -> decltype(ask(values))
{
  decltype(ask(values)) all = {};
  for (std::size_t begin = 0; begin < values.size(); begin += k_filter_values) {
    const std::size_t end = std::min(begin + k_filter_values, values.size());
    auto found = ask(Values(values.begin() + static_cast<std::ptrdiff_t>(begin),
                            values.begin() + static_cast<std::ptrdiff_t>(end)));
    if (!found) {
      return found;
    }
    all->insert(all->end(), found->begin(), found->end());
  }
  return all;
}

Result<void> look_at_image(Survey& survey, const std::string& id, aws::Ec2Api& ec2,
                           aws::CallLimit limit)
{
  if (!id.starts_with("ami-")) { // a parameter's, which EC2 reads itself
    return {};
  }
  return take(ec2.describe_images({id}, limit), fmt::format("image {}", id), survey)
    .map([&](const std::optional<std::vector<aws::Image>>& images) {
      if (images && !images->empty()) {
        survey.architecture = images->front().architecture;
      }
    });
}

const aws::Subnet* find_subnet(const Survey& survey, const std::string& id)
{
  if (!survey.subnets) {
    return nullptr;
  }
  const auto found = std::ranges::find(*survey.subnets, id, &aws::Subnet::id);
  return found == survey.subnets->end() ? nullptr : &*found;
}

std::optional<Dropped> against_type(const Candidate& candidate, const Survey& survey)
{
  const std::string& type = candidate.instance_type;
  const bool told = survey.architecture == "x86_64" || survey.architecture == "arm64";
  if (type.empty() || !told || aws::architecture_of(type) == survey.architecture) {
    return std::nullopt;
  }
  return Dropped{candidate, "architecture",
                 fmt::format("{} is {}, and image {} is for {}", type, aws::architecture_of(type),
                             survey.image_id, survey.architecture),
                 true};
}

std::optional<Dropped> against_subnet(const Candidate& candidate, const Survey& survey)
{
  const std::string& id = candidate.subnet_id;
  if (id.empty() || !survey.subnets) {
    return std::nullopt;
  }
  const aws::Subnet* subnet = find_subnet(survey, id);
  if (subnet == nullptr) {
    return Dropped{candidate, "no-subnet", fmt::format("EC2 shows no subnet {} in the Region", id),
                   true};
  }
  // Fewer than are wanted are a part of what is wanted.
  if (subnet->free_addresses == 0 && !subnet->ipv6_only) {
    return Dropped{candidate, "no-address", fmt::format("{} has no free address", id)};
  }
  return std::nullopt;
}

std::optional<Dropped> against_offer(const Candidate& candidate, const Survey& survey)
{
  const std::string& type = candidate.instance_type;
  const aws::Subnet* subnet = find_subnet(survey, candidate.subnet_id);
  if (type.empty() || !survey.offerings || (subnet != nullptr && subnet->on_outpost)) {
    return std::nullopt;
  }
  const auto is_offered = [&](std::string_view zone) {
    return std::ranges::any_of(*survey.offerings, [&](const aws::TypeOffering& offer) {
      return offer.id == type && (zone.empty() || offer.zone == zone);
    });
  };
  if (!is_offered("")) {
    const std::string meant = aws::nearest_type(type);
    return Dropped{candidate, "not-offered",
                   fmt::format("no zone of the Region offers {}{}", type,
                               meant.empty() ? "" : fmt::format("; did you mean {}?", meant)),
                   true};
  }
  const std::string zone = zone_of(candidate, survey);
  if (!zone.empty() && !is_offered(zone)) {
    return Dropped{candidate, "not-offered", fmt::format("{} does not offer {}", zone, type)};
  }
  return std::nullopt;
}

// An Outpost has room of its own, beside that of the zone it belongs to.
std::string pool_zone_of(const Candidate& candidate, const Survey& survey)
{
  const aws::Subnet* subnet = find_subnet(survey, candidate.subnet_id);
  return subnet != nullptr && subnet->on_outpost ? "" : zone_of(candidate, survey);
}

Error nothing_left(const std::vector<Dropped>& dropped)
{
  const bool mistake = std::ranges::all_of(dropped, &Dropped::is_mistake);
  Error error{.kind = mistake ? ErrorKind::config : ErrorKind::capacity,
              .message = fmt::format("none of {} candidates can be launched", dropped.size()),
              .hint = mistake ? "give a type that the Region offers and the image is for, in a "
                                "subnet that is there"
                              : "give other types, or subnets in other Availability Zones"};
  return with_dropped(std::move(error), dropped);
}

} // namespace

SurveyWanted survey_wanted(const std::vector<Candidate>& candidates)
{
  const Values types = each_once(candidates, &Candidate::instance_type);
  const Values subnets = each_once(candidates, &Candidate::subnet_id);
  if (types.size() <= 1 && subnets.size() <= 1) {
    return {};
  }
  SurveyWanted wanted = whole_survey(candidates);
  wanted.image = types.size() > 1 && !has_one_architecture(types);
  return wanted;
}

SurveyWanted whole_survey(const std::vector<Candidate>& candidates)
{
  const Values types = each_once(candidates, &Candidate::instance_type);
  return {.subnets = each_once(candidates, &Candidate::subnet_id),
          .types = types,
          .image = !types.empty()};
}

Result<Survey> survey(const SurveyWanted& wanted, const config::Settings& settings,
                      const Facts& facts, SurveyParts parts)
{
  Survey done{.image_id = facts.image ? facts.image->id : root_image_id_of(settings, facts),
              .architecture = facts.image ? facts.image->architecture : "",
              .zone = settings.availability_zone};
  if (!wanted.subnets.empty()) {
    // By a filter, which an unknown one does not make fail.
    auto found =
      take(in_parts(wanted.subnets,
                    [&](const Values& some) {
                      return parts.network.subnets({.filters = {{"subnet-id", some}}}, parts.limit);
                    }),
           "the subnets", done);
    if (!found) {
      return tl::unexpected(std::move(found.error()));
    }
    done.subnets = std::move(*found);
  }
  if (!wanted.types.empty()) {
    auto found =
      take(in_parts(wanted.types,
                    [&](const Values& some) { return parts.network.offerings(some, parts.limit); }),
           "where the types are offered", done);
    if (!found) {
      return tl::unexpected(std::move(found.error()));
    }
    done.offerings = std::move(*found);
  }
  if (wanted.image && done.architecture.empty()) {
    if (auto found = look_at_image(done, done.image_id, parts.ec2, parts.limit); !found) {
      return tl::unexpected(std::move(found.error()));
    }
  }
  return done;
}

std::string zone_of(const Candidate& candidate, const Survey& survey)
{
  const aws::Subnet* subnet = find_subnet(survey, candidate.subnet_id);
  return subnet != nullptr ? subnet->availability_zone : survey.zone;
}

std::optional<Dropped> known_against(const Candidate& candidate, const Survey& survey)
{
  for (const auto against : {against_type, against_subnet, against_offer}) {
    if (auto dropped = against(candidate, survey)) {
      return dropped;
    }
  }
  return std::nullopt;
}

Result<Plan> without_impossible(Plan plan, const Survey& survey)
{
  std::vector<Candidate> left;
  for (const Candidate& candidate : plan.candidates) {
    if (auto dropped = known_against(candidate, survey)) {
      plan.dropped.push_back(std::move(*dropped));
    } else {
      left.push_back(candidate);
      left.back().zone = pool_zone_of(candidate, survey);
    }
  }
  if (left.empty()) {
    return tl::unexpected(nothing_left(plan.dropped));
  }
  plan.candidates = std::move(left);
  return plan;
}

std::vector<std::string> reasons_of(const std::vector<Dropped>& dropped)
{
  std::vector<std::string> reasons;
  for (const Dropped& one : dropped) {
    if (std::ranges::count(reasons, one.why) == 0) {
      reasons.push_back(one.why);
    }
  }
  return reasons;
}

Error with_dropped(Error error, const std::vector<Dropped>& dropped)
{
  for (const Dropped& one : dropped) {
    error.also.push_back(
      {fmt::format("{}: not asked for, since {}", describe(one.candidate), one.why)});
  }
  return error;
}

} // namespace flame::boot
