#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

// The tables as shells need them.
namespace flame::cli {

// What completes a value.
enum class Completes {
  nothing, // it cannot be known
  words,   // one of `values`
  list,    // some of `values`, with commas between them
  files,
  folders,
  asked // `flame-ec2 completion --values KIND` prints them; `values` is the KIND
};

struct Word {
  std::string name = {};   // "--output"
  std::string letter = {}; // "-o"
  std::string help = {};
  std::string metavar = {};
  bool takes_value = false;
  bool may_take_value = false; // but only behind a =
  Completes completes = Completes::nothing;
  std::string values = {}; // blank separated
};

// All flags of a command: its own, those of its settings, those of all commands.
std::vector<Word> words_of(const Command& command);
std::vector<Word> global_words();

std::string command_names();                                               // blank separated
std::string typed_names(const Command& command, std::string_view between); // with its alias
std::string operand_values(const Command& command); // blank separated; "" for none known
std::string names(const std::vector<Word>& words);  // "--a --b"

} // namespace flame::cli
