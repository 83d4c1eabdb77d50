#include "cli/plan_output.hpp"

#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/wrapping.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr Column k_candidates[] = {{"NO", 9, 0},      {"MARKET", 5, 0}, {"TYPE", 8, 0},
                                   {"SUBNET", 7, 12}, {"ZONE", 6, 0},   {"AGAINST", 9, 0}};
constexpr Column k_calls[] = {{"TIMES", 9, 0}, {"SERVICE", 5, 0}, {"ACTION", 8, 0}, {"FOR", 6, 10}};

std::string or_dash(const std::string& value)
{
  return value.empty() ? "-" : value;
}

std::string shown(Millis time)
{
  return time == Millis(0) ? "none" : format_duration(time);
}

// A line that the terminal has no room for is broken at its blanks.
std::string folded(std::string_view line, const Look& look)
{
  const auto width = static_cast<std::size_t>(std::max(look.width.value_or(0), 0));
  return (width == 0 ? std::string(line) : wrapped(line, 0, 2, width)) + "\n";
}

std::string candidates_text(const PlanReport& report, const Look& look)
{
  Rows rows;
  for (const PlannedCandidate& one : report.candidates) {
    const boot::Candidate& it = one.candidate;
    rows.push_back({std::to_string(rows.size() + 1), or_dash(it.market), or_dash(it.instance_type),
                    or_dash(it.subnet_id), or_dash(one.zone),
                    one.against ? one.against->code : ""});
  }
  std::string text = table(k_candidates, std::move(rows), look.width);
  std::vector<boot::Dropped> dropped;
  for (const PlannedCandidate& one : report.candidates) {
    if (one.against) {
      dropped.push_back(*one.against);
    }
  }
  for (const std::string& why : boot::reasons_of(dropped)) {
    text += folded(fmt::format("not asked for: {}", why), look);
  }
  return text;
}

std::string times_of(const boot::PlannedCall& call)
{
  return call.count       ? std::to_string(*call.count)
         : call.least > 1 ? fmt::format("{}+", call.least)
                          : "*";
}

std::string calls_text(const PlanReport& report, const Look& look)
{
  Rows rows;
  for (const boot::PlannedCall& call : report.calls) {
    rows.push_back({times_of(call), call.service, call.action, call.what});
  }
  return table(k_calls, std::move(rows), look.width)
         + folded("*: as often as it takes; +: or more often", look);
}

// What is one number or word of the whole boot, a line each.
std::vector<std::string> facts(const PlanReport& report, const Look& look)
{
  std::vector<std::string> lines = {
    "run id: " + report.run_id, "region: " + report.region, "app: " + report.app,
    fmt::format("machines: {}{}", report.count,
                report.min_count < report.count ? fmt::format(", at least {}", report.min_count)
                                                : "")};
  if (report.live) {
    lines.push_back(
      fmt::format("live: {} of the app{}", *report.live,
                  report.max_running ? fmt::format(", max_running {}", *report.max_running) : ""));
  }
  lines.push_back("expires at: "
                  + (report.expires_at ? shown_time(report.expires_at, look) : "never"));
  lines.push_back(fmt::format("user data: at most {} of {} bytes{}", report.user_data,
                              report.user_data_limit, report.packed ? ", in gzip" : ""));
  lines.push_back(fmt::format("wait for EC2's limits: {}; when each candidate is asked for: {}",
                              shown(report.least), shown(report.least_all)));
  return lines;
}

std::string plan_text(const PlanReport& report, const Look& look)
{
  std::string text;
  for (const std::string& line : facts(report, look)) {
    text += folded(line, look);
  }
  text += "\n" + candidates_text(report, look);
  text += "\n" + calls_text(report, look);
  text += "\n" + folded("RunInstances, of the first candidate that is asked for:", look);
  for (const auto& [name, value] : report.request) {
    text += folded(fmt::format("{} = {}", name, value), look);
  }
  return text;
}

void write(Json& json, const PlannedCandidate& one)
{
  json.begin();
  json.key("market").text_or_null(one.candidate.market);
  json.key("instance_type").text_or_null(one.candidate.instance_type);
  json.key("subnet_id").text_or_null(one.candidate.subnet_id);
  json.key("availability_zone").text_or_null(one.zone);
  json.key("against").text_or_null(one.against ? one.against->code : "");
  json.key("message").text_or_null(one.against ? one.against->why : "");
  json.end();
}

void write(Json& json, const boot::PlannedCall& call)
{
  const auto count =
    call.count ? std::optional(static_cast<std::int64_t>(*call.count)) : std::nullopt;
  json.begin().key("service").text(call.service).key("action").text(call.action);
  json.key("count").number(count).key("what").text(call.what).end();
}

std::optional<std::int64_t> number(std::optional<std::size_t> value)
{
  return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::string plan_json(const PlanReport& report)
{
  Json json;
  json.begin().key("run_id").text(report.run_id).key("region").text(report.region);
  json.key("app").text(report.app).key("count").number(number(report.count));
  json.key("candidates").begin_list();
  for (const PlannedCandidate& one : report.candidates) {
    write(json, one);
  }
  json.end_list().key("request").begin();
  for (const auto& [name, value] : report.request) {
    json.key(name).text(value);
  }
  json.end().key("calls").begin_list();
  for (const boot::PlannedCall& call : report.calls) {
    write(json, call);
  }
  json.end_list();
  json.key("least_ms").begin().key("first_candidate").number(report.least.count());
  json.key("all_candidates").number(report.least_all.count()).end();
  json.key("user_data").begin().key("bytes").number(number(report.user_data));
  json.key("limit").number(number(report.user_data_limit));
  json.key("gzip").boolean(report.packed).end();
  json.key("expires_at").text_or_null(report.expires_at ? iso8601(*report.expires_at) : "");
  json.key("live").number(number(report.live)).key("max_running").number(report.max_running);
  write_error(json, report.error);
  return json.end().line();
}

} // namespace

std::string plan_output(const PlanReport& report, Output output, const Look& look)
{
  return output == Output::json ? plan_json(report) : plan_text(report, look);
}

} // namespace flame::cli
