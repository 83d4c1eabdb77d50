#pragma once

#include <string>
#include <string_view>

// What was meant by a word that is no command. Pure.
namespace flame::cli {

// A hint: the nearest command, or the one that does here what the word does in other programs
// ("rm", "ps"), a topic of help ("settings") or a flag ("version"); else where to look.
std::string meant_command(std::string_view word);

// The same for a word behind `flame-ec2 help`.
std::string meant_topic(std::string_view word);

} // namespace flame::cli
