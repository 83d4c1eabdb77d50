#include "cli/log_reader.hpp"

#include "cli/fleet_output.hpp"
#include "cli/known_secrets.hpp"
#include "cli/logs_output.hpp"
#include "cli/selection.hpp"
#include "fleet/console_text.hpp"
#include "fleet/masking.hpp"
#include "fleet/stages.hpp"
#include "fleet/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

using std::chrono::seconds;

constexpr Millis k_call_limit = seconds(15);
constexpr Millis k_first_pause = seconds(2);    // of --follow, again after each news
constexpr Millis k_longest_pause = seconds(30); // EC2 limits how often consoles are read
constexpr Millis k_last_words = seconds(15);    // for the console of a machine that has ended

class Reader {
public:
  explicit Reader(const LogsOf& of)
    : invocation_(of.invocation), world_(of.world), console_(of.console), cloud_(of.cloud),
      machine_(of.machine), secrets_(known_secrets(of.invocation, of.world))
  {
    if (const auto keys = of.cloud.ec2().credentials()) {
      secrets_.push_back(keys->secret_access_key);
      secrets_.push_back(keys->session_token);
    }
  }

  // Stages and console as they are, and what the machine has written into its store. That tells
  // more than a console, and stays when the machine is gone: EC2 need not know it then.
  Result<void> show(const std::string& region, const std::optional<StoredLogs>& stored)
  {
    const auto console = read();
    if (!console && !stored) {
      return tl::unexpected(console.error().error);
    }
    const auto raw = std::optional(console.value_or(""));
    const std::string& told = stored && !stored->status.empty() ? stored->status : *raw;
    const auto stages = fleet::parse_stages(told, fleet::nonce_in(told));
    add_secret(fleet::nonce_in(told));
    const std::string text = shown(*raw, true);
    const Kept kept = kept_of(stored);
    if (!kept.log) {
      say_what_is_missing(*raw);
    }
    if (invocation_.output == Output::json) {
      const Listed listed{.instance = machine_,
                          .region = region,
                          .stage = stages.empty() ? "" : stages.back().stage,
                          .detail = stages.empty() ? "" : masked(stage_detail(stages.back()))};
      return world_.write_out(logs_output(listed, masked(stages), text, is_whole(*raw), kept));
    }
    const std::string rows = stages_output(masked(stages), world_.terminal.out_width);
    const std::string from_store = kept_output(kept);
    const std::string& last = from_store.empty() ? text : from_store; // they hold the console's
    return world_.write_out(rows + (rows.empty() || last.empty() ? "" : "\n") + last);
  }

  // The console as it grows, until the machine has ended.
  Result<void> follow()
  {
    std::string before;
    Millis pause = k_first_pause;
    std::optional<TimePoint> ended;
    for (;;) {
      const auto state = look();
      if (!state) {
        return tl::unexpected(state.error());
      }
      ended = ended || !is_over() ? ended : world_.clock->now();
      const auto raw = read();
      if (!raw && !aws::info(raw.error().error_class).retry_same) {
        return tl::unexpected(raw.error().error);
      }
      const std::string now = raw ? shown(*raw, is_over()) : before;
      const fleet::Fresh fresh = fleet::fresh_part(before, now);
      if (auto written = print(fresh); !written) {
        return written;
      }
      if (ended && (!fresh.text.empty() || world_.clock->now() - *ended >= k_last_words)) {
        return say_end(raw.value_or(""));
      }
      pause = fresh.text.empty() ? std::min(pause * 3 / 2, k_longest_pause) : k_first_pause;
      before = fresh.text.empty() ? before : now;
      console_.doing(fmt::format("{} is {}", machine_.id, aws::name(machine_.state)));
      world_.clock->sleep(ended ? k_first_pause : pause, *world_.cancel, {});
      if (const int signal = world_.cancel->state().signal; signal != 0) {
        return tl::unexpected(fleet::interrupted_by(signal));
      }
    }
  }

private:
  void add_secret(std::string secret)
  {
    if (!secret.empty()) {
      secrets_.push_back(std::move(secret));
    }
  }

  Kept kept_of(const std::optional<StoredLogs>& stored) const
  {
    const auto shown_if = [&](const std::string& text) {
      return text.empty() ? std::nullopt : std::optional(fleet::harmless(masked(text)));
    };
    return stored ? Kept{.log = shown_if(stored->log), .journal = shown_if(stored->journal)}
                  : Kept();
  }

