#pragma once

#include "boot/listener.hpp"
#include "boot/plan.hpp"
#include "boot/plan_bundle.hpp"
#include "boot/reach.hpp"
#include "cli/console.hpp"
#include "cli/inspect.hpp"
#include "cli/signed_urls.hpp"
#include "cli/world.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace flame::cli {

// How what a machine needs comes to it: the bundle, uploaded or packed where that has to be, its
// environment, and the right to write its status. All members of the parts outlive it.
class Delivery {
public:
  struct Parts {
    const boot::Plan& plan;
    const config::Settings& settings;
    Cloud& cloud;
    World& world;
    Console& console;
    MachineFacts machine = {};
    std::function<void(const std::string&)> hide = {}; // what must not be shown from now on
  };
  explicit Delivery(Parts parts);

  // Before the first launch. An error means that a machine could not have got what it needs.
  Result<void> prepare();
  // The user data, with addresses that are signed now. Secret. `first`: of a job that is one of
  // many, the index of the launch's first machine.
  Result<std::string> render(std::size_t first);
  // Takes the environment out of the store, when nobody will read it any more. Says nothing:
  // `gc` does the same later.
  void forget_environment();

  // What machines say of their stages.
  boot::Said listen(const std::vector<std::string>& instance_ids, aws::CallLimit limit);

  // Of the boot in the store, once prepared; without a store it has no bucket.
  aws::S3Object folder() const;

private:
  Result<void> read_secrets();
  Result<void> open_store();
  Result<void> sign_store(boot::Runner& runner, Seconds now);
  std::string hidden(std::string secret) const;
  aws::CallLimit limit(Millis longest) const;
  Seconds aws_time() const;

  Parts parts_;
  boot::Runner runner_;
  boot::Reached reached_ = {};
  std::string boot_prefix_ = {};
  aws::S3Object environment_ = {};
  SignedUrls urls_;
  std::optional<boot::Listener> listener_ = {}; // once it is prepared
};

} // namespace flame::cli
