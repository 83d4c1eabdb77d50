#include "cli/meant.hpp"

#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace flame::cli {
namespace {

struct Elsewhere {
  std::string_view ours = {};
  std::string_view words = {}; // blank separated
};

// From docker, flyctl, gh, git, kubectl and the AWS command line.
constexpr std::array k_elsewhere = {
  Elsewhere{"boot", "create launch start up"},
  Elsewhere{"run", "exec ssh"},
  Elsewhere{"terminate", "delete destroy down end kill remove rm stop"},
  Elsewhere{"list", "describe get instances machines ps show status"},
  Elsewhere{"logs", "console log tail"},
  Elsewhere{"gc", "clean cleanup prune reap sweep"},
  Elsewhere{"configure", "config init setup"},
  Elsewhere{"doctor", "check diagnose validate verify"},
  Elsewhere{"iam-policy", "iam permissions policy"},
  Elsewhere{"template-user-data", "render script template user-data"},
  Elsewhere{"decode-parent", "decode parent"},
};

std::string_view from_elsewhere(std::string_view word)
{
  const auto row = std::ranges::find_if(k_elsewhere, [&](const Elsewhere& candidate) {
    return std::ranges::count(split(candidate.words, ' '), word) > 0;
  });
  return row == k_elsewhere.end() ? "" : row->ours;
}

bool is_topic(std::string_view word)
{
  return word == k_settings_topic || word == k_statuses_topic;
}

// The command, or with `topics` also the topic, that was meant.
std::string_view meant(std::string_view word, bool topics)
{
  if (const std::string_view known = from_elsewhere(word); !known.empty()) {
    return known;
  }
  std::vector<std::string_view> names;
  if (topics) {
    names = {k_settings_topic, k_statuses_topic};
  }
  for (const Command& command : commands()) {
    names.push_back(command.name);
  }
  return nearest(word, names);
}

} // namespace

std::string meant_command(std::string_view word)
{
  if (is_topic(word)) {
    return fmt::format("did you mean: flame-ec2 help {}", word);
  }
  const bool is_flag = std::ranges::any_of(global_flags(), [&](const OwnFlag& flag) {
    return flag.name == fmt::format("--{}", word); // "version"
  });
  if (is_flag) {
    return fmt::format("did you mean: flame-ec2 --{}", word);
  }
  const std::string_view name = meant(word, false);
  return name.empty() ? "see: flame-ec2 --help" : fmt::format("did you mean: flame-ec2 {}", name);
}

std::string meant_topic(std::string_view word)
{
  const std::string_view name = meant(word, true);
  return name.empty() ? "see: flame-ec2 --help"
                      : fmt::format("did you mean: flame-ec2 help {}", name);
}

} // namespace flame::cli
