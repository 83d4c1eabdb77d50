#pragma once

#include "aws/endpoints.hpp"
#include "aws/s3.hpp"
#include "config/settings.hpp"

#include <string_view>

// What the settings say of where AWS's services are, in the words of aws/.
namespace flame::cli {

// Errors as those of aws::find_endpoint().
Result<aws::Endpoint> endpoint_of(std::string_view service, std::string_view region,
                                  const config::Settings& settings);

Result<aws::Endpoint> endpoint_of_iam(const config::Settings& settings); // of the partition

aws::S3Place s3_place(const config::Settings& settings);

} // namespace flame::cli
