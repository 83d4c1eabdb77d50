#include "sandbox/machine/descriptor.hpp"

#include <cerrno>
#include <system_error>

namespace flame::sandbox::machine {

tl::unexpected<Error> system_failure(const std::string& what)
{
  const std::string why = std::generic_category().message(errno);
  return fail(ErrorKind::internal, what + " (" + why + ")");
}

} // namespace flame::sandbox::machine
