#pragma once

#include "boot/inspect.hpp"
#include "boot/plan.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

// Looks into bundles, with libarchive. Errors and warnings are those of boot/inspect; kind config
// also for what is no archive.
namespace flame::cli {

boot::InspectFor inspect_for(const boot::Plan& plan, const config::Settings& settings,
                             const std::string& architecture);

Result<std::vector<std::string>> inspect_file(const std::string& path, boot::InspectFor what);
// `name` is for messages.
Result<std::vector<std::string>> inspect_bytes(std::string_view bytes, const std::string& name,
                                               boot::InspectFor what);

} // namespace flame::cli
