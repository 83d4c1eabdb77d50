#include "base/version.hpp"

namespace flame {

std::string_view version()
{
  return FLAME_EC2_VERSION;
}

} // namespace flame
