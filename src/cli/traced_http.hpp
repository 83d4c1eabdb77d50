#pragma once

#include "base/ports.hpp"
#include "io/http.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace flame::cli {

// HTTP whose requests are said: "RunInstances at ec2.eu-west-1.amazonaws.com: 200 after 312 ms,
// request 7a62…". Never a path, a query, a header or a body, any of which may hold a secret.
class TracedHttp : public io::Http {
public:
  using Say = std::function<void(std::string_view)>;

  // Both outlive it.
  TracedHttp(io::Http& http, const Clock& clock, Say say)
    : http_(http), clock_(clock), say_(std::move(say))
  {
  }
  tl::expected<io::HttpResponse, io::HttpFailure> send(const io::HttpRequest& request) override;

private:
  io::Http& http_;
  const Clock& clock_;
  Say say_;
};

// "RunInstances" of AWS's protocols that name the action, else the method.
std::string action_of(const io::HttpRequest& request);
std::string host_of(std::string_view url); // with the port when there is one

} // namespace flame::cli
