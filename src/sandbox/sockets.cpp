#include "sandbox/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

namespace flame::sandbox {
namespace {

using Ask = int (*)(int socket, sockaddr* address, socklen_t* size);

int port_of(int socket, Ask ask) // -1 when it is no connected IPv4 socket
{
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (ask(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0
      || address.ss_family != AF_INET) {
    return -1;
  }
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::vector<int> open_descriptors()
{
  std::vector<int> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", failed)) {
    const std::string name = entry.path().filename();
    int number = -1;
    std::from_chars(name.data(), name.data() + name.size(), number);
    found.push_back(number);
  }
  return found;
}

std::vector<int> connections(int local_port, int remote_port)
{
  std::vector<int> found = open_descriptors();
  std::erase_if(found, [&](int descriptor) {
    const int peer = port_of(descriptor, ::getpeername);
    return peer <= 0 || (remote_port != 0 && peer != remote_port)
           || port_of(descriptor, ::getsockname) != local_port;
  });
  return found;
}

} // namespace

void shut_connections(int local_port, int remote_port)
{
  for (const int descriptor : connections(local_port, remote_port)) {
    ::shutdown(descriptor, SHUT_RDWR);
  }
}

void reset_connections(int local_port, int remote_port)
{
  // Linux sends a reset when a connected socket is connected to nothing.
  sockaddr nothing = {};
  nothing.sa_family = AF_UNSPEC;
  for (const int descriptor : connections(local_port, remote_port)) {
    // One that has ended by itself needs none.
    [[maybe_unused]] const int ignored = ::connect(descriptor, &nothing, sizeof(nothing));
  }
}

} // namespace flame::sandbox
