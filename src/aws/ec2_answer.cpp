#include "aws/ec2_answer.hpp"

#include "aws/ec2_xml.hpp"
#include "aws/xml.hpp"

#include <fmt/format.h>

namespace flame::aws {

tl::unexpected<ApiError> not_understood(std::string_view action, std::string_view what)
{
  return tl::unexpected(answer_error(action, what));
}

Outcome<pugi::xml_document> load_answer(std::string_view action, std::string_view xml,
                                        std::string_view root)
{
  auto document = load_xml(xml);
  if (!document) {
    return not_understood(action, document.error());
  }
  const std::string_view found = document->document_element().name();
  if (found == root) {
    return *std::move(document);
  }
  if (found == "Response" || found == "ErrorResponse" || found == "Error") {
    return tl::unexpected(parse_error(action, xml, 200));
  }
  return not_understood(action, fmt::format("is <{:.40}> and not <{}>", found, root));
}

Outcome<pugi::xml_document> load_answer(std::string_view action, std::string_view xml)
{
  return load_answer(action, xml, fmt::format("{}Response", action));
}

} // namespace flame::aws
