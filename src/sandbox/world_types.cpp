#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// The instance types of the sandbox: every family has every size.
namespace flame::sandbox {
namespace {

constexpr std::string_view k_x86_families[] = {"t2",  "t3",  "t3a", "m5", "m6i", "m7a", "m7i", "c5",
                                               "c6i", "c7a", "c7i", "r5", "r6i", "r7i", "g4dn"};
constexpr std::string_view k_arm_families[] = {"t4g", "m6g", "m7g", "c6g",
                                               "c7g", "r6g", "r7g", "g5g"};

struct Size {
  std::string_view name;
  int vcpus;
};
constexpr Size k_sizes[] = {{"nano", 2},     {"micro", 2},     {"small", 2},    {"medium", 2},
                            {"large", 2},    {"xlarge", 4},    {"2xlarge", 8},  {"4xlarge", 16},
                            {"8xlarge", 32}, {"12xlarge", 48}, {"16xlarge", 64}};

// Families that begin with a letter of these share a quota.
struct QuotaGroup {
  std::string_view name;
  std::string_view letters;
};
constexpr QuotaGroup k_groups[] = {{"standard", "acdhimrtz"}, {"g", "g"}};

struct Parts {
  std::string_view family;
  const Size* size = nullptr; // of a type that is known
};

bool holds(std::span<const std::string_view> families, std::string_view wanted)
{
  return std::ranges::find(families, wanted) != families.end();
}

Parts parts_of(std::string_view type)
{
  const std::size_t dot = std::min(type.find('.'), type.size());
  const std::string_view family = type.substr(0, dot);
  const auto* const size =
    std::ranges::find(k_sizes, type.substr(std::min(dot + 1, type.size())), &Size::name);
  const bool known = size != std::end(k_sizes) && dot < type.size()
                     && (holds(k_x86_families, family) || holds(k_arm_families, family));
  return known ? Parts{.family = family, .size = size} : Parts{};
}

} // namespace

std::optional<std::string_view> architecture_of(std::string_view instance_type)
{
  const Parts parts = parts_of(instance_type);
  if (parts.size == nullptr) {
    return std::nullopt;
  }
  return holds(k_arm_families, parts.family) ? "arm64" : "x86_64";
}

int vcpus_of(std::string_view instance_type)
{
  const Parts parts = parts_of(instance_type);
  return parts.size == nullptr ? 0 : parts.size->vcpus;
}

std::string_view quota_group_of(std::string_view instance_type)
{
  const Parts parts = parts_of(instance_type);
  const auto* const group = std::ranges::find_if(k_groups, [&](const QuotaGroup& row) {
    return parts.size != nullptr
           && row.letters.find(parts.family.front()) != std::string_view::npos;
  });
  return group == std::end(k_groups) ? std::string_view() : group->name;
}

bool is_quota_group(std::string_view name)
{
  return std::ranges::find(k_groups, name, &QuotaGroup::name) != std::end(k_groups);
}

// Zone c is an old one: no 7th generation.
bool is_offered(std::string_view instance_type, const Subnet& subnet)
{
  return subnet.zone != 'c' || instance_type.find('7') == std::string_view::npos;
}

std::string types_text()
{
  std::string sizes;
  for (const Size& size : k_sizes) {
    sizes += fmt::format(" {} ({})", size.name, size.vcpus);
  }
  return fmt::format("types     {} (x86_64), {} (arm64) with the sizes (and vCPUs){}\n",
                     fmt::join(k_x86_families, " "), fmt::join(k_arm_families, " "), sizes);
}

} // namespace flame::sandbox
