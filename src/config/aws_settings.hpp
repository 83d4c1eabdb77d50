#pragma once

#include "config/layers.hpp"

// AWS's own settings that have no flag here.
namespace flame::config {

// Fills Settings::aws from the environment, else the profile. What AWS's tools would take for
// something else without a word is a mistake here: a FIPS endpoint that is silently none.
void add_aws_settings(Configured& configured, const ProfileLookup& profile,
                      const std::map<std::string, std::string>& env);

} // namespace flame::config
