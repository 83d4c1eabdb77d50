#include "cli/waited.hpp"

#include "cli/json.hpp"
#include "cli/output.hpp"

#include <fmt/format.h>

namespace flame::cli {

std::string waited_output(const std::vector<Waited>& all, Output output, const Error* error)
{
  if (output == Output::json) {
    Json json;
    json.begin().key("machines").begin_list();
    for (const Waited& one : all) {
      json.begin().key("instance_id").text(one.machine.id);
      json.key("stage").text_or_null(one.stage);
      json.key("status").number(one.status).end();
    }
    json.end_list();
    write_error(json, error);
    return json.end().line();
  }
  std::string text;
  for (const Waited& one : all) {
    text += fmt::format("{}\t{}\n", one.machine.id,
                        one.status  ? fmt::format("{}", *one.status)
                        : one.error ? "failed"
                                    : "ready");
  }
  return text;
}

} // namespace flame::cli
