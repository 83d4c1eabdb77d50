#include "client/json_error.hpp"

#include "aws/ec2_xml.hpp"
#include "client/json_fields.hpp"

namespace flame::client {

aws::ApiError parse_json_error(std::string_view action, std::string_view body, int http_status)
{
  const auto fields = json_fields(body);
  const auto type = fields ? fields->find("__type") : decltype(fields->end())();
  if (!fields || type == fields->end()) {
    return aws::parse_error(action, body, http_status);
  }
  const std::string& whole = type->second; // "com.amazonaws.ssm#ParameterNotFound"
  const auto text = [&](const char* name) {
    const auto found = fields->find(name);
    return found == fields->end() ? std::string() : found->second;
  };
  const std::string message = text("message").empty() ? text("Message") : text("message");
  return aws::api_error(action, whole.substr(whole.find('#') + 1), message, http_status, "");
}

} // namespace flame::client
