#include "cli/output.hpp"

#include "base/text.hpp"
#include "cli/json.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

using boot::Machine;

std::string address(const aws::Instance& instance)
{
  return instance.public_ip.empty() ? instance.private_ip : instance.public_ip;
}

std::optional<std::int64_t> count(std::optional<Millis> time)
{
  return time ? std::optional<std::int64_t>(time->count()) : std::nullopt;
}

void write(Json& json, const Machine& machine)
{
  const aws::Instance& it = machine.instance;
  json.begin();
  json.key("instance_id").text(it.id);
  json.key("private_ip").text_or_null(it.private_ip);
  json.key("public_ip").text_or_null(it.public_ip);
  json.key("instance_type").text_or_null(it.instance_type);
  json.key("subnet_id").text_or_null(it.subnet_id);
  json.key("availability_zone").text_or_null(it.availability_zone);
  json.key("market").text(it.lifecycle.empty() ? "on-demand" : it.lifecycle);
  json.key("state").text(aws::name(it.state));
  json.key("stage").text_or_null(machine.stage.value_or(""));
  json.key("launched_at").text_or_null(it.launch_time);
  json.key("expires_at").text_or_null(machine.expires_at ? iso8601(*machine.expires_at) : "");
  json.end();
}

std::string boot_json(const boot::BootResult& result)
{
  Json json;
  json.begin();
  json.key("run_id").text(result.run_id);
  json.key("region").text(result.region);
  json.key("account").text_or_null(result.account);
  json.key("instances").begin_list();
  for (const Machine& machine : result.machines) {
    write(json, machine);
  }
  json.end_list();
  json.key("timings_ms").begin();
  json.key("launch").number(count(result.timings.launch));
  json.key("running").number(count(result.timings.running));
  json.key("ready").number(count(result.timings.ready));
  json.end();
  json.key("refused").begin_list(); // candidates before the one that was launched
  for (const boot::Refused& refused : result.refused) {
    json.begin();
    json.key("instance_type").text_or_null(refused.candidate.instance_type);
    json.key("subnet_id").text_or_null(refused.candidate.subnet_id);
    json.key("market").text_or_null(refused.candidate.market);
    json.key("aws_code").text_or_null(refused.code);
    json.key("message").text(refused.message);
    json.key("asked").boolean(refused.asked);
    json.end();
  }
  json.end_list();
  return json.end().line();
}

std::string boot_env(const boot::BootResult& result)
{
  std::vector<std::string> ids;
  for (const Machine& machine : result.machines) {
    ids.push_back(machine.instance.id);
  }
  const aws::Instance first =
    result.machines.empty() ? aws::Instance{} : result.machines.front().instance;
  return assignment("FLAME_EC2_RUN_ID", result.run_id)
         + assignment("FLAME_EC2_INSTANCE_ID", first.id)
         + assignment("FLAME_EC2_INSTANCE_IDS", join(ids, " "))
         + assignment("FLAME_EC2_PRIVATE_IP", first.private_ip);
}

} // namespace

std::string assignment(std::string_view name, std::string_view value)
{
  constexpr std::string_view k_plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:/@";
  if (value.find_first_not_of(k_plain) == std::string_view::npos) {
    return fmt::format("{}={}\n", name, value);
  }
  std::string quoted;
  for (const char c : value) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return fmt::format("{}='{}'\n", name, quoted);
}

std::string boot_output(const boot::BootResult& result, Output output)
{
  if (output == Output::json) {
    return boot_json(result);
  }
  if (output == Output::env) {
    return boot_env(result);
  }
  std::string text;
  for (const Machine& machine : result.machines) {
    text += fmt::format("{}\t{}\n", machine.instance.id, address(machine.instance));
  }
  return text;
}

std::string ended_output(const Ended& ended, Output output)
{
  if (output == Output::env) {
    return instance_ids(ended.ids);
  }
  if (output == Output::text) {
    std::string text;
    for (const std::string& id : ended.ids) {
      text += id + "\n";
    }
    return text;
  }
  Json json;
  json.begin().key("region").text(ended.region).key("run_id").text_or_null(ended.run_id);
  json.key("terminated").begin_list();
  for (const std::string& id : ended.ids) {
    json.text(id);
  }
  json.end_list();
  write_error(json, ended.error);
  return json.end().line();
}

std::string instance_ids(const std::vector<std::string>& ids)
{
  return assignment("FLAME_EC2_INSTANCE_IDS", join(ids, " "));
}

std::string dry_run_output(const DryRun& dry_run, Output output)
{
  if (output == Output::json) {
    Json json;
    json.begin().key("run_id").text(dry_run.run_id).key("region").text(dry_run.region);
    json.key("candidates").begin_list();
    for (const std::string& candidate : dry_run.candidates) {
      json.text(candidate);
    }
    json.end_list().key("request").begin();
    for (const auto& [name, value] : dry_run.request) {
      json.key(name).text(value);
    }
    json.end();
    write_error(json, dry_run.error);
    return json.end().line();
  }
  std::string text = fmt::format("run id: {}\nregion: {}\n", dry_run.run_id, dry_run.region);
  for (const std::string& candidate : dry_run.candidates) {
    text += fmt::format("candidate: {}\n", candidate);
  }
  for (const auto& [name, value] : dry_run.request) {
    text += fmt::format("{} = {}\n", name, value);
  }
  return text;
}

Result<void> as_in_result(Result<void> outcome)
{
  if (!outcome) {
    outcome.error().in_result = true;
  }
  return outcome;
}

void write_error(Json& json, const Error* error)
{
  if (error == nullptr) {
    return;
  }
  const ErrorKindInfo& kind = info(error->kind);
  json.key("error").begin();
  json.key("kind").text(kind.name);
  json.key("message").text(error->message);
  json.key("hint").text_or_null(error->hint);
  json.key("aws_code").text_or_null(error->aws_code);
  json.key("request_id").text_or_null(error->request_id);
  json.key("run_id").text_or_null(error->run_id);
  json.key("stage").text_or_null(error->stage);
  json.key("retryable").boolean(kind.retryable);
  json.key("retry_after_ms").number(count(error->retry_after));
  json.key("instances").begin_list();
  for (const std::string& id : error->instances) {
    json.text(id);
  }
  json.end_list().key("also").begin_list();
  for (const Mistake& mistake : error->also) {
    json.begin().key("message").text(mistake.message);
    json.key("hint").text_or_null(mistake.hint).end();
  }
  json.end_list().end();
}

std::string text_output(std::string_view text, Output output)
{
  if (output != Output::json) {
    return std::string(text);
  }
  Json json;
  return json.begin().key("text").text(text).end().line();
}

std::string error_json(const Error& error)
{
  Json json;
  json.begin();
  write_error(json, &error);
  return json.end().line();
}

} // namespace flame::cli
