#include "boot/job.hpp"

#include "base/signal_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flame::boot {
namespace {

using fleet::StageLine;

std::string word(const std::string& text)
{
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

JobEnd unknown(ErrorKind kind, std::string message, std::string stage, std::string hint = {})
{
  return {.error = Error{.kind = kind,
                         .message = std::move(message),
                         .hint = std::move(hint),
                         .stage = std::move(stage)}};
}

constexpr std::string_view k_by_user = "Client.UserInitiatedShutdown";
constexpr std::string_view k_taken_back = "EC2 took the machine back; the same command may succeed";

// EC2's notice has come, and no status after it.
JobEnd of_interruption(const StageLine& notice, const std::string& id)
{
  return unknown(
    ErrorKind::capacity,
    fmt::format("the status of the command is not known: {} {}", id, fleet::story_of(notice)),
    notice.stage, std::string(k_taken_back));
}

JobEnd of_failure(const StageLine& line, const std::string& id)
{
  if (line.at == "lifetime") {
    return unknown(ErrorKind::timeout,
                   fmt::format("the command had not ended when the lifetime of {} was over", id),
                   line.at, "give it more with --max-lifetime");
  }
  if (line.at == "command") {
    return unknown(
      ErrorKind::bootstrap,
      fmt::format("the status of the command is not known: {} said that {}", id, line.detail),
      line.at);
  }
  return unknown(ErrorKind::bootstrap,
                 fmt::format("the bootstrap of {} {}", id, fleet::story_of(line)), line.at);
}

} // namespace

std::string exec_line(const std::vector<std::string>& argv)
{
  std::string line = !argv.empty() && argv.front().starts_with('-') ? "exec --" : "exec";
  for (const std::string& argument : argv) {
    line += " " + word(argument);
  }
  return line + "\n";
}

std::optional<JobEnd> end_said(const std::vector<StageLine>& lines, const std::string& id)
{
  const auto first = std::ranges::find_if(
    lines, [](const StageLine& line) { return line.stage == "stopped" || line.stage == "failed"; });
  if (first == lines.end()) {
    return std::nullopt;
  }
  if (first->stage == "stopped" && first->exit_status) {
    return JobEnd{.status = *first->exit_status, .reason = first->detail};
  }
  const StageLine* const notice = fleet::interruption_in(lines);
  if (notice != nullptr && notice < &*first) {
    return of_interruption(*notice, id);
  }
  return of_failure(*first, id);
}

bool was_taken(const aws::Instance& machine)
{
  return machine.state_reason_code.starts_with("Server.") || machine.state_reason_code == k_by_user;
}

JobEnd end_unsaid(const aws::Instance& machine, const std::vector<StageLine>& lines)
{
  const std::string& code = machine.state_reason_code;
  const StageLine* const telling = fleet::most_telling(lines);
  const bool stopped = !lines.empty() && lines.back().stage == "stopped";
  const std::string far = telling == nullptr ? "it has said nothing of itself"
                          : stopped          ? fmt::format("that ended the command, with status {}",
                                                           lines.back().exit_status.value_or(0))
                                             : fleet::story_of(*telling);
  std::string message =
    fmt::format("the status of the command is not known: {} is {} ({}), and {}", machine.id,
                aws::name(machine.state),
                machine.state_reason.empty() ? "EC2 gives no reason" : machine.state_reason, far);
  const std::string stage = telling == nullptr ? "" : telling->stage;
  // A spot interruption, or EC2's hardware; the machine may have gone before EC2 came for it.
  const bool taken_back = code.starts_with("Server.") || fleet::interruption_in(lines) != nullptr;
  JobEnd end;
  if (taken_back && code != k_by_user) {
    end = unknown(ErrorKind::capacity, std::move(message), stage, std::string(k_taken_back));
  } else if (code == k_by_user) {
    end = unknown(ErrorKind::refused, std::move(message), stage,
                  "somebody ended the machine while the command ran");
  } else {
    end = unknown(ErrorKind::bootstrap, std::move(message), stage,
                  "the machine powered itself off before it could say more");
  }
  end.error->aws_code = code;
  return end;
}

const StageLine* sums_of(const std::vector<StageLine>& lines)
{
  const auto last = std::find_if(lines.rbegin(), lines.rend(),
                                 [](const StageLine& line) { return line.totals[0].has_value(); });
  return last == lines.rend() ? nullptr : &*last;
}

std::string story_of(const JobEnd& end)
{
  constexpr int k_by_signal = 128;
  if (end.reason == "oom-kill") {
    return "ran out of memory: the kernel ended it, or a part of it";
  }
  return end.status && end.reason == "signal" && *end.status > k_by_signal
           ? fmt::format("was ended by {}", signal_name(*end.status - k_by_signal))
           : "";
}

} // namespace flame::boot
