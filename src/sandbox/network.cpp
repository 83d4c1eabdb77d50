#include "sandbox/network.hpp"

#include <algorithm>
#include <iterator>

namespace flame::sandbox {
namespace {

// clang-format off
constexpr Way k_ways[] = {
  {"nat",      "rtb-0123456789abcdef0", "nat-0123456789abcdef0", false, false, true},
  {"internet", "rtb-0aaaaaaaaaaaaaaa1", "igw-0123456789abcdef0"},
  {"endpoint", "rtb-0aaaaaaaaaaaaaaa2", "", false, true},
  {"nowhere",  "rtb-0aaaaaaaaaaaaaaa3", ""},
  {"gone",     "rtb-0aaaaaaaaaaaaaaa4", "nat-0aaaaaaaaaaaaaaa4", true},
};

constexpr std::string_view k_default = "sg-0123456789abcdef0";
constexpr std::string_view k_runners = "sg-0fedcba9876543210";
constexpr std::string_view k_parents = "sg-0aaaaaaaaaaaaaaa2";
constexpr std::string_view k_anywhere = "0.0.0.0/0";

constexpr Rule k_rules[] = {
  {k_default,              false, "-1",  0,    0,    "",         k_default},
  {k_default,              true,  "-1",  0,    0,    k_anywhere, ""},
  {k_runners,              true,  "-1",  0,    0,    k_anywhere, ""},
  {k_parents,              false, "tcp", 4369, 4369, "",         k_runners},
  {k_parents,              false, "tcp", 9100, 9155, "",         k_runners},
  {k_parents,              true,  "-1",  0,    0,    k_anywhere, ""},
  {"sg-0aaaaaaaaaaaaaaa3", true,  "tcp", 443,  443,  k_anywhere, ""},
};

constexpr FixedInterface k_interfaces[] = {
  {"eni-0fedcba9876543210", k_parent_ip,  k_default},
  {"eni-0aaaaaaaaaaaaaaa1", "10.0.1.11",  k_parents},
};
// clang-format on

} // namespace

std::span<const Way> ways()
{
  return k_ways;
}

std::span<const Rule> rules()
{
  return k_rules;
}

std::span<const FixedInterface> fixed_interfaces()
{
  return k_interfaces;
}

const Way& way_of(const Subnet& subnet)
{
  return *std::ranges::find(k_ways, subnet.way, &Way::name);
}

} // namespace flame::sandbox
