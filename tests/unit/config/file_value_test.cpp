#include "config/file_value.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::config;

namespace {

// The only entry of a file.
FileValue read(const Option& option, std::string_view text)
{
  const auto top = parse_toml(text);
  REQUIRE(top);
  REQUIRE(top->items.size() == 1);
  return file_value(option, top->items[0]);
}

std::string mistake(const Option& option, std::string_view text)
{
  const FileValue got = read(option, text);
  REQUIRE(got.wrong.size() == 1);
  return got.wrong[0].mistake.message + " | " + got.wrong[0].mistake.hint;
}

using Entries = std::map<std::string, std::string>;

Option raw_map()
{
  Option option = *find_key("tags");
  option.key = "ec2";
  option.rules.scalars = true;
  return option;
}

Entries entries(std::string_view text)
{
  const Option option = raw_map();
  const FileValue got = read(option, text);
  CHECK(got.wrong.empty());
  Entries found;
  for (const auto& [line, row] : got.rows) {
    CHECK(row.form == Form::exact);
    CHECK(line > 0);
    found[row.name] = row.text;
  }
  return found;
}

} // namespace

TEST_CASE("config: a whole number in a file, in every form of TOML")
{
  Option option = *find_key("region");
  option.field = static_cast<std::optional<int> Settings::*>(nullptr);
  option.rules.least = 1;
  option.rules.most = 9;
  const auto number = [&](std::string_view text) {
    const FileValue got = read(option, text);
    CHECK(got.wrong.empty());
    REQUIRE(got.rows.size() == 1);
    return got.rows[0].row.text;
  };
  CHECK(number("n = 3") == "3");
  CHECK(number("n = -3") == "-3"); // its range is checked when it is merged
  CHECK(number("n = 0x1F") == "31");
  CHECK(number("n = 1_000") == "1000");
  CHECK(number("n = 0b101") == "5");
  CHECK(number("n = '3'") == "3");
  const std::string hint = " | write n = 1, from 1 to 9";
  CHECK(mistake(option, "n = 3.0") == "n is a number, not a whole number" + hint);
  CHECK(mistake(option, "n = inf") == "n is a number, not a whole number" + hint);
  CHECK(mistake(option, "n = true") == "n is true or false, not a whole number" + hint);
  CHECK(mistake(option, "n = [3]") == "n is a list, not a whole number" + hint);
  CHECK(mistake(option, "n = 2020-01-01") == "n is a date or time, not a whole number" + hint);
}

TEST_CASE("config: a raw map takes numbers, tables and lists, and joins their names with dots")
{
  CHECK(entries("ec2 = { 'Placement.PartitionNumber' = 3, EbsOptimized = true, X = 'y' }")
        == Entries{{"Placement.PartitionNumber", "3"}, {"EbsOptimized", "true"}, {"X", "y"}});
  CHECK(entries("ec2.Placement.Tenancy = 'host'\nec2.CpuOptions.CoreCount = 0x10")
        == Entries{{"Placement.Tenancy", "host"}, {"CpuOptions.CoreCount", "16"}});
  CHECK(entries("[[ec2.License]]\nArn = 'a'\n[[ec2.License]]\nArn = 'b'")
        == Entries{{"License.1.Arn", "a"}, {"License.2.Arn", "b"}});
  CHECK(entries("ec2 = { Id = ['x', 7], None = [] }") == Entries{{"Id.1", "x"}, {"Id.2", "7"}});
  CHECK(mistake(raw_map(), "ec2.P.Price = 0.25")
        == "ec2.\"P.Price\" is no whole number | write it as a text: ec2.\"P.Price\" = \"…\"");
  CHECK(mistake(raw_map(), "ec2.Until = 2020-01-01")
        == "ec2.Until is a date or time | write it as a text: ec2.Until = \"…\"");
  CHECK(mistake(raw_map(), "ec2 = 3")
        == "ec2 is a number, not a table | write ec2.KEY = \"value\", or a table [ec2]");
}
