#include "boot/ear.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using std::chrono::seconds;

constexpr Millis k_words_limit = seconds(15);  // for the last words of who has left
constexpr Millis k_output_limit = seconds(15); // for output that comes after the end

bool all_came(const Ear& ear, const fleet::StageLine& sums, bool by_console)
{
  for (std::size_t stream = 0; stream < fleet::k_streams; ++stream) {
    if (!by_console
        && sums.totals.at(stream).value_or(0)
             > ear.job.output.next(static_cast<fleet::Stream>(stream))) {
      return false;
    }
  }
  return true;
}

void finish(Ear& ear, const fleet::StageLine* sums)
{
  for (std::size_t stream = 0; sums != nullptr && stream < fleet::k_streams; ++stream) {
    ear.job.output.end(static_cast<fleet::Stream>(stream), sums->totals.at(stream).value_or(0));
  }
  ear.is_over = true;
}

} // namespace

bool Ear::is_mute() const
{
  const bool wrote = job.output.next(fleet::Stream::out) + job.output.next(fleet::Stream::err) > 0;
  return !is_over && !ending && job.lines.empty() && !wrote;
}

bool take_lines(Ear& ear, std::vector<fleet::StageLine> lines, TimePoint now)
{
  const bool older =
    !lines.empty() && !ear.job.lines.empty() && lines.back().seconds < ear.job.lines.back().seconds;
  const bool same = lines.size() == ear.job.lines.size();
  if (lines.empty() || older || (same && lines.back().stage == ear.job.lines.back().stage)) {
    return false;
  }
  ear.job.lines = std::move(lines);
  if (!ear.job.end) {
    ear.job.end = end_said(ear.job.lines, ear.job.machine.id);
  }
  if (ear.job.end && !ear.ending) {
    ear.ending = now;
  }
  return true;
}

void tell_of_spot(Ear& ear, Progress& progress)
{
  const std::string& id = ear.job.machine.id;
  const fleet::StageLine* const notice = fleet::interruption_in(ear.job.lines);
  if (notice != nullptr && !ear.told_notice) {
    ear.told_notice = true;
    progress.note(fmt::format("{} {}", id, fleet::story_of(*notice)));
  }
  if (!ear.told_hint && std::ranges::count(ear.job.lines, "rebalance", &fleet::StageLine::stage)) {
    ear.told_hint = true;
    progress.note(fmt::format("EC2 may take {} back soon; the command goes on", id));
  }
}

void judge(Ear& ear, TimePoint now, bool by_console)
{
  if (!ear.ending) {
    return;
  }
  const Millis waited = std::chrono::duration_cast<Millis>(now - *ear.ending);
  const fleet::StageLine* sums = sums_of(ear.job.lines);
  const bool started = std::ranges::count(ear.job.lines, "start", &fleet::StageLine::stage) > 0;
  const bool shut_down = ear.job.end && ear.job.end->reason == k_by_shutdown;
  if (shut_down && !ear.job.has_left && waited < k_words_limit) {
    return; // until EC2 says who ended the machine
  }
  if (shut_down && was_taken(ear.job.machine)) {
    ear.job.end = end_unsaid(ear.job.machine, ear.job.lines);
  }
  if (ear.job.end && (sums == nullptr ? !started : all_came(ear, *sums, by_console))) {
    return finish(ear, sums);
  }
  if (waited >= (ear.job.end ? k_output_limit : k_words_limit)) {
    if (!ear.job.end) {
      ear.job.end = end_unsaid(ear.job.machine, ear.job.lines);
    }
    finish(ear, sums);
  }
}

std::string how_far(const Ear& ear)
{
  const fleet::StageLine* const line = fleet::most_telling(ear.job.lines);
  return line == nullptr          ? "has said nothing yet"
         : line->stage == "start" ? "runs the command"
                                  : "is at " + line->stage;
}

} // namespace flame::boot
