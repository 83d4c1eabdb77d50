#include "sandbox/faults.hpp"

#include "base/text.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace flame::sandbox {
namespace {

enum class Takes { nothing, time, size };

struct Word {
  std::string_view name;
  FaultKind kind;
  Takes takes;
  std::string_view help;
};

// clang-format off
// To add a fault: a row here, an enumerator, and what it does in spoil.cpp (to an answer) or front.cpp.
constexpr Word k_words[] = {
  {"delay",       FaultKind::delay,       Takes::time,    "answer TIME later; goes with any other"},
  {"late",        FaultKind::late,        Takes::time,    "do it TIME later, and answer then"},
  {"lost-before", FaultKind::lost_before, Takes::nothing, "cut the connection, do nothing"},
  {"lost-after",  FaultKind::lost_after,  Takes::nothing, "do it, then cut the connection without an answer"},
  {"reset-before", FaultKind::reset_before, Takes::nothing, "reset the connection, do nothing"},
  {"reset-after", FaultKind::reset_after, Takes::nothing, "do it, then reset the connection"},
  {"hang",        FaultKind::hang,        Takes::nothing, "do nothing, answer nothing, keep the connection"},
  {"html",        FaultKind::html,        Takes::nothing, "do nothing, answer 200 and somebody's web page"},
  {"bad-gateway", FaultKind::bad_gateway, Takes::nothing, "do nothing, answer 502 and a proxy's web page"},
  {"garbage",     FaultKind::garbage,     Takes::nothing, "do nothing, answer 200 and bytes that are no XML"},
  {"redirect",    FaultKind::redirect,    Takes::nothing, "do nothing, answer 307 to another place"},
  {"truncated",   FaultKind::truncated,   Takes::nothing, "do it, cut the connection in the answer's middle"},
  {"cut-xml",     FaultKind::cut_xml,     Takes::nothing, "do it, end the XML in its middle"},
  {"dribble",     FaultKind::dribble,     Takes::nothing, "do it, answer two bytes a second"},
  {"huge",        FaultKind::huge,        Takes::size,    "do it, answer with SIZE (200MB) of padding"},
  {"date-ahead",  FaultKind::date_ahead,  Takes::time,    "do it, with a Date that is TIME ahead"},
  {"date-behind", FaultKind::date_behind, Takes::time,    "do it, with a Date that is TIME behind"},
  {"no-date",     FaultKind::no_date,     Takes::nothing, "do it, without a Date"},
  {"power-off",   FaultKind::power_off,   Takes::time,    "machine only: it switches itself off after TIME"},
};
// clang-format on

tl::unexpected<Error> bad(std::string_view spec, std::string_view why, std::string hint = {})
{
  return fail(ErrorKind::usage, fmt::format("fault \"{}\" {}", spec, why), std::move(hint));
}

std::optional<int> count(std::string_view text)
{
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole && value > 0 ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> size(std::string_view text)
{
  constexpr std::pair<std::string_view, std::uint64_t> units[] = {
    {"KB", 1000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}};
  for (const auto& [unit, bytes] : units) {
    if (const auto number = count(text.substr(0, text.size() - std::min(text.size(), unit.size())));
        text.ends_with(unit) && number) {
      return static_cast<std::uint64_t>(*number) * bytes;
    }
  }
  return std::nullopt;
}

bool set_value(Fault& fault, Takes takes, std::string_view value)
{
  if (takes == Takes::size) {
    const auto bytes = size(value);
    fault.size = bytes.value_or(0);
    return bytes.has_value();
  }
  const Result<Millis> time = parse_duration(value);
  fault.duration = time.value_or(Millis(0));
  return time.has_value();
}

bool set_conditions(Fault& fault, std::string_view text)
{
  for (const std::string& piece : split(text, ',')) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string::npos || equals == 0) {
      return false;
    }
    fault.conditions[piece.substr(0, equals)] = piece.substr(equals + 1);
  }
  return true;
}

// "WHAT", "WHAT=VALUE"; the count is gone already.
bool set_what(Fault& fault, std::string_view what, std::string_view value)
{
  const auto word = std::ranges::find(k_words, what, &Word::name);
  if (word != std::end(k_words)) {
    fault.kind = word->kind;
    return word->takes == Takes::nothing ? value.empty() : set_value(fault, word->takes, value);
  }
  const std::optional<int> status = count(what);
  if (status && *status >= 200 && *status <= 599) {
    fault.kind = FaultKind::status;
    fault.status = *status;
    return value.empty();
  }
  fault.kind = FaultKind::error;
  fault.code = what;
  const bool letters = std::ranges::all_of(
    what, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.'; });
  return letters && !what.empty() && what[0] >= 'A' && what[0] <= 'Z' && value.empty();
}

bool takes_value(std::string_view what)
{
  const auto word = std::ranges::find(k_words, what, &Word::name);
  return word != std::end(k_words) && word->takes != Takes::nothing;
}

bool meets(const Fault& fault, std::string_view action, const Params& params)
{
  // "*" is about requests: a machine is none.
  if (fault.action != action && (fault.action != "*" || action == "machine")) {
    return false;
  }
  return std::ranges::all_of(fault.conditions, [&](const auto& condition) {
    const auto found = params.find(condition.first);
    return found != params.end() && matches_wildcard(condition.second, found->second);
  });
}

} // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text)
{
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern[0] == '*') {
    const std::size_t next = std::min(pattern.find_first_not_of('*'), pattern.size());
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (matches_wildcard(pattern.substr(next), text.substr(at))) {
        return true;
      }
    }
    return false;
  }
  if (text.empty()) {
    return false;
  }
  const bool meant = pattern[0] == '\\' && pattern.size() > 1;
  const char wanted = meant ? pattern[1] : pattern[0];
  const bool same = (wanted == '?' && !meant) || wanted == text[0];
  return same && matches_wildcard(pattern.substr(meant ? 2 : 1), text.substr(1));
}

