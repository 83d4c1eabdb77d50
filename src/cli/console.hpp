#pragma once

#include "base/error.hpp"
#include "boot/progress.hpp"
#include "cli/command.hpp"
#include "cli/world.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flame::cli {

// What goes to stderr. On a terminal what is being done is one live line, elsewhere each change is
// a line of its own; --quiet leaves only errors.
class Console : public boot::Progress {
public:
  Console(const Invocation& invocation, World& world);
  void doing(std::string_view sentence) override;
  void until(std::optional<TimePoint> deadline) override { until_ = deadline; }
  void note(std::string_view sentence) override;
  void warn(std::string_view sentence);
  void detail(std::string_view sentence); // for -v
  void trace(std::string_view sentence);  // for -vv
  void error(const Error& error);
  void raw(std::string_view text); // also with --quiet: help, questions
  void clear();                    // takes the live line away, for good
  void tick();                     // a second has passed
  // Others have written this to the terminal: the live line keeps off a line that has not ended.
  void passed(std::string_view bytes);

  bool is_live() const { return live_; }
  bool shows_details() const { return verbosity_ > 0; }
  bool shows_requests() const { return verbosity_ > 1; }

private:
  void line(std::string_view label, std::string_view color, std::string_view sentence);
  void draw();
  void erase();
  std::string times() const;

  World& world_;
  bool quiet_;
  int verbosity_;
  bool color_;
  bool live_;
  std::string shown_ = {}; // the live line that stands
  std::string doing_ = {}; // the last one
  bool active_ = false;    // it is still being done
  bool mid_line_ = false;  // what others have written stands before us
  TimePoint started_ = {};
  std::optional<TimePoint> until_ = {};
};

// The live line: what is done, and as much of the times as `columns` has room for. What is too long
// loses its middle, since its end is what is new.
std::string live_line(std::string_view sentence, std::string_view times, std::size_t columns);

// Control characters (C0 and C1) and broken UTF-8, which a terminal or a parser could stumble on,
// as '?'.
std::string printable(std::string_view text);

std::size_t character_count(std::string_view text);                          // of UTF-8
std::string_view first_characters(std::string_view text, std::size_t count); // of UTF-8

// "flame-ec2: error: …\nhint: …\n", a pair of lines for each further mistake.
// Instances that may still live are named, with what ends them.
std::string error_text(const Error& error, bool color);

} // namespace flame::cli
