#include "boot/candidates.hpp"

#include "base/text.hpp"
#include "boot/image.hpp"
#include "boot/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace flame::boot {
namespace {

using Dimension = std::string Candidate::*;

// Each once; of settings that may be empty: at least "not sent".
std::vector<std::string> choices(const std::vector<std::string>& values)
{
  std::vector<std::string> once;
  std::ranges::copy_if(values, std::back_inserter(once), [&](const std::string& value) {
    return std::ranges::find(once, value) == once.end();
  });
  if (once.empty()) {
    once.emplace_back();
  }
  return once;
}

// Each of what is there with each of the values; what is added last moves first.
std::vector<Candidate> with(const std::vector<Candidate>& before, Dimension dimension,
                            const std::vector<std::string>& values)
{
  std::vector<Candidate> all;
  for (const Candidate& candidate : before) {
    for (const std::string& value : values) {
      all.push_back(candidate);
      all.back().*dimension = value;
    }
  }
  return all;
}

} // namespace

std::string describe(const Candidate& candidate)
{
  const std::string type =
    candidate.instance_type.empty() ? "the template's type" : candidate.instance_type;
  return fmt::format("{}{}{}", candidate.market.empty() ? "" : candidate.market + " ", type,
                     candidate.subnet_id.empty() ? "" : " in " + candidate.subnet_id);
}

std::vector<std::string> markets_of(const config::Settings& settings, const Facts& facts)
{
  const bool of_template = facts.launch_template && facts.launch_template->market == k_spot;
  return settings.markets.empty() && of_template ? std::vector{std::string(k_spot)}
                                                 : settings.markets;
}

std::string unseen_market_warning(const config::Settings& settings, const Facts& facts)
{
  const bool unseen =
    facts.looked_into_template && !facts.launch_template && !settings.launch_template_id.empty();
  const bool says_spot = !settings.markets.empty()
                         && std::ranges::all_of(settings.markets, [](const std::string& market) {
                              return market == k_spot;
                            });
  return unseen && !says_spot
           ? fmt::format("launch template {} cannot be read: should it ask for persistent spot "
                         "machines, EC2 launches them again after they have ended",
                         settings.launch_template_id)
           : "";
}

std::vector<Candidate> candidates_of(const config::Settings& settings, const Facts& facts)
{
  std::vector<std::string> types = settings.instance_types;
  if (types.empty()) {
    types.emplace_back(template_has_type(settings, facts) ? "" : default_instance_type(facts));
  }
  struct Row {
    std::string_view name;
    Dimension dimension;
    std::vector<std::string> values;
  };
  std::array<Row, 3> rows = {{
    {"market", &Candidate::market, choices(markets_of(settings, facts))},
    {"instance_type", &Candidate::instance_type, choices(types)},
    {"subnet_id", &Candidate::subnet_id, choices(settings.subnet_ids)},
  }};
  std::stable_partition(rows.begin(), rows.end(),
                        [&](const Row& row) { return row.name != settings.prefer; });
  std::vector<Candidate> candidates = {Candidate{}};
  for (const Row& row : rows) {
    candidates = with(candidates, row.dimension, row.values);
  }
  return candidates;
}

// EC2 takes two launches a second, so that more could not even be asked within the time that most
// boots have.
void check_candidates(Mistakes& mistakes, const config::Settings& settings)
{
  constexpr std::size_t most = 300;
  std::size_t all = 1;
  for (const auto* values : {&settings.markets, &settings.instance_types, &settings.subnet_ids}) {
    all *= choices(*values).size();
  }
  if (all > most) {
    mistakes.add(fmt::format("market, instance_type and subnet_id make {} candidates, and a boot "
                             "tries {} at most",
                             all, most),
                 "leave out types or subnets that are the least likely to have room");
  }
}

void check_market(Mistakes& mistakes, const config::Settings& settings, const Facts& facts)
{
  const auto wants = [&](std::string_view market) {
    return std::ranges::count(settings.markets, market) > 0;
  };
  const std::string market = facts.launch_template ? facts.launch_template->market : "";
  if (!settings.spot_max_price.empty() && !wants(k_spot)) {
    mistakes.add("spot_max_price is set, and market has no spot", "add --market spot");
  }
  if (!market.empty() && !settings.markets.empty() && (market != k_spot || wants("on-demand"))) {
    mistakes.add(fmt::format("market is {}, and launch template {} is for {}, which a request "
                             "cannot take back",
                             fmt::join(settings.markets, ", "), settings.launch_template_id,
                             market),
                 "leave market to the template, or use one without market options");
  }
}

void check_count(Mistakes& mistakes, const config::Settings& settings)
{
  const int count = settings.count.value_or(1);
  const int least = settings.min_count.value_or(count);
  if (!settings.flame_parent.empty() && (count > 1 || settings.min_count)) {
    mistakes.add(fmt::format("{} is {}, and a FLAME parent waits for one machine a boot",
                             count > 1 ? "count" : "min_count", count > 1 ? count : least),
                 fmt::format("leave {} out, or FLAME_PARENT", count > 1 ? "count" : "min_count"));
  } else if (settings.min_count && !settings.count) {
    mistakes.add(fmt::format("min_count is {}, and count is not set", least),
                 "give --count with the number that is wanted");
  } else if (least > count) {
    mistakes.add(fmt::format("min_count is {}, and count only {}", least, count),
                 "min_count is what a boot is content with when EC2 has no more");
  }
}

std::optional<std::string> interruption_of(const config::Settings& settings, const Facts& facts)
{
  const bool asked = std::ranges::count(settings.markets, k_spot) > 0;
  const bool of_template =
    settings.markets.empty()
    && (facts.launch_template ? facts.launch_template->market == k_spot
                              : facts.looked_into_template && !settings.launch_template_id.empty());
  const std::string& how = settings.on_interruption;
  if ((!asked && !of_template) || how == "ignore") {
    return std::nullopt;
  }
  return how == "stop" ? std::string() : how;
}

// Words that are meant for EC2's InstanceInterruptionBehavior, or nearly ours, would run as
// commands.
void check_interruption(Mistakes& mistakes, const config::Settings& settings)
{
  constexpr std::string_view k_no_commands[] = {"stop",      "ignore",    "ignored", "none",
                                                "terminate", "hibernate", "no",      "off"};
  const std::string& how = settings.on_interruption;
  if (how == "stop" || how == "ignore") {
    return;
  }
  if (std::ranges::count(k_no_commands, to_lower(how)) > 0 || (!how.empty() && trim(how).empty())) {
    mistakes.add(fmt::format("on_interruption is \"{}\"", how),
                 "it is stop, ignore, or a command for sh that runs before the stop");
  }
}

std::string interruption_warning(const config::Settings& settings, const Facts& facts)
{
  const std::string& how = settings.on_interruption;
  const bool unknown =
    settings.markets.empty() && !settings.launch_template_id.empty() && !facts.looked_into_template;
  const bool in_vain =
    !how.empty() && how != "ignore" && !unknown && !interruption_of(settings, facts);
  return in_vain ? "on_interruption is set, and no machine can be a spot machine" : "";
}

} // namespace flame::boot
