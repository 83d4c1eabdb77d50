#include "cli/parent_output.hpp"

#include "base/text.hpp"
#include "cli/console.hpp"
#include "cli/output.hpp"
#include "flame/node.hpp"

#include <fmt/format.h>

#include <variant>
#include <vector>

namespace flame::cli {
namespace {

struct Row {
  std::string_view key = {};
  std::variant<std::string, bool> value = {}; // "": nil, or not there
};

// "FlameEC2" for "Elixir.FlameEC2", as people write it; a module of Erlang as it is.
std::string module_name(std::string_view atom)
{
  constexpr std::string_view k_elixir = "Elixir.";
  return std::string(atom.starts_with(k_elixir) ? atom.substr(k_elixir.size()) : atom);
}

std::vector<Row> rows_of(const child::Parent& parent)
{
  return {
    {"node", parent.node},
    {"host", std::string(child::host_of_node(parent.node))},
    {"long_name", child::has_long_name(parent.node)},
    {"loopback", child::is_on_loopback(parent.node)},
    {"backend", module_name(parent.backend)},
    {"backend_app", parent.backend_app},
    {"backend_vsn", parent.backend_vsn},
    {"flame_vsn", parent.flame_vsn},
    {"node_base", parent.node_base},
    {"host_env", parent.host_env},
  };
}

std::string as_text(const Row& row)
{
  if (const bool* flag = std::get_if<bool>(&row.value)) {
    return fmt::format("{}: {}\n", row.key, *flag ? "yes" : "no");
  }
  const auto& text = std::get<std::string>(row.value);
  return fmt::format("{}: {}\n", row.key, text.empty() ? "-" : printable(text));
}

std::string as_variable(const Row& row)
{
  const bool* flag = std::get_if<bool>(&row.value);
  return assignment("FLAME_PARENT_" + to_upper(row.key),
                    flag == nullptr ? printable(std::get<std::string>(row.value))
                    : *flag         ? "true"
                                    : "false");
}

} // namespace

std::string parent_output(const child::Parent& parent, const Error* error, Output output)
{
  std::string text;
  Json json;
  json.begin();
  for (const Row& row : rows_of(parent)) {
    text += output == Output::env ? as_variable(row) : as_text(row);
    json.key(row.key);
    if (const bool* flag = std::get_if<bool>(&row.value)) {
      json.boolean(*flag);
    } else {
      json.text_or_null(std::get<std::string>(row.value));
    }
  }
  write_error(json, error);
  return output == Output::json ? json.end().line() : text;
}

std::string example_output(std::string_view value, Output output)
{
  switch (output) {
  case Output::json:
    return Json().begin().key("flame_parent").text(value).end().line();
  case Output::env:
    return assignment("FLAME_PARENT", value);
  case Output::text:
    break;
  }
  return fmt::format("{}\n", value);
}

} // namespace flame::cli
