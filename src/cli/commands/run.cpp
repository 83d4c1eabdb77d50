#include "boot/follow.hpp"
#include "cli/artifacts.hpp"
#include "cli/booting.hpp"
#include "cli/commands.hpp"
#include "cli/marked_lines.hpp"
#include "cli/run_output.hpp"
#include "cli/run_settings.hpp"
#include "fleet/ending.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flame::cli {
namespace {

constexpr Millis k_ending_limit = std::chrono::seconds(30);
constexpr Millis k_margin = std::chrono::minutes(1); // beyond a lifetime and its expiry
constexpr int k_not_known = 125;

// The one way in which the command can be given, for sh.
Result<std::string> command_of(const Invocation& invocation)
{
  const auto shell = invocation.value("--shell");
  const std::vector<std::string>& argv = invocation.operands;
  if (shell && !argv.empty()) {
    return fail(ErrorKind::usage, "a command is given, and --shell too", "give one of the two");
  }
  if (shell ? shell->empty() : argv.empty() || argv.front().empty()) {
    return fail(ErrorKind::usage, "no command is given to run",
                "write it last: flame-ec2 run --image al2023 -- uname -a");
  }
  return shell ? *shell + "\n" : boot::exec_line(argv);
}

// What `run` adds to the settings of a boot.
void make_job(config::Settings& settings, const std::string& command, const Invocation& invocation)
{
  fill_run_settings(settings, command);
  settings.artifacts = invocation.has("--artifacts");
  settings.keep = invocation.has("--keep");
}

// In the order of FLAME_EC2_INDEX, which need not be that of EC2's answers.
std::vector<boot::Machine> machines_of(const boot::BootResult& result)
{
  std::vector<boot::Machine> machines = result.machines;
  std::ranges::stable_sort(machines, {}, &boot::Machine::index);
  return machines;
}

// From the live machines to the exit.
class Run {
public:
  Run(const Invocation& invocation, World& world, Console& console, const Booted& booted)
    : invocation_(invocation), world_(world), console_(console), booted_(booted)
  {
  }

  Result<void> operator()()
  {
    boot::Followed followed = follow();
    console_.clear();
    static_cast<void>(world_.write_out(out_.end()));
    world_.write_err(err_.end());
    RunResult result{.run_id = booted_.plan.run_id,
                     .region = booted_.plan.region,
                     .jobs = std::move(followed.jobs),
                     .timings = booted_.result.timings,
                     .error = std::move(followed.error)};
    end_machines(result);
    unpack_artifacts(result);
    booted_.delivery.forget_environment();
    for (const boot::RunningJob& job : result.jobs) {
      say_end(job, result);
    }
    return finish(std::move(result));
  }

private:
  boot::Followed follow()
  {
    const aws::S3Object folder = booted_.delivery.folder();
    const boot::FollowParts parts{
      .ec2 = booted_.cloud.ec2(),
      .clock = *world_.clock,
      .cancel = *world_.cancel,
      .progress = console_,
      .nonce = booted_.plan.runner.nonce,
      .s3 = folder.bucket.empty() ? nullptr : &booted_.cloud.s3(),
      .folder = folder,
      .deadline = deadline(),
      .patience = booted_.settings.boot_timeout.value_or(boot::k_patience),
      .show = [this](std::size_t job, fleet::Stream stream, std::string_view bytes) {
        return show(machines_.at(job).index, stream, bytes);
      }};
    std::vector<aws::Instance> instances;
    for (const boot::Machine& machine : machines_) {
      instances.push_back(machine.instance);
    }
    boot::Followed followed = boot::follow(instances, parts);
    for (std::size_t job = 0; job < followed.jobs.size(); ++job) {
      followed.jobs[job].index = machines_.at(job).index;
    }
    return followed;
  }

  std::optional<TimePoint> deadline() const
  {
    const auto expires = booted_.plan.expires_at;
    return expires
             ? std::optional(world_.clock->now() + (*expires - world_.clock->wall()) + k_margin)
             : std::nullopt;
  }

  // The command's own bytes, as they are.
  Result<void> show(std::size_t index, fleet::Stream stream, std::string_view bytes)
  {
    console_.clear();
    if (stream == fleet::Stream::packed) {
      return artifacts_.add(index, bytes);
    }
    const bool out = stream == fleet::Stream::out;
    std::string marked;
    if (booted_.plan.count > 1) {
      marked = (out ? out_ : err_).add(index, bytes);
      bytes = marked;
    }
    if (!out || world_.terminal.out_width) { // else it stands in a file
      console_.passed(bytes);
    }
    if (out) {
      return bytes.empty() ? Result<void>() : world_.write_out(bytes);
    }
    world_.write_err(bytes);
    return {};
  }

  // Those of several commands are in folders of their own.
  void unpack_artifacts(RunResult& result)
  {
    const auto folder = invocation_.value("--artifacts");
    for (const boot::RunningJob& job : result.jobs) {
      if (!folder || !job.end || !job.end->status) {
        continue;
      }
      auto done = job.output.left_out(fleet::Stream::packed) > 0
                    ? fail(ErrorKind::output,
                           fmt::format("the artifacts of {} did not come whole", job.machine.id),
                           "the machine could not write all of them into the store")
                    : artifacts_.unpack(job.index, booted_.plan.count == 1
                                                     ? *folder
                                                     : fmt::format("{}/{}", *folder, job.index));
      if (done) {
        result.artifacts = *folder;
      } else if (!result.error) {
        result.error = done.error();
      }
    }
  }

