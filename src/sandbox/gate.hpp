#pragma once

#include "sandbox/message.hpp"

#include <optional>
#include <string_view>

// Keeps browsers out: a page of some other site may send requests to the loopback interface, by
// its own name (DNS rebinding) or with an Origin.
namespace flame::sandbox {

// Why the request is not for us, or nullopt. `also` is a further host name that is ours.
std::optional<Reply> refuse_stranger(const Request& request, std::string_view also = {});

// "127.0.0.1", "localhost", "[::1]", "bucket.localhost"; with or without a port.
bool is_loopback_host(std::string_view host);
std::string_view without_port(std::string_view host);

} // namespace flame::sandbox
