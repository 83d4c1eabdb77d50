// check_ec2_query FILE: serializes the inputs of a vector file and compares the parameters with
// the expected ones. The order means nothing to EC2, a repeated name does. A line per failure,
// then "N passed, N failed"; 1 when any failed, 2 when FILE cannot be read or holds no vectors.
//
// check_ec2_query --print FILE: prints what we make of the inputs, as JSON, for a second opinion:
// [{"name": ..., "params": [[name, value], ...]}, ...].
//
// check_ec2_query --names: prints the table of names, as JSON, for the same:
// {"RunInstances": [[name on the wire, path in the model, type], ...], ...}.

#include "aws/ec2_names.hpp"
#include "aws/ec2_query.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace {

using flame::aws::ModelList;
using flame::aws::ModelMap;
using flame::aws::ModelValue;
using flame::aws::Params;
using Json = rapidjson::Value;

constexpr int k_unreadable = 2;
// Numbers stay as they are written: no digit is lost on the way.
constexpr unsigned k_parse =
  rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseValidateEncodingFlag;

std::string text_of(const Json& json)
{
  if (json.IsBool()) {
    return json.GetBool() ? "true" : "false";
  }
  return json.IsString() ? std::string(json.GetString(), json.GetStringLength()) : std::string();
}

ModelValue model_value(const Json& json);

ModelMap model_map(const Json& json)
{
  ModelMap map;
  for (const auto& member : json.GetObject()) {
    if (!member.value.IsNull()) { // not given
      map.emplace_back(text_of(member.name), model_value(member.value));
    }
  }
  return map;
}

ModelValue model_value(const Json& json)
{
  if (json.IsObject()) {
    return {model_map(json)};
  }
  if (json.IsArray()) {
    ModelList list;
    for (const Json& item : json.GetArray()) {
      list.push_back(model_value(item));
    }
    return {list};
  }
  return {text_of(json)};
}

std::string member_text(const Json& vector, const char* name)
{
  const auto member = vector.FindMember(name);
  return member == vector.MemberEnd() ? "" : text_of(member->value);
}

// nullopt when `params` is not a list of pairs of text.
std::optional<Params> expected_params(const Json& json)
{
  if (!json.IsArray()) {
    return std::nullopt;
  }
  Params params;
  for (const Json& pair : json.GetArray()) {
    if (!pair.IsArray() || pair.Size() != 2) {
      return std::nullopt;
    }
    params.emplace_back(text_of(pair[0]), text_of(pair[1]));
  }
  return params;
}

std::string difference(Params expected, Params got)
{
  std::ranges::sort(expected);
  std::ranges::sort(got);
  Params missing;
  Params extra;
  std::ranges::set_difference(expected, got, std::back_inserter(missing));
  std::ranges::set_difference(got, expected, std::back_inserter(extra));
  std::string text;
  for (const auto& [name, value] : missing) {
    text += fmt::format(" missing {}={}", name, value);
  }
  for (const auto& [name, value] : extra) {
    text += fmt::format(" extra {}={}", name, value);
  }
  return text;
}

flame::Result<Params> serialized(const Json& vector)
{
  if (!vector.IsObject()) {
    return flame::fail(flame::ErrorKind::internal, "the vector is no object");
  }
  const auto input = vector.FindMember("input");
  if (input == vector.MemberEnd() || !input->value.IsObject()) {
    return flame::fail(flame::ErrorKind::internal, "the vector has no input");
  }
  return flame::aws::serialize(member_text(vector, "action"), model_map(input->value));
}

