#include "cli/logs_output.hpp"

#include "base/text.hpp"
#include "cli/table.hpp"

#include <fmt/format.h>

#include <cmath>

namespace flame::cli {
namespace {

constexpr Column k_stage_columns[] = {{"STAGE", 3, 0}, {"AT", 2, 0}, {"DETAIL", 1, 20}};

} // namespace

std::string stage_detail(const fleet::StageLine& line)
{
  std::vector<std::string> parts;
  if (!line.at.empty()) {
    parts.push_back("at " + line.at);
  }
  if (line.exit_status) {
    parts.push_back(fmt::format("status {}", *line.exit_status));
  }
  if (!line.detail.empty()) {
    parts.push_back(line.detail);
  }
  return join(parts, ", ");
}

std::string stages_output(const std::vector<fleet::StageLine>& lines, std::optional<int> width)
{
  std::vector<std::vector<std::string>> rows;
  rows.reserve(lines.size());
  for (const fleet::StageLine& line : lines) {
    rows.push_back(
      {line.stage, fmt::format("{:.2f}s", line.seconds.value_or(0)), stage_detail(line)});
  }
  return table(k_stage_columns, std::move(rows), width);
}

std::string kept_output(const Kept& kept)
{
  std::string text;
  for (const auto& [title, part] :
       {std::pair("log", &kept.log), std::pair("journal", &kept.journal)}) {
    if (*part && !(*part)->empty()) {
      text +=
        fmt::format("{}== {} of the machine, from the store ==\n{}{}", text.empty() ? "" : "\n",
                    title, **part, (*part)->ends_with('\n') ? "" : "\n");
    }
  }
  return text;
}

std::string logs_output(const Listed& machine, const std::vector<fleet::StageLine>& lines,
                        const std::string& console, bool whole, const Kept& kept)
{
  Json json;
  json.begin().key("machine");
  write_machine(json, machine);
  json.key("stages").begin_list();
  for (const fleet::StageLine& line : lines) {
    json.begin().key("stage").text(line.stage);
    json.key("ms").number(std::llround(line.seconds.value_or(0) * 1000));
    json.key("at").text_or_null(line.at);
    json.key("exit_status").number(line.exit_status);
    json.key("detail").text_or_null(line.detail).end();
  }
  json.end_list().key("console").text(console);
  json.key("log").text_or_null(kept.log.value_or(""));
  json.key("journal").text_or_null(kept.journal.value_or(""));
  return json.key("console_is_whole").boolean(whole).end().line();
}

} // namespace flame::cli
