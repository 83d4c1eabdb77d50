#pragma once

#include <span>
#include <string_view>

namespace flame::boot {

// A file of boot/templates, embedded at build time.
struct Template {
  std::string_view name; // "runner.sh"
  std::string_view text;
};

std::span<const Template> templates();

} // namespace flame::boot