// What is wrong with one vector; "" when nothing is.
std::string check(const Json& vector)
{
  const auto params = serialized(vector);
  if (!params) {
    return " " + params.error().message;
  }
  const auto listed = vector.FindMember("params");
  const auto body = vector.FindMember("body");
  if (listed == vector.MemberEnd() && body == vector.MemberEnd()) {
    return " neither params nor body to compare with";
  }
  if (flame::aws::parse_form(flame::aws::form(*params)) != *params) {
    return " the form does not decode to what was encoded";
  }
  std::string wrong;
  if (listed != vector.MemberEnd()) {
    const auto expected = expected_params(listed->value);
    wrong += expected ? difference(*expected, *params) : " params is not a list of pairs";
  }
  if (body != vector.MemberEnd()) {
    wrong += difference(flame::aws::parse_form(text_of(body->value)), *params);
  }
  return wrong;
}

int check_all(const Json& vectors)
{
  int failed = 0;
  for (const Json& vector : vectors.GetArray()) {
    if (const std::string wrong = check(vector); !wrong.empty()) {
      const std::string name = vector.IsObject() ? member_text(vector, "name") : "";
      fmt::print("FAILED {}:{}\n", name.empty() ? "(no name)" : name, wrong);
      ++failed;
    }
  }
  fmt::print("{} passed, {} failed\n", static_cast<int>(vectors.Size()) - failed, failed);
  return failed == 0 ? 0 : 1;
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(Writer& writer, std::string_view text)
{
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write(Writer& writer, std::initializer_list<std::string_view> row)
{
  writer.StartArray();
  for (const std::string_view text : row) {
    write(writer, text);
  }
  writer.EndArray();
}

int print_params(const Json& vectors)
{
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartArray();
  for (const Json& vector : vectors.GetArray()) {
    const auto params = serialized(vector);
    if (!params) {
      fmt::print(stderr, "{}\n", params.error().message);
      return 1;
    }
    writer.StartObject();
    write(writer, "name");
    write(writer, member_text(vector, "name"));
    write(writer, "params");
    writer.StartArray();
    for (const auto& [name, value] : *params) {
      write(writer, {name, value});
    }
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  fmt::print("{}\n", buffer.GetString());
  return 0;
}

std::string_view type_name(flame::aws::ParameterType type)
{
  using enum flame::aws::ParameterType;
  switch (type) {
  case text:
    return "text";
  case boolean:
    return "boolean";
  case integer:
    return "integer";
  case decimal:
    return "decimal";
  case timestamp:
    return "timestamp";
  case blob:
    return "blob";
  }
  return "";
}

int print_names()
{
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  for (const auto& action : flame::aws::action_names()) {
    write(writer, action.action);
    writer.StartArray();
    for (const auto& row : action.parameters) {
      write(writer, {row.wire, row.model.empty() ? row.wire : row.model, type_name(row.type)});
    }
    writer.EndArray();
  }
  writer.EndObject();
  fmt::print("{}\n", buffer.GetString());
  return 0;
}

int unreadable(std::string_view why)
{
  fmt::print(stderr, "check_ec2_query: {}\n", why);
  return k_unreadable;
}

} // namespace

int main(int argc, char** argv)
{
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  if (arguments.size() == 2 && std::string_view(arguments[1]) == "--names") {
    return print_names();
  }
  const bool print = arguments.size() == 3 && std::string_view(arguments[1]) == "--print";
  if (arguments.size() != 2 && !print) {
    return unreadable("usage: check_ec2_query [--print] FILE, or check_ec2_query --names");
  }
  std::ifstream file(arguments.back(), std::ios::binary);
  if (!file) {
    return unreadable(fmt::format("cannot read {}", arguments.back()));
  }
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  rapidjson::Document document;
  document.Parse<k_parse>(text.data(), text.size());
  if (document.HasParseError()) {
    return unreadable(fmt::format("{} is no JSON: {}", arguments.back(),
                                  rapidjson::GetParseError_En(document.GetParseError())));
  }
  const Json& vectors = document.IsObject() && document.HasMember("vectors")
                          ? document["vectors"]
                          : static_cast<const Json&>(document);
  if (!vectors.IsArray() || vectors.Empty()) {
    return unreadable(fmt::format("{} holds no vectors", arguments.back()));
  }
  return print ? print_params(vectors) : check_all(vectors);
}