Result<Fault> parse_fault(std::string_view spec)
{
  constexpr std::string_view form = "write ACTION:WHAT, for example RunInstances:lost-after=1";
  Fault fault{.spec = std::string(spec)};
  const std::size_t bracket = spec.find('[');
  const std::size_t closed = spec.find("]:");
  const bool conditions = bracket != std::string_view::npos && bracket < spec.find(':');
  const std::size_t colon = conditions ? closed + 1 : spec.find(':');
  if ((conditions && closed == std::string_view::npos) || colon >= spec.size()) {
    return bad(spec, "has no \":\" after its action", std::string(form));
  }
  fault.action = spec.substr(0, conditions ? bracket : colon);
  if (fault.action.empty()
      || (conditions && !set_conditions(fault, spec.substr(bracket + 1, closed - bracket - 1)))) {
    return bad(spec, "has no action, or a condition that is not NAME=VALUE", std::string(form));
  }
  std::string_view rest = spec.substr(colon + 1);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    std::string_view number = rest.substr(at + 1);
    const bool onwards = number.ends_with('+');
    number.remove_suffix(onwards ? 1 : 0);
    const std::optional<int> call = count(number);
    if (!call) {
      return bad(spec, "needs a number from 1 after \"@\"");
    }
    (onwards ? fault.from : fault.only) = *call;
    rest = rest.substr(0, at);
  }
  std::vector<std::string> pieces = split(rest, '=');
  const std::size_t own = takes_value(pieces[0]) ? 2 : 1; // pieces before the count
  if (pieces.size() == own + 1 && count(pieces.back()) && fault.only == 0 && fault.from == 0) {
    fault.first = *count(pieces.back());
    pieces.pop_back();
  }
  if (pieces.size() != own || !set_what(fault, pieces[0], own == 2 ? pieces[1] : "")) {
    return bad(spec, fmt::format("does not say what happens with \"{}\"", rest),
               "see \"Faults\" in flame-ec2-sandbox --help");
  }
  return fault;
}

std::string fault_help()
{
  std::string text =
    "Faults: ACTION[NAME=VALUE,...]:WHAT, and at the end =N (the first N times), @N (the Nth\n"
    "call only) or @N+ (from the Nth on). ACTION is one of EC2, STS, SSM or S3 (GetObject,\n"
    "HeadObject), \"imds\", \"machine\" or \"*\"; conditions look at the request's parameters and\n"
    "\"Region\". WHAT is an error code (InsufficientInstanceCapacity; with \"machine\" the reason "
    "of\n"
    "a machine that ends while pending), an HTTP status (503), or:\n";
  for (const Word& word : k_words) {
    const std::string_view value = word.takes == Takes::time   ? "=TIME"
                                   : word.takes == Takes::size ? "=SIZE"
                                                               : "";
    text += fmt::format("  {:<14} {}\n", fmt::format("{}{}", word.name, value), word.help);
  }
  return text;
}

void FaultBook::add(Fault fault)
{
  const std::lock_guard lock(mutex_);
  entries_.push_back({.fault = std::move(fault)});
}

void FaultBook::clear()
{
  const std::lock_guard lock(mutex_);
  entries_.clear();
}

Trouble FaultBook::strike(std::string_view action, const Params& params)
{
  const std::lock_guard lock(mutex_);
  Trouble trouble;
  for (Entry& entry : entries_) {
    const Fault& fault = entry.fault;
    if (!meets(fault, action, params)) {
      continue;
    }
    ++entry.seen;
    const bool due = (fault.only == 0 || fault.only == entry.seen) && entry.seen >= fault.from
                     && (fault.first == 0 || entry.used < fault.first);
    const bool delay = fault.kind == FaultKind::delay;
    if (!due || (!delay && trouble.fault)) {
      continue;
    }
    ++entry.used;
    trouble.specs += (trouble.specs.empty() ? "" : " ") + fault.spec;
    if (delay) {
      trouble.delay += fault.duration;
    } else {
      trouble.fault = fault;
    }
  }
  return trouble;
}

} // namespace flame::sandbox
