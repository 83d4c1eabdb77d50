#include "fleet/stages.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace flame::fleet {
namespace {

template <typename T> std::optional<T> number(std::string_view text)
{
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// The text up to `separator`, which is taken off `rest` with it.
std::string_view take(std::string_view& rest, char separator)
{
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

bool is_stage_name(std::string_view name)
{
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
}

// `rest` is what stands between the nonce and the point.
std::optional<StageLine> parse_words(std::string_view rest)
{
  StageLine line;
  while (!rest.empty()) {
    if (rest.starts_with("msg=")) {
      line.detail = trim(rest.substr(4));
      break;
    }
    std::string_view word = take(rest, ' ');
    const std::string_view key = take(word, '=');
    if (key == "stage") {
      line.stage = word;
    } else if (key == "at") {
      line.at = word;
    } else if (key == "t") {
      line.seconds = number<double>(word);
    } else if (key == "rc") {
      line.exit_status = number<int>(word);
    } else if (const auto* const name = std::ranges::find(k_stream_names, key);
               name != std::end(k_stream_names)) {
      line.totals.at(static_cast<std::size_t>(name - std::begin(k_stream_names))) =
        number<std::uint64_t>(word);
    }
  }
  const bool timed =
    line.seconds && std::isfinite(*line.seconds); // "nan" is a number to from_chars
  return is_stage_name(line.stage) && timed ? std::optional(line) : std::nullopt;
}

bool is_notice(const StageLine& line)
{
  return line.stage == "interrupted";
}

} // namespace

const StageLine* most_telling(const std::vector<StageLine>& stages)
{
  const auto reason = std::ranges::find_if(
    stages, [](const StageLine& line) { return line.stage == "failed" || is_notice(line); });
  if (reason != stages.end()) {
    return &*reason;
  }
  const auto last = std::find_if(stages.rbegin(), stages.rend(),
                                 [](const StageLine& line) { return line.stage != "rebalance"; });
  return last == stages.rend() ? nullptr : &*last;
}

const StageLine* interruption_in(const std::vector<StageLine>& stages)
{
  const auto notice = std::ranges::find_if(stages, is_notice);
  return notice == stages.end() ? nullptr : &*notice;
}

std::string story_of(const StageLine& line)
{
  if (line.stage == "failed") {
    return fmt::format("failed in stage {}: {}", line.at,
                       line.detail.empty() ? "it gave no reason" : line.detail);
  }
  if (is_notice(line)) {
    return fmt::format("was interrupted: EC2 takes the machine back{}{}",
                       line.at.empty() ? "" : " at ", line.at);
  }
  if (line.stage == "stopped" && line.exit_status) {
    return fmt::format("came to its end: the release stopped with status {}", *line.exit_status);
  }
  return fmt::format("last reached stage {}", line.stage);
}

std::string nonce_in(std::string_view console)
{
  constexpr std::string_view mark = "flame-ec2 ";
  for (auto at = console.find(mark); at != std::string_view::npos;
       at = console.find(mark, at + 1)) {
    const std::size_t start = at + mark.size();
    const std::string_view nonce = console.substr(start, console.find(' ', start) - start);
    const auto lines = parse_stages(console.substr(at, console.find('\n', at) - at), nonce);
    if (!lines.empty() && (lines[0].stage == "boot" || lines[0].at == "boot")) {
      return std::string(nonce);
    }
  }
  return {};
}

std::vector<StageLine> parse_stages(std::string_view console, std::string_view nonce)
{
  std::vector<StageLine> lines;
  if (nonce.empty()) {
    return lines;
  }
  const std::string mark = fmt::format("flame-ec2 {} ", nonce);
  while (!console.empty()) {
    std::string_view text = take(console, '\n');
    while (text.ends_with('\r')) { // a serial line sends CR LF, a terminal on it one more CR
      text.remove_suffix(1);
    }
    const std::size_t start = text.rfind(mark); // before it one may stand that was cut
    if (start == std::string_view::npos || !text.ends_with(" .")) {
      continue;
    }
    text.remove_suffix(2);
    text.remove_prefix(std::min(start + mark.size(), text.size()));
    if (const auto line = parse_words(text)) {
      lines.push_back(*line);
    }
  }
  return lines;
}

} // namespace flame::fleet
