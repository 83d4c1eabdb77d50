#include "base/text.hpp"
#include "config/file.hpp"
#include "config/file_text.hpp"
#include "config/scalar.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace flame;
using namespace flame::config;

namespace {

constexpr Group k_all[] = {Group::where, Group::release, Group::machine, Group::limits};

Caller caller_with(std::map<std::string, std::string> env = {})
{
  return {std::move(env), [](const std::string& path) -> Result<std::string> {
            return path == "cookie" ? "monster\n" : "FROM_FILE=1\n";
          }};
}

Configured read_back(const std::string& text, const std::string& pool = {})
{
  const FileLayers layers = file_layers(text, {.name = "f", .pool = pool}, k_all);
  CHECK(layers.mistakes.empty());
  return merge({layers.file, layers.pool}, k_all, caller_with());
}

const std::string k_odd = "a \"b\" 'c' \\d\t# = [x] {y} \r\n\x01\x7F ü 𝄞 $HOME ''' \"\"\"";

// The oddest text that the option takes.
std::string odd_text(const Option& option)
{
  if (kind(option) == Kind::time) {
    return option.key == "boot_timeout" ? "1m30s250ms" : "25h";
  }
  if (is_number(option)) {
    return std::to_string(option.rules.most);
  }
  for (const std::string& text :
       {k_odd, "arn:aws:iam::1:instance-profile/" + k_odd, std::string("http://[::1]:1/%22?a=b#c"),
        std::string("NAME_1"), std::string(64, 'a'), std::string("NAME_1=ssm:/a \"b\" 'c' # ="),
        std::string("0.0041"), split(option.rules.values, ' ').back()}) {
    if (cleaned(option, {}, text)) {
      return text;
    }
  }
  return {};
}

std::vector<Row> odd_rows(const Option& option)
{
  const auto row = [&](std::string text, std::string name = {}) {
    return Row{&option, std::move(text), "test", Form::exact, std::move(name)};
  };
  if (kind(option) == Kind::toggle) {
    return {row(is_choice(option) ? "false" : "true")};
  }
  if (is_map(option) && cleaned(option, k_odd, k_odd)) {
    return {row(k_odd, k_odd), row("", "a.b"), row("1", "plain")};
  }
  if (is_map(option)) {
    return {row(k_odd, "A"), row("", "EMPTY"), row("-", "_1")};
  }
  const std::string text = odd_text(option);
  REQUIRE(!text.empty());
  return is_list(option) && text == k_odd ? std::vector<Row>{row(text), row("b,c")}
                                          : std::vector<Row>{row(text)};
}

} // namespace

TEST_CASE("config: what is written is read back unchanged, each setting with odd values")
{
  std::vector<Row> all;
  for (const Option& option : options()) {
    CAPTURE(option.key);
    if (!option.rules.file_of.empty()) {
      continue;
    }
    const std::vector<Row> rows = odd_rows(option);
    all.insert(all.end(), rows.begin(), rows.end());
    const ToWrite one =
      prepare_to_write({{Rank::flag, rows}}, k_all, caller_with({{"NAME_1", "x"}}));
    CHECK(one.configured.mistakes.empty());
    const auto text = file_text(one, "");
    REQUIRE(text);
    const FileLayers layers = file_layers(*text, {.name = "f"}, k_all);
    CHECK(layers.mistakes.empty());
    Caller caller = caller_with();
    caller.copies = false;
    CHECK((merge({layers.file}, k_all, caller).settings == one.configured.settings));
    CHECK((one.configured.settings != Settings{}));
  }
  const ToWrite whole = prepare_to_write({{Rank::flag, all}}, k_all, caller_with());
  const FileLayers layers = file_layers(*file_text(whole, "odd \"pool\".x"),
                                        {.name = "f", .pool = "odd \"pool\".x"}, k_all);
  CHECK(layers.mistakes.empty());
  Caller caller = caller_with();
  caller.copies = false;
  CHECK((merge({layers.pool}, k_all, caller).settings == whole.configured.settings));
}

TEST_CASE("config: files are named, not copied, and a variable to copy stays one")
{
  const std::vector<Flag> flags = {
    {"--env-file", "vars"}, {"--env-file", "more"}, {"--release-cookie-file", "cookie"},
    {"--env", "TOKEN"},     {"-e", "A=1"},          {"--env-from", "HOME"}};
  const ToWrite got =
    prepare_to_write({flags_layer(flags)}, k_all, caller_with({{"TOKEN", "hunter2"}}));
  const std::string text = *file_text(got, "");
  CHECK(text.find("env_file = [\"vars\", \"more\"]\n") != std::string::npos);
  CHECK(text.find("release_cookie_file = \"cookie\"\n") != std::string::npos);
  CHECK(text.find("env_from = [\"TOKEN\", \"HOME\"]\n") != std::string::npos);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("monster") == std::string::npos);
  CHECK(keys_of(got)
        == std::vector<std::string>{"env", "env_file", "env_from", "release_cookie_file"});
  const Configured back = read_back(text);
  CHECK(back.settings.release_cookie == "monster");
  CHECK(back.settings.env == std::map<std::string, std::string>{{"A", "1"}, {"FROM_FILE", "1"}});
}

TEST_CASE("config: mistakes of flags are found before anything is written")
{
  const std::vector<Flag> flags = {{"--boot-timeout", "5"}, {"--tag", "x"}, {"--env", "1A"}};
  CHECK(prepare_to_write({flags_layer(flags)}, k_all, caller_with()).configured.mistakes.size()
        == 3);
}

TEST_CASE("config: bytes that are no UTF-8 cannot be in a file")
{
  const std::vector<Flag> flags = {{"--env", "A=\xFF"}};
  const auto text = file_text(prepare_to_write({flags_layer(flags)}, k_all, caller_with()), "");
  REQUIRE(!text);
  CHECK(text.error().message == "env holds bytes that are no UTF-8, and a file cannot");
}

TEST_CASE("config: the template sets nothing, and would set everything")
{
  const FileLayers nothing = file_layers(file_template(), {.name = "f"}, k_all);
  CHECK(nothing.mistakes.empty());
  CHECK(nothing.file.rows.empty());
  for (const Option& option : options()) {
    const bool there = file_template().find(fmt::format("\n#{}", option.key)) != std::string::npos;
    CHECK(there == option.rules.no_effect.empty());
  }
}
