#include "aws/instance_types.hpp"

#include <algorithm>
#include <array>

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

} // namespace

bool has_live_console(std::string_view instance_type)
{
  const std::string_view family = instance_type.substr(0, instance_type.find('.'));
  return instance_type.ends_with(".metal")
         || std::ranges::find(k_xen_families, family) == k_xen_families.end();
}

} // namespace flame::aws
