#include "aws/instance_types.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace flame::aws {
namespace {

// The families of the Xen hypervisor; none comes after these.
constexpr std::array k_xen_families = {
  std::string_view("c1"),  std::string_view("c3"),  std::string_view("c4"),
  std::string_view("cc1"), std::string_view("cc2"), std::string_view("cg1"),
  std::string_view("cr1"), std::string_view("d2"),  std::string_view("f1"),
  std::string_view("g2"),  std::string_view("g3"),  std::string_view("g3s"),
  std::string_view("h1"),  std::string_view("hi1"), std::string_view("hs1"),
  std::string_view("i2"),  std::string_view("i3"),  std::string_view("m1"),
  std::string_view("m2"),  std::string_view("m3"),  std::string_view("m4"),
  std::string_view("p2"),  std::string_view("p3"),  std::string_view("r3"),
  std::string_view("r4"),  std::string_view("t1"),  std::string_view("t2"),
  std::string_view("x1"),  std::string_view("x1e")};

constexpr std::string_view k_sizes[] = {
  "nano",       "micro",      "small",      "medium",     "large",      "xlarge",
  "2xlarge",    "3xlarge",    "4xlarge",    "6xlarge",    "8xlarge",    "9xlarge",
  "10xlarge",   "12xlarge",   "16xlarge",   "18xlarge",   "24xlarge",   "32xlarge",
  "48xlarge",   "56xlarge",   "96xlarge",   "112xlarge",  "224xlarge",  "metal",
  "metal-16xl", "metal-24xl", "metal-32xl", "metal-48xl", "metal-96xl",
};

constexpr Vcpus k_any = {1, 4096};
constexpr Vcpus k_metal = {16, 896}; // from a1 to u7i

std::string_view family_of(std::string_view instance_type)
{
  return instance_type.substr(0, instance_type.find('.'));
}

std::string_view size_of(std::string_view instance_type)
{
  const std::size_t dot = instance_type.find('.');
  return dot == std::string_view::npos ? "" : instance_type.substr(dot + 1);
}

// Those below large: burstable types have two from their third generation on, of others the medium
// alone is left.
int vcpus_of_small(std::string_view family, std::string_view size)
{
  const bool burstable = family.starts_with("t") && !family.starts_with("trn");
  const bool is_old = family == "t1" || family == "t2";
  return burstable && (!is_old || size == "medium") ? 2 : 1;
}

// "16xl" and "16xlarge" have 16 of what an xlarge has.
std::optional<int> multiple_in(std::string_view size)
{
  int number = 1;
  const auto read = std::from_chars(size.data(), size.data() + size.size(), number);
  size.remove_prefix(static_cast<std::size_t>(read.ptr - size.data()));
  const bool is_known = (size == "xlarge" || size == "xl") && number > 0 && number < 1000
                        && read.ec != std::errc::result_out_of_range;
  return is_known ? std::optional(number) : std::nullopt;
}

} // namespace

Vcpus vcpus_of(std::string_view instance_type)
{
  constexpr std::string_view k_metal_of = "metal-";
  std::string_view size = size_of(instance_type);
  if (size == "metal") {
    return k_metal;
  }
  const bool is_small = size == "nano" || size == "micro" || size == "small" || size == "medium";
  if (is_small || size == "large") {
    const int vcpus = is_small ? vcpus_of_small(family_of(instance_type), size) : 2;
    return {vcpus, vcpus};
  }
  size.remove_prefix(size.starts_with(k_metal_of) ? k_metal_of.size() : 0);
  const auto times = multiple_in(size);
  return times ? Vcpus{4 * *times, 4 * *times} : k_any;
}

std::string nearest_type(std::string_view instance_type)
{
  const std::string_view size = size_of(instance_type);
  if (multiple_in(size) || std::ranges::count(k_sizes, size) > 0) {
    return "";
  }
  const std::string_view meant = nearest(size, k_sizes);
  return meant.empty() ? "" : fmt::format("{}.{}", family_of(instance_type), meant);
}

bool has_live_console(std::string_view instance_type)
{
  const std::string_view family = family_of(instance_type);
  return instance_type.ends_with(".metal")
         || std::ranges::find(k_xen_families, family) == k_xen_families.end();
}

} // namespace flame::aws