  aws::CallLimit limit() const { return {.deadline = world_.clock->now() + k_call_limit}; }

  bool is_over() const
  {
    return fleet::is_ended(machine_.state) || machine_.state == aws::InstanceState::stopped;
  }

  Result<void> look()
  {
    const std::string ids[] = {machine_.id};
    const auto found =
      fleet::describe_machines(ids, limit(), {cloud_.ec2(), *world_.clock, *world_.cancel});
    if (!found && !aws::info(found.error().error_class).retry_same) {
      return tl::unexpected(found.error().error);
    }
    if (found && found->empty()) {
      machine_.state = aws::InstanceState::terminated; // EC2 has forgotten it
    } else if (found) {
      machine_ = found->front();
    }
    return {};
  }

  // The latest console where the type of machine has it, else the one of its last change of state.
  aws::Outcome<std::string> read()
  {
    auto output = cloud_.ec2().console_output(machine_.id, latest_, limit());
    const bool other_way =
      latest_
      && (output ? output->text.empty()
                 : output.error().error_class == aws::ErrorClass::unsupported
                     || output.error().error_class == aws::ErrorClass::parameter
                     || output.error().error_class == aws::ErrorClass::consistency);
    if (other_way) {
      latest_ = output.has_value(); // an empty one may fill yet
      output = cloud_.ec2().console_output(machine_.id, false, limit());
    }
    return output.map([](const aws::ConsoleOutput& it) { return it.text; });
  }

  static bool is_whole(std::string_view raw) { return raw.size() < fleet::k_console_kept; }

  // Without what must not be seen, and without half a line at its ends.
  std::string shown(std::string_view raw, bool last_line)
  {
    if (!is_whole(raw)) {
      raw.remove_prefix(std::min(raw.find('\n') + 1, raw.size()));
    }
    if (!last_line) {
      raw = raw.substr(0, raw.rfind('\n') + 1);
    }
    if (nonce_.empty()) {
      nonce_ = fleet::nonce_in(raw);
      secrets_.push_back(nonce_);
    }
    std::string text = fleet::harmless(masked(raw));
    return text.empty() || text.ends_with('\n') ? text : text + "\n";
  }

  std::string masked(std::string_view text) const { return fleet::masked(text, secrets_); }

  std::vector<fleet::StageLine> masked(std::vector<fleet::StageLine> lines) const
  {
    for (fleet::StageLine& line : lines) {
      line.detail = printable(masked(line.detail));
      line.at = printable(line.at);
    }
    return lines;
  }

  void say_what_is_missing(std::string_view raw)
  {
    if (raw.empty()) {
      console_.note(fmt::format(
        "the console of {} is empty{}", machine_.id,
        latest_ ? "; EC2 shows it some time after the start"
                : "; of its type EC2 shows it as it was at the last change of state only"));
    } else if (!is_whole(raw)) {
      console_.note(
        "the beginning of the console is gone: EC2 keeps 64 KiB, and stage lines may be "
        "the release's own");
    }
  }

  Result<void> print(const fleet::Fresh& fresh)
  {
    if (fresh.text.empty()) {
      return {};
    }
    console_.clear();
    if (fresh.gap) {
      console_.warn("some lines are missing here: the console has grown faster than EC2 shows it");
    }
    return world_.write_out(fresh.text);
  }

  Result<void> say_end(const std::string& raw)
  {
    const auto stages = fleet::parse_stages(raw, fleet::nonce_in(raw));
    const fleet::StageLine* line = fleet::most_telling(stages);
    console_.clear();
    console_.note(fmt::format(
      "{} is {}{}{}", machine_.id, aws::name(machine_.state),
      machine_.state_reason_code.empty() ? "" : ", " + machine_.state_reason_code,
      line == nullptr
        ? ""
        : fmt::format("; its last stage is {} {}", line->stage, masked(stage_detail(*line)))));
    return {};
  }

  const Invocation& invocation_;
  World& world_;
  Console& console_;
  Cloud& cloud_;
  aws::Instance machine_;
  std::vector<std::string> secrets_;
  std::string nonce_ = {};
  bool latest_ = true;
};

} // namespace

Result<void> show_logs(const LogsOf& of, const std::string& region,
                       const std::optional<StoredLogs>& stored)
{
  return Reader(of).show(region, stored);
}

Result<void> follow_logs(const LogsOf& of)
{
  return Reader(of).follow();
}

} // namespace flame::cli
