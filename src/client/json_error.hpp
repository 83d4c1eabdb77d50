#pragma once

#include "aws/ec2_errors.hpp"

#include <string_view>

namespace flame::client {

// An error body of a service that speaks JSON 1.1: {"__type": "…#ParameterNotFound", "message":
// ""}. Falls back to what aws::parse_error() makes of other bodies.
aws::ApiError parse_json_error(std::string_view action, std::string_view body, int http_status);

} // namespace flame::client
