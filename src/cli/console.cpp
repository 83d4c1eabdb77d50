#include "cli/console.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

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

// Source: https://no-color.org: any value but an empty one.
bool use_color(Color wish, const World& world)
{
  if (wish != Color::automatic) {
    return wish == Color::always;
  }
  return world.terminal.errors && variable(world, "NO_COLOR").empty()
         && variable(world, "TERM") != "dumb";
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

} // namespace

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

Console::Console(const Invocation& invocation, World& world)
  : world_(world), quiet_(invocation.quiet), verbosity_(invocation.verbosity),
    color_(use_color(invocation.color, world)),
    live_(world.terminal.errors && variable(world, "TERM") != "dumb")
{
}

void Console::doing(std::string_view sentence)
{
  if (quiet_ || sentence == doing_) {
    return;
  }
  doing_ = sentence;
  if (!live_) {
    return line("", "", sentence);
  }
  const auto columns = static_cast<std::size_t>(std::max(world_.terminal.width - 1, 20));
  world_.write_err(fmt::format("\r{}\033[K", first_characters(printable(sentence), columns)));
  shown_ = true;
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
  world_.write_err(error_text(error, color_));
}

void Console::raw(std::string_view text)
{
  clear();
  world_.write_err(text);
}

void Console::clear()
{
  if (shown_) {
    world_.write_err("\r\033[K");
    shown_ = false;
  }
}

void Console::line(std::string_view label, std::string_view color, std::string_view sentence)
{
  clear();
  world_.write_err(fmt::format("flame-ec2: {}{}{}\n", paint(color_ && !label.empty(), color, label),
                               label.empty() ? "" : " ", printable(sentence)));
}

} // namespace flame::cli
