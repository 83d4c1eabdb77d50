#include "boot/followed_job.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using std::chrono::seconds;

constexpr Millis k_words_limit = seconds(15);  // for the last words of who has left
constexpr Millis k_output_limit = seconds(15); // for output that comes after the end

bool all_came(const FollowedJob& it, const fleet::StageLine& sums, bool by_store)
{
  for (std::size_t stream = 0; by_store && stream < fleet::k_streams; ++stream) {
    if (sums.totals.at(stream).value_or(0)
        > it.job.output.next(static_cast<fleet::Stream>(stream))) {
      return false;
    }
  }
  return true; // on a console, pieces stand before the line with the sums
}

void finish(FollowedJob& it, const fleet::StageLine* sums)
{
  for (std::size_t stream = 0; sums != nullptr && stream < fleet::k_streams; ++stream) {
    it.job.output.end(static_cast<fleet::Stream>(stream), sums->totals.at(stream).value_or(0));
  }
  it.is_over = true;
}

} // namespace

bool FollowedJob::is_mute() const
{
  const bool wrote = job.output.next(fleet::Stream::out) + job.output.next(fleet::Stream::err) > 0;
  return !is_over && !ending && job.lines.empty() && !wrote;
}

bool take_lines(FollowedJob& it, std::string_view text, const std::string& nonce, TimePoint now)
{
  auto lines = fleet::parse_stages(text, nonce);
  const bool older =
    !lines.empty() && !it.job.lines.empty() && lines.back().seconds < it.job.lines.back().seconds;
  const bool same = lines.size() == it.job.lines.size();
  if (lines.empty() || older || (same && lines.back().stage == it.job.lines.back().stage)) {
    return false;
  }
  it.job.lines = std::move(lines);
  if (!it.job.end) {
    it.job.end = end_said(it.job.lines, it.job.machine.id);
  }
  if (it.job.end && !it.ending) {
    it.ending = now;
  }
  return true;
}

void tell_of_spot(FollowedJob& it, Progress& progress)
{
  const std::string& id = it.job.machine.id;
  const fleet::StageLine* const notice = fleet::interruption_in(it.job.lines);
  if (notice != nullptr && !it.told_notice) {
    it.told_notice = true;
    progress.note(fmt::format("{} {}", id, fleet::story_of(*notice)));
  }
  if (!it.told_hint && std::ranges::count(it.job.lines, "rebalance", &fleet::StageLine::stage)) {
    it.told_hint = true;
    progress.note(fmt::format("EC2 may take {} back soon; the command goes on", id));
  }
}

void judge(FollowedJob& it, bool by_store, TimePoint now)
{
  if (!it.ending) {
    return;
  }
  const Millis waited = std::chrono::duration_cast<Millis>(now - *it.ending);
  const fleet::StageLine* sums = sums_of(it.job.lines);
  const bool started = std::ranges::count(it.job.lines, "start", &fleet::StageLine::stage) > 0;
  const bool shut_down = it.job.end && it.job.end->reason == k_by_shutdown;
  if (shut_down && !it.job.has_left && waited < k_words_limit) {
    return; // until EC2 says who ended the machine
  }
  if (shut_down && was_taken(it.job.machine)) {
    it.job.end = end_unsaid(it.job.machine, it.job.lines);
  }
  if (it.job.end && (sums == nullptr ? !started : all_came(it, *sums, by_store))) {
    return finish(it, sums);
  }
  if (waited >= (it.job.end ? k_output_limit : k_words_limit)) {
    if (!it.job.end) {
      it.job.end = end_unsaid(it.job.machine, it.job.lines);
    }
    finish(it, sums);
  }
}

std::string how_far(const FollowedJob& it)
{
  const fleet::StageLine* const line = fleet::most_telling(it.job.lines);
  return line == nullptr          ? "has said nothing yet"
         : line->stage == "start" ? "runs the command"
                                  : "is at " + line->stage;
}

} // namespace flame::boot
