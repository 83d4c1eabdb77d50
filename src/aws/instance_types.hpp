#pragma once

#include <string>
#include <string_view>

// What the name of an instance type says. Pure.
namespace flame::aws {

// Whether GetConsoleOutput can show the console as it is now (Latest=true): on Nitro types alone.
// Types that are not known, or "" where a launch template decides, are taken for such.
// Source: EC2 User Guide, "Instance console output" and "Instances built on the Nitro System".
bool has_live_console(std::string_view instance_type);

// vCPUs by the name of the size: a large has 2, a 4xlarge 16. Of a size that says little, such as
// metal, the bounds.
// Source: EC2 Instance Types guide, "Specifications".
struct Vcpus {
  int least = 0;
  int most = 0;
};
Vcpus vcpus_of(std::string_view instance_type);

// The same family with the size that was meant, when EC2 has none of that name: "t3.nano" for
// "t3.nanoo"; "" when the size is one, or none is near.
std::string nearest_type(std::string_view instance_type);

} // namespace flame::aws
