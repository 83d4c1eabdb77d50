#include "cli/completion/words.hpp"

#include "base/text.hpp"
#include "cli/completion/completion.hpp"
#include "cli/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::cli {
namespace {

struct Completed { // by the metavar alone
  std::string_view metavar;
  Completes completes;
};
constexpr Completed k_places[] = {{"FILE", Completes::files},
                                  {"FOLDER", Completes::folders},
                                  {"PLACE", Completes::files}}; // it may be a URL too

Completes completes_of(const Word& word, std::string_view values, std::string_view asked)
{
  if (!word.takes_value && !word.may_take_value) {
    return Completes::nothing;
  }
  const auto place = std::ranges::find(k_places, word.metavar, &Completed::metavar);
  return !values.empty()               ? Completes::words
         : can_be_asked(asked)         ? Completes::asked
         : place != std::end(k_places) ? place->completes
                                       : Completes::nothing;
}

void complete(Word& word, std::string_view values, std::string_view asked)
{
  word.completes = completes_of(word, values, asked);
  word.values = values.empty() ? asked : values;
}

Word word_of(const OwnFlag& flag)
{
  Word word{.name = std::string(flag.name),
            .letter = std::string(flag.letter),
            .help = std::string(flag.help),
            .metavar = std::string(flag.metavar),
            .takes_value = !is_switch(flag),
            .may_take_value = flag.metavar.starts_with('[')};
  complete(word, flag.values, flag.completes);
  return word;
}

void add(std::vector<Word>& words, std::span<const OwnFlag> flags)
{
  for (const OwnFlag& flag : flags) {
    words.push_back(word_of(flag));
  }
}

void add(std::vector<Word>& words, const config::Option& option)
{
  const std::vector<std::string> names = config::flag_names(option);
  if (names.empty()) {
    return;
  }
  Word word{.name = names.front(),
            .help = std::string(option.help),
            .metavar = std::string(option.metavar),
            .takes_value = !option.metavar.empty()};
  complete(word, option.rules.values, option.rules.completes);
  if (word.completes == Completes::words && config::is_list(option)) {
    word.completes = Completes::list;
  }
  const auto letter = std::ranges::find(names, 2U, &std::string::size);
  word.letter = letter == names.end() ? "" : *letter;
  words.push_back(word);
  const auto denial = std::ranges::find_if(
    names, [&](const std::string& name) { return config::is_denial(option, name); });
  if (denial != names.end()) {
    word.name = *denial;
    word.help = "not: " + word.help;
    words.push_back(word);
  }
}

} // namespace

std::vector<Word> words_of(const Command& command)
{
  std::vector<Word> words;
  add(words, command.flags);
  for (const config::Option* option : options_of(command)) {
    add(words, *option);
  }
  if (!command.groups.empty()) {
    add(words, settings_flags());
  }
  add(words, global_flags());
  // A command's own flags hide settings of the same name.
  std::vector<Word> once;
  std::ranges::copy_if(words, std::back_inserter(once), [&](const Word& word) {
    return std::ranges::count(once, word.name, &Word::name) == 0;
  });
  return once;
}

std::vector<Word> global_words()
{
  std::vector<Word> words;
  add(words, global_flags());
  return words;
}

std::string command_names()
{
  std::vector<std::string> names;
  for (const Command& command : commands()) {
    names.emplace_back(command.name);
  }
  return join(names, " ");
}

std::string typed_names(const Command& command, std::string_view between)
{
  return command.alias.empty() ? std::string(command.name)
                               : fmt::format("{}{}{}", command.name, between, command.alias);
}

std::string operand_values(const Command& command)
{
  return command.name == "help"
           ? fmt::format("{} {} {}", command_names(), k_settings_topic, k_statuses_topic)
           : std::string(command.operand_values);
}

std::string names(const std::vector<Word>& words)
{
  std::vector<std::string> found;
  std::ranges::transform(words, std::back_inserter(found), &Word::name);
  return join(found, " ");
}

} // namespace flame::cli
