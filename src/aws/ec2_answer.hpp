#pragma once

#include "aws/ec2_errors.hpp"

#include <pugixml.hpp>

#include <string_view>

// What all readers of AWS's XML answers begin with. Pure.
namespace flame::aws {

// `what` continues "AWS's answer to RunInstances ": "has no machine".
tl::unexpected<ApiError> not_understood(std::string_view action, std::string_view what);

// The document of an answer whose root is `root`, by default "<action>Response". AWS's own error
// document is passed on as such, although it came with the status of a success.
Outcome<pugi::xml_document> load_answer(std::string_view action, std::string_view xml,
                                        std::string_view root);
Outcome<pugi::xml_document> load_answer(std::string_view action, std::string_view xml);

} // namespace flame::aws
