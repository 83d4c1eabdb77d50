#pragma once

#include <string>
#include <string_view>

// The settings for people, from the tables. Pure.
namespace flame::cli {

// Which layer wins and which file is read, as paragraphs with an empty line between them.
std::string_view settings_introduction();

inline constexpr std::string_view k_settings_topic = "settings"; // of flame-ec2 help
inline constexpr std::string_view k_statuses_topic = "statuses"; // the same

// `flame-ec2 help settings`, which is docs/settings.md: Markdown that a terminal shows as well.
std::string settings_reference();

} // namespace flame::cli
