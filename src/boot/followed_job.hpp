#pragma once

#include "boot/follow.hpp"

#include <optional>
#include <string>
#include <string_view>

// What is known of one command that is followed, and what follows from it. Nothing is asked here.
namespace flame::boot {

struct FollowedJob {
  RunningJob job = {};
  unsigned part = 0;                    // the next one of the store
  fleet::Gathered parts = {};           // what came by the store, which has no gaps
  TimePoint looked = {};                // at the console beside the store
  std::optional<TimePoint> ending = {}; // since when it is seen to have ended or left
  bool told_notice = false;             // EC2's, to a spot machine, and its hint before
  bool told_hint = false;
  bool is_over = false;

  bool is_mute() const; // its machine has said nothing at all, and lives
};

// Takes the stages that the text has; false: nothing is new. A console forgets its beginning, and a
// status may be older than the console.
bool take_lines(FollowedJob& it, std::string_view text, const std::string& nonce, TimePoint now);

// What EC2 has told a spot machine, once.
void tell_of_spot(FollowedJob& it, Progress& progress);

// Whether it is over: its end is known and its output has come, or has had its time to come.
void judge(FollowedJob& it, bool by_store, TimePoint now);

std::string how_far(const FollowedJob& it); // "is at fetch"

} // namespace flame::boot
