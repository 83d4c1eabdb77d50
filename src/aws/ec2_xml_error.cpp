#include "aws/ec2_xml.hpp"
#include "aws/xml.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

// The three forms of an error document:
//   EC2  <Response><Errors><Error><Code/><Message/></Error></Errors><RequestID/></Response>
//   STS  <ErrorResponse><Error><Type/><Code/><Message/></Error><RequestId/></ErrorResponse>
//   S3   <Error><Code/><Message/><RequestId/><Region/></Error>
namespace flame::aws {
namespace {

pugi::xml_node error_element(pugi::xml_node root)
{
  const std::string_view name = root.name();
  if (name == "Error") {
    return root;
  }
  if (name == "ErrorResponse") {
    return root.child("Error");
  }
  return name == "Response" ? root.first_element_by_path("Errors/Error") : pugi::xml_node();
}

std::string first_text(pugi::xml_node element, std::initializer_list<const char*> paths)
{
  std::string text;
  for (const char* path : paths) {
    text = text.empty() ? text_at(element, path) : text;
  }
  return text;
}

// Status 429 and 5xx say what happened even when the body does not: a load balancer's page. Other
// statuses with a foreign body come from something that is not AWS, and which did nothing.
ApiError foreign(std::string_view action, std::string_view what, int http_status)
{
  if (http_status == 429 || http_status >= 500) {
    return api_error(action, "",
                     fmt::format("HTTP status {}, with an answer that {}", http_status, what),
                     http_status, "");
  }
  ApiError failed = answer_error(action, fmt::format("{} (HTTP status {})", what, http_status));
  failed.http_status = http_status;
  failed.may_have_happened = http_status < 300;
  return failed;
}

bool is_region(std::string_view text)
{
  return !text.empty() && text.size() < 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

} // namespace

ApiError parse_error(std::string_view action, std::string_view body, int http_status)
{
  if (trim(body).empty() && http_status >= 400) {
    return api_error(action, "", "", http_status, "");
  }
  const auto document = load_xml(body);
  if (!document) {
    return foreign(action, document.error(), http_status);
  }
  const pugi::xml_node root = document->document_element();
  const pugi::xml_node error = error_element(root);
  if (!error || text_at(error, "Code").empty()) {
    return foreign(action, fmt::format("is <{:.40}> without an error code", root.name()),
                   http_status);
  }
  ApiError failed =
    api_error(action, text_at(error, "Code"), text_at(error, "Message"), http_status,
              first_text(root, {"RequestID", "RequestId", "Error/RequestId"}));
  if (const std::string region = text_at(error, "Region"); is_region(region)) {
    failed.error.hint = fmt::format("the bucket is in Region {}", region);
  }
  return failed;
}

} // namespace flame::aws
