#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

// What values must look like: the functions of the option table's `clean` column. Pure. Kind
// config; messages name what is wrong and never hold the value of a variable of `env`.
namespace flame::config {

bool is_variable_name(std::string_view name); // [A-Za-z_][A-Za-z0-9_]*

Result<std::string> clean_app(std::string_view name, std::string_view value);
Result<std::string> clean_run_id(std::string_view name, std::string_view value);
Result<std::string> clean_region(std::string_view name, std::string_view value);
Result<std::string> clean_profile(std::string_view name,
                                  std::string_view value); // "Name=x", "Arn=x"
Result<std::string> clean_variable_name(std::string_view name, std::string_view value);
Result<std::string> clean_env(std::string_view name, std::string_view value);
Result<std::string> clean_tag(std::string_view name, std::string_view value);

} // namespace flame::config
