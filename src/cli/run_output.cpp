#include "cli/run_output.hpp"

#include "cli/json.hpp"
#include "cli/output.hpp"

#include <algorithm>

namespace flame::cli {
namespace {

std::optional<std::int64_t> count(std::optional<Millis> time)
{
  return time ? std::optional<std::int64_t>(time->count()) : std::nullopt;
}

void write_stream(Json& json, std::string_view name, const boot::RunningJob& job,
                  fleet::Stream stream)
{
  const auto left_out = static_cast<std::int64_t>(job.output.left_out(stream));
  json.key(name).begin();
  json.key("bytes").number(static_cast<std::int64_t>(job.output.next(stream)));
  json.key("left_out").number(left_out).end();
}

void write(Json& json, const boot::RunningJob& job)
{
  const aws::Instance& machine = job.machine;
  const boot::JobEnd end = job.end.value_or(boot::JobEnd());
  json.begin().key("index").number(static_cast<std::int64_t>(job.index));
  json.key("instance_id").text(machine.id);
  json.key("private_ip").text_or_null(machine.private_ip);
  json.key("public_ip").text_or_null(machine.public_ip);
  json.key("instance_type").text_or_null(machine.instance_type);
  json.key("availability_zone").text_or_null(machine.availability_zone);
  json.key("market").text(machine.lifecycle.empty() ? "on-demand" : machine.lifecycle);
  json.key("launched_at").text_or_null(machine.launch_time);
  json.key("stage").text_or_null(job.lines.empty() ? "" : job.lines.back().stage);
  const fleet::StageLine* const notice = fleet::interruption_in(job.lines);
  json.key("interrupted_at").text_or_null(notice == nullptr ? "" : notice->at);
  json.key("status").number(end.status);
  json.key("reason").text_or_null(end.reason);
  json.key("command_ms").number(count(duration_of(job)));
  write_stream(json, "stdout", job, fleet::Stream::out);
  write_stream(json, "stderr", job, fleet::Stream::err);
  write_error(json, end.error ? &*end.error : nullptr);
  json.end();
}

void write_ids(Json& json, std::string_view name, const std::vector<std::string>& ids)
{
  json.key(name).begin_list();
  for (const std::string& id : ids) {
    json.text(id);
  }
  json.end_list();
}

} // namespace

std::optional<Millis> duration_of(const boot::RunningJob& job)
{
  const auto at = [&](std::string_view stage) {
    const auto line = std::ranges::find(job.lines, stage, &fleet::StageLine::stage);
    return line == job.lines.end() ? std::nullopt : line->seconds;
  };
  const auto start = at("start");
  const auto stop = at("stopped");
  constexpr double k_millis = 1000;
  return start && stop
           ? std::optional(Millis(static_cast<Millis::rep>((*stop - *start) * k_millis)))
           : std::nullopt;
}

std::string run_result(const RunResult& result)
{
  Json json;
  json.begin().key("run_id").text_or_null(result.run_id);
  json.key("region").text_or_null(result.region);
  json.key("exit_status").number(result.exit_status);
  json.key("machines").begin_list();
  for (const boot::RunningJob& job : result.jobs) {
    write(json, job);
  }
  json.end_list();
  write_ids(json, "may_still_run", result.may_run);
  write_ids(json, "kept", result.kept);
  json.key("artifacts").text_or_null(result.artifacts);
  json.key("timings_ms").begin();
  json.key("launch").number(count(result.timings.launch));
  json.key("total").number(count(result.total)).end();
  write_error(json, result.error ? &*result.error : nullptr);
  return json.end().line();
}

} // namespace flame::cli
