#pragma once

#include "boot/plan.hpp"

#include <string>
#include <vector>

// The part of make_plan() that is about the machine. Internal to plan.cpp. Pure.
namespace flame::boot {

void check_image(Mistakes& mistakes, const config::Settings& settings, const Facts& facts);
// That a launch template whose user data is to be kept has been read.
void check_merging(Mistakes& mistakes, const config::Settings& settings, const Facts& facts);
// The form of ids and types: nobody is asked for what EC2 cannot have.
void check_ids(Mistakes& mistakes, const config::Settings& settings);
void check_placement(Mistakes& mistakes, const config::Settings& settings);
void check_root_volume(Mistakes& mistakes, const config::Settings& settings, const Facts& facts);
void check_tags(Mistakes& mistakes, const config::Settings& settings);

std::vector<std::string> notices_of(const config::Settings& settings, const Facts& facts);
std::vector<std::string> warnings_of(const config::Settings& settings, const Facts& facts);

} // namespace flame::boot
