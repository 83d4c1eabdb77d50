#pragma once

#include "boot/plan.hpp"

#include <string>
#include <string_view>

// Which image, and what follows from it. Pure.
namespace flame::boot {

// Whether the launch template says so itself, or may: nobody has looked into it.
bool template_has_image(const config::Settings& settings, const Facts& facts);
bool template_has_type(const config::Settings& settings, const Facts& facts);

// "ami-…", or "resolve:ssm:…" while nobody has resolved it; "" when the template decides, or when
// there is none.
std::string image_id_of(const config::Settings& settings, const Facts& facts);
// The image whose root device counts: the same, or the template's; "" when that is not known.
std::string root_image_id_of(const config::Settings& settings, const Facts& facts);

std::string_view default_instance_type(const Facts& facts); // "t4g.nano" for an arm64 image

// Whether a setting is about the root volume, so that its device must be known.
bool wants_root_volume(const config::Settings& settings);

// Of the image that the plan boots: "x86_64", "arm64"; "" when neither it nor a type tells.
std::string architecture_of(const Plan& plan, const Facts& facts);
// GiB of the machine's root volume, 0 when that is not known.
int root_volume_size(const config::Settings& settings, const Facts& facts);

} // namespace flame::boot
