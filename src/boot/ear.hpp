#pragma once

#include "base/ports.hpp"
#include "boot/follow.hpp"

#include <optional>
#include <string>
#include <vector>

// What is known of one job that is followed, and what follows from that. Used by follow.cpp.
// Nothing is asked here.
namespace flame::boot {

struct Ear {
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

// A console forgets its beginning, and a status may be older than the console. False: nothing new.
bool take_lines(Ear& ear, std::vector<fleet::StageLine> lines, TimePoint now);

// What EC2 has told a spot machine, once.
void tell_of_spot(Ear& ear, Progress& progress);

// Whether it is over by now: it has ended, and all that it printed has come, or is not waited for
// any longer. `by_console`: pieces of output stand before the line with their sums.
void judge(Ear& ear, TimePoint now, bool by_console);

std::string how_far(const Ear& ear); // "is at fetch"

} // namespace flame::boot
