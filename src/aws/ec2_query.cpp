#include "aws/ec2_query.hpp"

#include "aws/ec2_names.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

namespace flame::aws {
namespace {

const ActionNames* find_action(std::string_view action)
{
  const auto actions = action_names();
  const auto row = std::ranges::lower_bound(actions, action, {}, &ActionNames::action);
  return row != actions.end() && row->action == action ? &*row : nullptr;
}

std::string_view model_path(const ParameterName& name)
{
  return name.model.empty() ? name.wire : name.model;
}

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

// A place in a list: 1, 2, ... without a leading zero.
bool is_index(std::string_view segment)
{
  return !segment.empty() && segment.size() <= 5 && segment.front() != '0'
         && std::ranges::all_of(segment, is_digit);
}

std::string_view segment_at(std::string_view path, std::size_t place)
{
  for (; place > 0; --place) {
    path.remove_prefix(path.find('.') + 1);
  }
  return path.substr(0, path.find('.'));
}

std::string add_segment(std::string_view path, std::string_view segment)
{
  return path.empty() ? std::string(segment) : fmt::format("{}.{}", path, segment);
}

// "2026-01-15T08:15:30Z" from any offset or from seconds since 1970; nullopt for what is no time.
std::optional<std::string> timestamp_text(std::string text)
{
  if (!text.empty() && text.size() < 12 && std::ranges::all_of(text, is_digit)) {
    std::int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return iso8601(Seconds(std::chrono::seconds(seconds)));
  }
  if (text.size() == 10) {
    text += "T00:00:00Z";
  }
  if (text.size() > 10 && text[10] == ' ') {
    text[10] = 'T';
  }
  const auto time = parse_iso8601(text);
  if (!time) {
    return std::nullopt;
  }
  return text.back() == 'Z' ? text : iso8601(*time); // keeps a fraction of a second
}

// Walks the input beside the table, so that a path which no row has cannot be written.
class Serializer {
public:
  Serializer(const ActionNames& names, Params& out) : names_(names), out_(out) {}

  // `model` and `wire` are the paths so far, with N and with numbers for places in lists; `depth`
  // counts their segments.
  Result<void> add(const ModelValue& value, const std::string& model, const std::string& wire,
                   std::size_t depth)
  {
    if (const auto* text = std::get_if<std::string>(&value.value)) {
      return add_text(*text, model, wire);
    }
    if (const auto* list = std::get_if<ModelList>(&value.value)) {
      return add_list(*list, model, wire, depth);
    }
    return add_map(std::get<ModelMap>(value.value), model, wire, depth);
  }

  Result<void> add_map(const ModelMap& map, const std::string& model, const std::string& wire,
                       std::size_t depth)
  {
    for (const auto& [member, value] : map) {
      const std::string path = add_segment(model, member);
      const ParameterName* row = row_under(path);
      if (row == nullptr || member == "N" || member.find('.') != std::string::npos) {
        return unknown(path);
      }
      auto done = add(value, path, add_segment(wire, segment_at(row->wire, depth)), depth + 1);
      if (!done) {
        return done;
      }
    }
    return {};
  }

private:
  // The first row at or below a path of the model.
  const ParameterName* row_under(std::string_view path) const
  {
    const auto row = std::ranges::find_if(names_.parameters, [&](const ParameterName& name) {
      const std::string_view own = model_path(name);
      return own.starts_with(path) && (own.size() == path.size() || own[path.size()] == '.');
    });
    return row == names_.parameters.end() ? nullptr : &*row;
  }

  Result<void> unknown(std::string_view path) const
  {
    return fail(ErrorKind::internal,
                fmt::format("EC2's {} has no parameter {}", names_.action, path));
  }

  Result<void> add_list(const ModelList& list, const std::string& model, const std::string& wire,
                        std::size_t depth)
  {
    const std::string items = add_segment(model, "N");
    if (row_under(items) == nullptr) {
      return unknown(items);
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      auto done = add(list[i], items, fmt::format("{}.{}", wire, i + 1), depth + 1);
      if (!done) {
        return done;
      }
    }
    return {};
  }

  Result<void> add_text(const std::string& text, const std::string& model, const std::string& wire)
  {
    const ParameterName* row = row_under(model);
    if (row == nullptr || model_path(*row) != model) {
      return unknown(model);
    }
    if (row->type == ParameterType::blob) {
      out_.emplace_back(wire, to_base64(text));
      return {};
    }
    if (row->type != ParameterType::timestamp) {
      out_.emplace_back(wire, text);
      return {};
    }
    auto time = timestamp_text(text);
    if (!time) {
      return fail(ErrorKind::internal, fmt::format("{} is no time: \"{}\"", wire, text));
    }
    out_.emplace_back(wire, *std::move(time));
    return {};
  }

  const ActionNames& names_;
  Params& out_;
};

} // namespace

Result<Params> serialize(std::string_view action, const ModelMap& input)
{
  const ActionNames* names = find_action(action);
  if (names == nullptr) {
    return fail(ErrorKind::internal, fmt::format("EC2's action {} is not known here", action));
  }
  Params params = {{"Action", std::string(action)}, {"Version", std::string(k_ec2_api_version)}};
  const auto done = Serializer(*names, params).add_map(input, "", "", 0);
  if (!done) {
    return tl::unexpected(done.error());
  }
  return params;
}

bool is_known_parameter(std::string_view action, std::string_view wire_name)
{
  const ActionNames* names = find_action(action);
  if (names == nullptr) {
    return false;
  }
  std::string pattern;
  for (const std::string& segment : split(wire_name, '.')) {
    if (segment.empty() || segment == "N") {
      return false; // N stands for a number in the table only
    }
    pattern = add_segment(pattern, is_index(segment) ? "N" : segment);
  }
  return std::ranges::binary_search(names->parameters, pattern, {}, &ParameterName::wire);
}

std::vector<std::string_view> parameter_names(std::string_view action)
{
  std::vector<std::string_view> wire_names;
  if (const ActionNames* names = find_action(action)) {
    std::ranges::transform(names->parameters, std::back_inserter(wire_names), &ParameterName::wire);
  }
  return wire_names;
}

std::string form(const Params& params)
{
  std::string body;
  for (const auto& [name, value] : params) {
    body += fmt::format("{}{}={}", body.empty() ? "" : "&", uri_encode(name), uri_encode(value));
  }
  return body;
}

Params parse_form(std::string_view body)
{
  Params params;
  for (std::string piece : split(body, '&')) {
    if (piece.empty()) {
      continue;
    }
    std::ranges::replace(piece, '+', ' ');
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const std::string_view text = piece;
    params.emplace_back(uri_decode(text.substr(0, equals)),
                        uri_decode(text.substr(std::min(equals + 1, piece.size()))));
  }
  return params;
}

} // namespace flame::aws
