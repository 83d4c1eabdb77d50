#include "cli/console.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flame::cli {
namespace {

constexpr std::string_view k_red = "\033[1;31m";
constexpr std::string_view k_yellow = "\033[1;33m";
constexpr std::string_view k_bold = "\033[1m";
constexpr std::string_view k_plain = "\033[0m";

std::string variable(const World& world, const std::string& name)
{
  const auto found = world.env.find(name);
  return found == world.env.end() ? "" : found->second;
}

// Source: https://no-color.org and https://bixense.com/clicolors: an empty value is none.
bool use_color(Color wish, const World& world)
{
  if (wish != Color::automatic) {
    return wish == Color::always;
  }
  if (!variable(world, "NO_COLOR").empty()) {
    return false;
  }
  const std::string forced = variable(world, "CLICOLOR_FORCE");
  if (!forced.empty() && forced != "0") {
    return true;
  }
  return world.terminal.errors && variable(world, "TERM") != "dumb"
         && variable(world, "CLICOLOR") != "0";
}

std::string paint(bool color, std::string_view code, std::string_view text)
{
  return color ? fmt::format("{}{}{}", code, text, k_plain) : std::string(text);
}

std::string mistake_text(const std::string& message, const std::string& hint, bool color)
{
  std::string text =
    fmt::format("flame-ec2: {} {}\n", paint(color, k_red, "error:"), printable(message));
  if (!hint.empty()) {
    text += fmt::format("{} {}\n", paint(color, k_bold, "hint:"), printable(hint));
  }
  return text;
}

// At most so many characters.
std::string without_middle(std::string_view text, std::size_t room)
{
  const std::size_t length = character_count(text);
  if (length <= room || room == 0) {
    return std::string(first_characters(text, room));
  }
  const std::size_t head = room / 2;
  const std::size_t tail = room - head - 1;
  return fmt::format("{}…{}", first_characters(text, head),
                     text.substr(first_characters(text, length - tail).size()));
}

} // namespace

std::size_t character_count(std::string_view text)
{
  return static_cast<std::size_t>(std::ranges::count_if(
    text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string_view first_characters(std::string_view text, std::size_t count)
{
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && count-- == 0) {
      break;
    }
  }
  return text.substr(0, at);
}

std::string printable(std::string_view text)
{
  const bool valid = is_valid_utf8(text);
  std::string clean(text);
  std::ranges::transform(clean, clean.begin(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = (byte < 0x20 && c != '\t') || byte == 0x7F;
    return control || (!valid && byte >= 0x80) ? '?' : c;
  });
  for (std::size_t at = 0; valid && (at = clean.find('\xC2', at)) != std::string::npos; ++at) {
    if (static_cast<unsigned char>(clean[at + 1]) < 0xA0) { // a control character of C1
      clean.replace(at, 2, "?");
    }
  }
  return clean;
}

std::string error_text(const Error& error, bool color)
{
  std::string text = mistake_text(error.message, error.hint, color);
  if (!error.request_id.empty()) {
    text += fmt::format("AWS's id of the request: {}\n", printable(error.request_id));
  }
  for (const Mistake& mistake : error.also) {
    text += mistake_text(mistake.message, mistake.hint, color);
  }
  if (!error.instances.empty()) {
    text += fmt::format("flame-ec2: {} {}\n", paint(color, k_red, "may still run:"),
                        join(error.instances, " "));
  }
  return text;
}

std::string live_line(std::string_view sentence, std::string_view times, std::size_t columns)
{
  constexpr std::size_t k_least = 20; // of the sentence, beside the times
  const std::string_view elapsed = times.substr(0, times.find(','));
  for (const std::string_view tail : {times, elapsed, std::string_view()}) {
    const std::size_t room = columns - std::min(columns, tail.empty() ? 0 : tail.size() + 2);
    const std::size_t length = character_count(sentence);
    if (tail.empty() || room >= std::min(length, k_least)) {
      return fmt::format("{}{}{}", without_middle(sentence, room), tail.empty() ? "" : "  ", tail);
    }
  }
  return "";
}

Console::Console(const Invocation& invocation, World& world)
  : world_(world), quiet_(invocation.quiet), verbosity_(invocation.verbosity),
    color_(use_color(invocation.color, world)),
    live_(world.terminal.errors && !invocation.quiet && variable(world, "TERM") != "dumb"),
    started_(world.clock == nullptr ? TimePoint() : world.clock->now())
{
}

void Console::doing(std::string_view sentence)
{
  if (!live_) {
    if (!quiet_ && sentence != doing_) {
      line("", "", sentence);
    }
    doing_ = sentence;
    return;
  }
  doing_ = sentence;
  active_ = true;
  draw();
}

void Console::tick()
{
  if (live_ && active_) {
    draw();
  }
}

void Console::draw()
{
  const auto columns = static_cast<std::size_t>(std::max(world_.terminal.width() - 1, 1));
  std::string text = live_line(printable(doing_), times(), columns);
  if (mid_line_ || text == shown_) {
    return;
  }
  world_.write_err(fmt::format("\r{}\033[K", text));
  shown_ = std::move(text);
}

// "1m5s, 3m55s left"
std::string Console::times() const
{
  if (world_.clock == nullptr) {
    return "";
  }
  const TimePoint now = world_.clock->now();
  using std::chrono::seconds;
  if (now - started_ < seconds(1)) {
    return "";
  }
  const std::string elapsed = format_duration(std::chrono::floor<seconds>(now - started_));
  return until_ && *until_ > now ? fmt::format(
           "{}, {} left", elapsed, format_duration(std::chrono::ceil<seconds>(*until_ - now)))
                                 : elapsed;
}

void Console::passed(std::string_view bytes)
{
  if (live_ && !bytes.empty()) {
    mid_line_ = bytes.back() != '\n';
  }
}

void Console::note(std::string_view sentence)
{
  if (!quiet_) {
    line("", "", sentence);
  }
}

void Console::warn(std::string_view sentence)
{
  if (!quiet_) {
    line("warning:", k_yellow, sentence);
  }
}

void Console::detail(std::string_view sentence)
{
  if (verbosity_ > 0 && !quiet_) {
    line("", "", sentence);
  }
}

void Console::trace(std::string_view sentence)
{
  if (verbosity_ > 1) {
    detail(sentence);
  }
}

void Console::error(const Error& error)
{
  clear();
  world_.write_err((std::exchange(mid_line_, false) ? "\n" : "") + error_text(error, color_));
}

void Console::raw(std::string_view text)
{
  clear();
  world_.write_err(text);
}

void Console::clear()
{
  erase();
  active_ = false;
  until_ = std::nullopt;
}

void Console::erase()
{
  if (!shown_.empty()) {
    world_.write_err("\r\033[K");
    shown_.clear();
  }
}

void Console::line(std::string_view label, std::string_view color, std::string_view sentence)
{
  erase();
  const std::string_view before = std::exchange(mid_line_, false) ? "\n" : "";
  world_.write_err(fmt::format("{}flame-ec2: {}{}{}\n", before,
                               paint(color_ && !label.empty(), color, label),
                               label.empty() ? "" : " ", printable(sentence)));
}

} // namespace flame::cli
