#include "sandbox/machine/network.hpp"

#include "sandbox/machine/descriptor.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

namespace flame::sandbox::machine {
namespace {

ifreq request_for(const std::string& device)
{
  ifreq request = {};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

bool set_address(int socket, unsigned long what, const std::string& device, in_addr address)
{
  ifreq request = request_for(device);
  sockaddr_in in = {};
  in.sin_family = AF_INET;
  in.sin_addr = address;
  std::memcpy(&request.ifr_addr, &in, sizeof in);
  return ::ioctl(socket, what, &request) == 0;
}

// An alias of `lo` per address: what the oldest interface of the kernel can do, and it needs no
// program on the host.
Result<void> add_address(int socket, const std::string& alias, const std::string& text)
{
  in_addr address = {};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1) {
    return fail(ErrorKind::internal, "'" + text + "' is no IPv4 address for a machine");
  }
  if (!set_address(socket, SIOCSIFADDR, alias, address)
      || !set_address(socket, SIOCSIFNETMASK, alias, {.s_addr = 0xffffffff})) {
    return system_failure("cannot give a machine the address " + text);
  }
  return {};
}

} // namespace

Result<void> enter_own_network(const std::string& private_ip)
{
  if (::unshare(CLONE_NEWNET) != 0) {
    return system_failure("cannot make a network namespace");
  }
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq up = request_for("lo");
  up.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &up) != 0) {
    return system_failure("cannot bring up the loopback interface of a machine");
  }
  return add_address(socket.get(), "lo:0", k_metadata_address).and_then([&] {
    return add_address(socket.get(), "lo:1", private_ip);
  });
}

} // namespace flame::sandbox::machine
