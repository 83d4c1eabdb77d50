#pragma once

#include "aws/ec2_api.hpp"
#include "aws/endpoints.hpp"
#include "client/credentials/provider.hpp"
#include "client/exchange.hpp"
#include "client/keys.hpp"
#include "client/pace.hpp"
#include "client/retry.hpp"
#include "io/http.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the clients of all services do alike: sign each try anew, retry what may be retried, tell
// whether a failed call may have had its effect.
namespace flame::client {

struct ClientOptions {
  aws::Endpoint endpoint = {};
  std::optional<Error> no_endpoint = {}; // why there is none: each call says it
  std::string region = {};
  std::string user_agent = {}; // "flame-ec2/0.1.0 run/ci-7"
  int tries = k_most_tries;    // of each call, the first included
};

// All references must outlive the client. `find_credentials` is asked on the first call and again
// by Keys::renew() and when they are about to expire.
struct ClientParts {
  io::Http& http;
  Clock& clock;
  const Cancel& cancel;
  Random& random;
  std::function<Result<aws::Credentials>()> find_credentials;
  std::function<void(std::string_view sentence)> warn = {}; // of the clock; may be empty
  // What STS makes of EC2's encoded explanation of a refusal: JSON. nullopt: it does not say.
  std::function<std::optional<std::string>(const std::string& encoded)> decode = {};
};

struct ServiceCall {
  std::string_view action;      // "RunInstances"
  std::string_view body;        // sent as it is by each try
  std::string_view target = {}; // see QueryCall
  bool once = false;            // the caller sees to another try
  ActionPace* pace = nullptr;   // not owned; nullptr: as fast as it comes
  std::size_t instances = 0;    // that it launches or ends
  // Of S3; see QueryCall. The Region is the bucket's.
  const aws::Request* request = nullptr;
  std::string_view region = {}; // "": the client's
  std::size_t longest_answer = 8UL * 1024 * 1024;
  std::function<void(const aws::Headers&)> heard = {}; // called with those of each answer
};

class Service {
public:
  // `name` as in a signature's scope, "ec2"; a literal.
  Service(std::string_view name, ClientOptions options, ClientParts parts);

  // The answer as `parse` reads it; an answer that it does not understand names where it came from.
  template <typename Parse>
  std::invoke_result_t<Parse, std::string_view> call(const ServiceCall& call, aws::CallLimit limit,
                                                     const Parse& parse)
  {
    std::invoke_result_t<Parse, std::string_view> outcome = tl::unexpected(aws::ApiError{});
    const auto done = send(call, limit, [&](std::string_view body) -> aws::Outcome<void> {
      outcome = parse(body);
      return outcome ? aws::Outcome<void>() : tl::unexpected(outcome.error());
    });
    if (!done) {
      outcome = tl::unexpected(done.error());
    }
    return outcome;
  }

  // Many calls at a time that only look, each by the rules of call(); their answers in their order.
  // A call that has to be tried again waits for all the others. Their `pace` and `once` do not
  // count.
  std::vector<aws::Outcome<std::string>> call_all(std::span<const ServiceCall> calls,
                                                  aws::CallLimit limit);

  Keys& keys() { return keys_; }
  const Keys& keys() const { return keys_; }
  const ClientOptions& options() const { return options_; }

private:
  using Read = std::function<aws::Outcome<void>(std::string_view body)>;

  aws::Outcome<void> send(const ServiceCall& call, aws::CallLimit limit, const Read& read);
  QueryCall query_of(const ServiceCall& call) const;
  Sending sending(const aws::Credentials& credentials, aws::CallLimit limit) const;
  // What came of one try, with what it teaches.
  aws::Outcome<void> take(const ServiceCall& call, const Exchange& exchanged, const Read& read);
  void try_all(std::span<const ServiceCall> calls, std::span<const std::size_t> which,
               aws::CallLimit limit, std::vector<aws::Outcome<std::string>>& outcomes);
  aws::Outcome<void> try_once(const ServiceCall& call, aws::CallLimit limit, const Read& read);
  aws::Outcome<void> keep_pace(const ServiceCall& call, aws::CallLimit limit, CancelState known);
  void learn_pace(const ServiceCall& call, const aws::ApiError& error) const;
  void explain(aws::ApiError& error) const;
  static aws::ApiError without_keys(const Error& error);
  bool was_cancelled(CancelState known) const;
  std::vector<std::size_t> worth_another_try(std::span<const std::size_t> which,
                                             const std::vector<aws::Outcome<std::string>>& outcomes,
                                             int retry);
  bool wait_for_retry(const aws::ApiError& error, int retry, aws::CallLimit limit,
                      CancelState known);

  std::string_view name_;
  ClientOptions options_;
  ClientParts parts_;
  RetryBudget budget_ = {};
  Keys keys_;
};

} // namespace flame::client
