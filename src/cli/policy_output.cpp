#include "cli/policy_output.hpp"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <map>
#include <vector>

namespace flame::cli {
namespace {

class PolicyWriter {
public:
  std::string write(const boot::Policy& policy)
  {
    writer_.SetIndent(' ', 2);
    writer_.StartObject();
    text("Version", "2012-10-17");
    key("Statement");
    writer_.StartArray();
    for (const boot::PolicyStatement& statement : policy.statements) {
      write(statement);
    }
    writer_.EndArray();
    writer_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
  }

private:
  void write(const boot::PolicyStatement& statement)
  {
    writer_.StartObject();
    text("Sid", statement.id);
    text("Effect", "Allow");
    list("Action", statement.actions);
    list("Resource", statement.resources);
    if (!statement.conditions.empty()) {
      write(statement.conditions);
    }
    writer_.EndObject();
  }

  // Conditions of one test share an object, since a second one would take the first's place.
  void write(const std::vector<boot::PolicyCondition>& conditions)
  {
    std::map<std::string, std::vector<const boot::PolicyCondition*>> by_test;
    for (const boot::PolicyCondition& condition : conditions) {
      by_test[condition.test].push_back(&condition);
    }
    key("Condition");
    writer_.StartObject();
    for (const auto& [test, rows] : by_test) {
      key(test);
      writer_.StartObject();
      for (const boot::PolicyCondition* row : rows) {
        list(row->key, row->values);
      }
      writer_.EndObject();
    }
    writer_.EndObject();
  }

  void key(std::string_view name)
  {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  }
  void value(std::string_view text)
  {
    writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void text(std::string_view name, std::string_view content)
  {
    key(name);
    value(content);
  }
  // One value stands alone, as people write policies.
  void list(std::string_view name, const std::vector<std::string>& values)
  {
    key(name);
    if (values.size() == 1) {
      return value(values.front());
    }
    writer_.StartArray();
    for (const std::string& content : values) {
      value(content);
    }
    writer_.EndArray();
  }

  rapidjson::StringBuffer buffer_ = {};
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer_{buffer_};
};

} // namespace

std::string policy_output(const boot::Policy& policy)
{
  return PolicyWriter().write(policy);
}

std::size_t policy_size(std::string_view text)
{
  return static_cast<std::size_t>(
    std::ranges::count_if(text, [](char c) { return c != ' ' && c != '\n'; }));
}

} // namespace flame::cli