  // Not those whose command has ended and that are to be kept; EC2 has ended some already.
  void end_machines(RunResult& result)
  {
    std::vector<std::string> ids;
    for (const boot::RunningJob& job : result.jobs) {
      const bool kept = booted_.settings.keep && job.end && job.end->status;
      if (kept) {
        result.kept.push_back(job.machine.id);
      } else {
        ids.push_back(job.machine.id);
      }
    }
    if (ids.empty()) {
      return;
    }
    console_.doing(fmt::format("ending {}", fmt::join(ids, ", ")));
    const fleet::EndReport report = fleet::end_machines(ids, world_.clock->now() + k_ending_limit,
                                                        {.ec2 = booted_.cloud.ec2(),
                                                         .clock = *world_.clock,
                                                         .cancel = *world_.cancel,
                                                         .cancel_grace = k_ending_limit});
    console_.clear();
    if (const auto all = fleet::as_result(report); !all) {
      result.may_run = all.error().instances;
      Error left = all.error();
      left.run_id = booted_.plan.run_id;
      left.hint =
        "end it with: " + fleet::terminate_command(booted_.plan.region, booted_.plan.run_id);
      console_.error(left);
    }
  }

  void say_end(const boot::RunningJob& job, const RunResult& result)
  {
    for (const fleet::Stream stream : {fleet::Stream::out, fleet::Stream::err}) {
      if (const auto left_out = job.output.left_out(stream); left_out > 0) {
        const auto all = job.output.next(stream);
        console_.warn(fmt::format("of {} bytes of {}, {} are not shown: {}", all,
                                  fleet::k_stream_names[static_cast<std::size_t>(stream)], left_out,
                                  booted_.settings.store.empty()
                                    ? "a console carries no more; with --store all of it comes"
                                    : "the machine could not send them"));
      }
    }
    if (job.end) {
      if (const std::string story = boot::story_of(*job.end); !story.empty()) {
        console_.note(fmt::format("the command {}", story));
      }
    }
    if (std::ranges::count(result.kept, job.machine.id) > 0) {
      say_kept(job.machine);
    }
  }

  void say_kept(const aws::Instance& machine)
  {
    const std::string& address = machine.public_ip.empty() ? machine.private_ip : machine.public_ip;
    console_.note(fmt::format(
      "{} is kept until {}, at {}", machine.id,
      booted_.plan.expires_at ? iso8601(*booted_.plan.expires_at) : "it is ended", address));
    console_.note(
      fmt::format("to reach it: aws ssm start-session --region {} --target {}{}",
                  booted_.plan.region, machine.id,
                  machine.key_name.empty()
                    ? ""
                    : fmt::format("; or ssh to {} with the key {}", address, machine.key_name)));
    console_.note(fmt::format("to end it: flame-ec2 terminate --region {} {}", booted_.plan.region,
                              machine.id));
  }

  static Error outcome_of(RunResult& result)
  {
    int highest = result.may_run.empty() ? 0 : k_not_known;
    for (const boot::RunningJob& job : result.jobs) {
      const boot::JobEnd end = job.end.value_or(boot::JobEnd());
      highest = std::max(highest, end.status.value_or(k_not_known));
      if (end.error && !result.error) {
        result.error = end.error;
      }
    }
    Error outcome = result.error.value_or(Error());
    if (outcome.kind != ErrorKind::interrupted) {
      outcome.kind = ErrorKind::command;
      outcome.status = result.error ? std::max(highest, k_not_known) : highest;
    }
    return outcome;
  }

  // The status: the highest of all commands; 125 when one is not known; 128+n after a signal.
  Result<void> finish(RunResult result)
  {
    Error outcome = outcome_of(result);
    result.exit_status = exit_status_beside_command(outcome);
    result.total = std::chrono::duration_cast<Millis>(world_.clock->now() - booted_.started);
    const auto file = invocation_.value("--result");
    if (const auto written = file ? world_.write_file(*file, run_result(result)) : Result<void>();
        !written) {
      console_.error(written.error());
      outcome = Error{.kind = ErrorKind::command, .status = k_not_known};
    }
    outcome.in_result = true;
    const bool good = outcome.kind == ErrorKind::command && outcome.status == 0;
    return good ? Result<void>() : tl::unexpected(std::move(outcome));
  }

  const Invocation& invocation_;
  World& world_;
  Console& console_;
  const Booted& booted_;
  std::vector<boot::Machine> machines_ = machines_of(booted_.result);
  Artifacts artifacts_ = {};
  MarkedLines out_ = {};
  MarkedLines err_ = {};
};

} // namespace

Result<void> run_run(const Invocation& invocation, World& world, Console& console)
{
  if (invocation.output != Output::text && !invocation.has("--dry-run")) {
    return fail(ErrorKind::usage, "run has no --output json, but with --dry-run",
                "standard output is the command's; --result FILE tells as JSON what became of it");
  }
  const auto command = command_of(invocation);
  if (!command) {
    return tl::unexpected(command.error());
  }
  return boot_with(
    invocation, world, console, std::nullopt,
    {.adjust = [&](config::Settings& settings) { make_job(settings, *command, invocation); },
     .then = [&](const Booted& booted) { return Run(invocation, world, console, booted)(); }});
}

int status_of_run(const Invocation& invocation, World& world, const Error& error)
{
  const int status = exit_status_beside_command(error);
  const auto file = invocation.value("--result");
  if (file && !error.in_result) {
    RunResult result{
      .run_id = error.run_id, .exit_status = status, .may_run = error.instances, .error = error};
    static_cast<void>(world.write_file(*file, run_result(result))); // stderr has said the error
  }
  return status;
}

} // namespace flame::cli
