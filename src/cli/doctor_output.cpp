#include "cli/console.hpp"
#include "cli/doctor.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/wrapping.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

std::string text_of(const Diagnosis& diagnosis, std::size_t columns)
{
  constexpr std::size_t k_narrow = 60; // with less, what is said stands below what it is said of
  constexpr std::size_t k_verdict = 6;
  std::size_t longest = 0;
  for (const boot::Finding& finding : diagnosis.findings) {
    longest = std::max(longest, finding.check.size());
  }
  const std::size_t indent = columns < k_narrow ? k_verdict : k_verdict + longest + 2;
  const auto told = [&](const std::string& sentence) {
    return wrapped(printable(sentence), indent, indent, columns) + "\n";
  };
  std::string text;
  for (const boot::Finding& finding : diagnosis.findings) {
    std::string line =
      fmt::format("{:<{}}{}", boot::name(finding.verdict), k_verdict, finding.check);
    line +=
      columns < k_narrow ? "\n" + std::string(indent, ' ') : std::string(indent - line.size(), ' ');
    text += line + told(finding.message);
    if (!finding.hint.empty()) {
      text += std::string(indent, ' ') + told("hint: " + finding.hint);
    }
  }
  return text;
}

std::string json_of(const Diagnosis& diagnosis)
{
  Json json;
  json.begin().key("region").text(diagnosis.region);
  json.key("account").text_or_null(diagnosis.account).key("arn").text_or_null(diagnosis.arn);
  json.key("checks").begin_list();
  for (const boot::Finding& finding : diagnosis.findings) {
    const bool failed = finding.verdict == boot::Verdict::fail;
    json.begin().key("check").text(finding.check).key("verdict").text(boot::name(finding.verdict));
    json.key("message").text(finding.message).key("hint").text_or_null(finding.hint);
    json.key("kind").text_or_null(failed ? info(finding.kind).name : "");
    json.key("permission").text_or_null(finding.permission).end();
  }
  return json.end_list().end().line();
}

} // namespace

std::string diagnosis_output(const Diagnosis& diagnosis, Output output, std::optional<int> width)
{
  const auto columns = width ? static_cast<std::size_t>(std::max(*width, 20)) : std::string::npos;
  return output == Output::json ? json_of(diagnosis) : text_of(diagnosis, columns);
}

} // namespace flame::cli
