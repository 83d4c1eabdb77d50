#include "cli/fleet_output.hpp"

#include "base/text.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "fleet/expiry.hpp"
#include "fleet/finding.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <iterator>

namespace flame::cli {
namespace {

// Machines that live have neither stage nor reason here; why one has ended is what --all is for.
constexpr Column k_list_columns[] = {
  {"ID", 10, 0},      {"STATE", 9, 0},   {"STAGE", 7, 8},  {"REASON", 8, 16},
  {"APP", 5, 8},      {"RUN", 6, 8},     {"TYPE", 1, 0},   {"ADDRESS", 0, 0},
  {"LAUNCHED", 3, 0}, {"EXPIRES", 4, 0}, {"REGION", 2, 0},
};

constexpr Column k_gc_columns[] = {
  {"WHAT", 9, 0}, {"ID", 10, 0}, {"REGION", 4, 0}, {"APP", 6, 8}, {"RUN", 7, 8}, {"DETAIL", 8, 20},
};

struct FindingRow {
  Finding finding;
  std::string_view name; // in text
  std::string_view list; // in JSON
};

// Ordered as the enum.
constexpr FindingRow k_findings[] = {
  {Finding::ended, "ended", "expired"},         {Finding::expired, "expired", "expired"},
  {Finding::not_ended, "not-ended", "expired"}, {Finding::unclear, "unclear", "unclear"},
  {Finding::orphan, "orphan", "orphans"},       {Finding::leftover, "leftover", "leftovers"},
};
static_assert(std::size(k_findings) == static_cast<std::size_t>(Finding::leftover) + 1);

const FindingRow& row_of(Finding finding)
{
  return k_findings[static_cast<std::size_t>(finding)];
}

std::string shown_expiry(const aws::Instance& machine, const Look& look)
{
  const fleet::Expiry expiry = fleet::expiry_of(machine, look.now);
  return expiry.due == fleet::Due::never     ? "never"
         : expiry.due == fleet::Due::unclear ? ""
                                             : shown_time(expiry.at, look);
}

std::string text_of_tag(const aws::Instance& machine, std::string_view key)
{
  return std::string(fleet::tag(machine.tags, key));
}

std::vector<std::string> cells(const Listed& it, const Look& look)
{
  const aws::Instance& machine = it.instance;
  const std::string failed = it.detail.empty() ? "" : fmt::format(": {}", it.detail);
  return {machine.id,
          std::string(aws::name(machine.state)),
          it.stage + failed,
          machine.state_reason_code.empty() ? machine.reason : machine.state_reason_code,
          text_of_tag(machine, fleet::k_tag_app),
          text_of_tag(machine, fleet::k_tag_run_id),
          machine.instance_type,
          machine.public_ip.empty() ? machine.private_ip : machine.public_ip,
          shown_time(parse_iso8601(machine.launch_time), look),
          fleet::is_ended(machine.state) ? "" : shown_expiry(machine, look),
          look.everywhere ? it.region : ""};
}

void write_found(Json& json, const Found& found)
{
  json.begin().key("kind").text(found.kind).key("id").text(found.id);
  json.key("region").text(found.region);
  json.key("app").text_or_null(found.app).key("run_id").text_or_null(found.run_id);
  json.key("expires_at").text_or_null(found.expires_at);
  if (row_of(found.what).list == "expired") {
    json.key("ended").boolean(found.what == Finding::ended);
  }
  json.end();
}

std::string gc_json(const Swept& swept, const Look& look, const Error* error)
{
  Json json;
  json.begin().key("time").text(iso8601(look.now)).key("dry_run").boolean(swept.dry_run);
  json.key("regions").begin_list();
  for (const std::string& region : swept.regions) {
    json.text(region);
  }
  json.end_list();
  for (const std::string_view list : {"expired", "unclear", "orphans", "leftovers"}) {
    json.key(list).begin_list();
    for (const Found& found : swept.found) {
      if (row_of(found.what).list == list) {
        write_found(json, found);
      }
    }
    json.end_list();
  }
  write_error(json, error);
  return json.end().line();
}

} // namespace

std::string shown_time(std::optional<Seconds> time, const Look& look)
{
  if (!time) {
    return "";
  }
  return fmt::format("{} ({})", short_time(look.local_time(*time), look.local_time(look.now)),
                     relative(*time, look.now));
}

void write_machine(Json& json, const Listed& it)
{
  const aws::Instance& machine = it.instance;
  const fleet::Expiry expiry = fleet::expiry_of(machine, {});
  json.begin().key("instance_id").text(machine.id);
  json.key("region").text(it.region).key("account").text_or_null(machine.owner_id);
  json.key("run_id").text_or_null(text_of_tag(machine, fleet::k_tag_run_id));
  json.key("app").text_or_null(text_of_tag(machine, fleet::k_tag_app));
  json.key("state").text(aws::name(machine.state));
  json.key("stage").text_or_null(it.stage).key("stage_detail").text_or_null(it.detail);
  json.key("reason_code").text_or_null(machine.state_reason_code);
  json.key("reason").text_or_null(machine.reason.empty() ? machine.state_reason : machine.reason);
  json.key("private_ip").text_or_null(machine.private_ip);
  json.key("public_ip").text_or_null(machine.public_ip);
  json.key("instance_type").text_or_null(machine.instance_type);
  json.key("subnet_id").text_or_null(machine.subnet_id);
  json.key("availability_zone").text_or_null(machine.availability_zone);
  json.key("market").text(machine.lifecycle.empty() ? "on-demand" : machine.lifecycle);
  const auto launched = parse_iso8601(machine.launch_time);
  json.key("launched_at").text_or_null(launched ? iso8601(*launched) : "");
  json.key("expires_at").text_or_null(expiry.at ? iso8601(*expiry.at) : "").end();
}

std::string list_output(const std::vector<Listed>& machines, Output output, const Look& look,
                        const Error* error)
{
  if (output == Output::env) {
    std::vector<std::string> ids;
    ids.reserve(machines.size());
    for (const Listed& machine : machines) {
      ids.push_back(machine.instance.id);
    }
    return instance_ids(ids);
  }
  if (output == Output::text) {
    std::vector<std::vector<std::string>> rows;
    rows.reserve(machines.size());
    for (const Listed& machine : machines) {
      rows.push_back(cells(machine, look));
    }
    return table(k_list_columns, std::move(rows), look.width);
  }
  Json json;
  json.begin().key("time").text(iso8601(look.now)).key("instances").begin_list();
  for (const Listed& machine : machines) {
    write_machine(json, machine);
  }
  json.end_list();
  write_error(json, error);
  return json.end().line();
}

std::string gc_output(const Swept& swept, Output output, const Look& look, const Error* error)
{
  if (output == Output::json) {
    return gc_json(swept, look, error);
  }
  std::vector<std::string> ids;
  std::vector<std::vector<std::string>> rows;
  for (const Found& found : swept.found) {
    if (found.what == Finding::ended || found.what == Finding::expired) {
      ids.push_back(found.id);
    }
    rows.push_back({std::string(row_of(found.what).name), found.id,
                    look.everywhere ? found.region : "", found.app, found.run_id, found.detail});
  }
  return output == Output::env ? instance_ids(ids)
                               : table(k_gc_columns, std::move(rows), look.width);
}

} // namespace flame::cli
