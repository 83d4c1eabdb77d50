#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

// The functions of the option table's `clean` column: what can be said of a value by itself. What
// names may hold and what belongs together is checked where it is used (boot/plan). Pure. Kind
// config; messages never hold the value of a variable of `env`.
namespace flame::config {

bool is_variable_name(std::string_view name); // [A-Za-z_][A-Za-z0-9_]*

Result<std::string> clean_profile(std::string_view name,
                                  std::string_view value); // "Name=x", "Arn=x"
// A reservation's id, the ARN of a group of them, or EC2's preferences.
Result<std::string> clean_reservation(std::string_view name, std::string_view value);
Result<std::string> clean_variable_name(std::string_view name, std::string_view value);
Result<std::string> clean_sha256(std::string_view name, std::string_view value); // lower case
Result<std::string> clean_secret(std::string_view name, std::string_view value); // "NAME=ssm:/x"
Result<std::string> clean_market(std::string_view name, std::string_view value);
Result<std::string> clean_price(std::string_view name, std::string_view value); // "0.0041"
Result<std::string> clean_env(std::string_view name, std::string_view value);

} // namespace flame::config
