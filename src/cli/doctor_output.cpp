#include "cli/doctor.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

std::string text_of(const Diagnosis& diagnosis)
{
  std::size_t width = 0;
  for (const boot::Finding& finding : diagnosis.findings) {
    width = std::max(width, finding.check.size());
  }
  std::string text;
  for (const boot::Finding& finding : diagnosis.findings) {
    text += fmt::format("{:<4}  {:<{}}  {}\n", boot::name(finding.verdict), finding.check, width,
                        printable(finding.message));
    if (!finding.hint.empty()) {
      text += fmt::format("{:{}}hint: {}\n", "", width + 8, printable(finding.hint));
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

std::string diagnosis_output(const Diagnosis& diagnosis, Output output)
{
  return output == Output::json ? json_of(diagnosis) : text_of(diagnosis);
}

} // namespace flame::cli
