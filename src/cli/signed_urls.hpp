#pragma once

#include "boot/reach.hpp"
#include "cli/console.hpp"
#include "cli/world.hpp"

#include <chrono>
#include <functional>
#include <string>

// URLs by which a machine, and whoever else has them, may fetch what is ours. They are secrets.
namespace flame::cli {

class SignedUrls {
public:
  using Hide = std::function<void(const std::string&)>; // is told each; may be empty
  SignedUrls(Cloud& cloud, Console& console, Hide hide = {})
    : cloud_(cloud), console_(console), hide_(std::move(hide))
  {
  }

  // A GET, from `now`, AWS's time, for `wanted`. Warns once when the credentials end sooner; kind
  // credentials when they have.
  Result<std::string> get(const aws::S3Object& object, Seconds now, std::chrono::seconds wanted);
  // What was reached, with a URL of whatever needs one.
  Result<boot::Fetch> fetch(const boot::Reached& reached, Seconds now, std::chrono::seconds wanted);

private:
  Cloud& cloud_;
  Console& console_;
  Hide hide_;
  bool warned_ = false;
};

} // namespace flame::cli
