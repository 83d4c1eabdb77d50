#include "client/ec2_client.hpp"

#include "aws/ec2_xml.hpp"
#include "client/exchange.hpp"
#include "client/keys.hpp"
#include "client/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::client {
namespace {

using aws::ApiError;
using aws::CallLimit;
using aws::ErrorClass;
using aws::Outcome;

constexpr std::size_t k_most_pages = 1000;

template <typename T> using Parser = Outcome<T> (*)(std::string_view xml);

Result<std::string> form_of(std::string_view action, const aws::Params& params)
{
  for (const auto& [name, value] : params) {
    if (!aws::is_known_parameter(action, name)) {
      return fail(ErrorKind::internal, fmt::format("{} has no parameter \"{}\"", action, name));
    }
  }
  aws::Params all = {{"Action", std::string(action)},
                     {"Version", std::string(aws::k_ec2_api_version)}};
  all.insert(all.end(), params.begin(), params.end());
  return aws::form(all);
}

ApiError without_call(Error error, ErrorClass error_class)
{
  return {.error = std::move(error), .error_class = error_class};
}

ApiError interrupted(std::string_view action, const Cancel& cancel, bool may_have_happened)
{
  ApiError error{
    .error = {.kind = ErrorKind::interrupted, .message = fmt::format("{} was interrupted", action)},
    .error_class = ErrorClass::cancelled,
    .may_have_happened = may_have_happened};
  error.error.signal = cancel.state().signal;
  return error;
}

void add_numbered(aws::Params& params, std::string_view name,
                  const std::vector<std::string>& values)
{
  for (std::size_t i = 0; i < values.size(); ++i) {
    params.emplace_back(fmt::format("{}.{}", name, i + 1), values[i]);
  }
}

aws::Params describe_params(const aws::DescribeQuery& query)
{
  aws::Params params;
  add_numbered(params, "InstanceId", query.ids);
  for (std::size_t i = 0; i < query.filters.size(); ++i) {
    const auto& [name, values] = query.filters[i];
    params.emplace_back(fmt::format("Filter.{}.Name", i + 1), name);
    add_numbered(params, fmt::format("Filter.{}.Value", i + 1), values);
  }
  if (query.ids.empty()) { // EC2 refuses both together
    params.emplace_back("MaxResults", "1000");
  }
  return params;
}

class HttpEc2Client : public Ec2Client {
public:
  HttpEc2Client(Ec2ClientOptions options, Ec2ClientParts parts)
    : options_(std::move(options)), parts_(std::move(parts)),
      keys_(parts_.clock, parts_.find_credentials)
  {
  }

  Outcome<std::vector<aws::Instance>> run_instances(const aws::Params& params,
                                                    CallLimit limit) override
  {
    return call("RunInstances", params, limit, 1, aws::parse_run_instances);
  }

  Outcome<std::vector<aws::Instance>> describe_instances(const aws::DescribeQuery& query,
                                                         CallLimit limit) override
  {
    return all_pages("DescribeInstances", describe_params(query), limit,
                     aws::parse_describe_instances);
  }

  Outcome<std::vector<aws::Resource>> describe_resources(aws::ResourceKind kind,
                                                         const aws::DescribeQuery& query,
                                                         CallLimit limit) override
  {
    const bool volumes = kind == aws::ResourceKind::volume;
    return all_pages(volumes ? "DescribeVolumes" : "DescribeNetworkInterfaces",
                     describe_params({.filters = query.filters}), limit,
                     volumes ? aws::parse_describe_volumes
                             : aws::parse_describe_network_interfaces);
  }

  Outcome<std::vector<std::string>> describe_regions(CallLimit limit) override
  {
    return call("DescribeRegions", {}, limit, k_most_tries, aws::parse_describe_regions);
  }

  Outcome<std::vector<aws::StateChange>> terminate_instances(const std::vector<std::string>& ids,
                                                             CallLimit limit) override
  {
    aws::Params params;
    add_numbered(params, "InstanceId", ids);
    return call("TerminateInstances", params, limit, k_most_tries, aws::parse_terminate_instances);
  }

  Outcome<aws::ConsoleOutput> console_output(const std::string& id, bool latest,
                                             CallLimit limit) override
  {
    aws::Params params = {{"InstanceId", id}};
    if (latest) {
      params.emplace_back("Latest", "true");
    }
    return call("GetConsoleOutput", params, limit, k_most_tries, aws::parse_console_output);
  }

  Result<void> renew(ErrorClass reason) override { return keys_.renew(reason); }
  std::chrono::seconds clock_offset() const override { return keys_.offset(); }
  std::optional<Seconds> server_time() const override { return keys_.server_time(); }
  Result<aws::Credentials> credentials() override { return keys_.credentials(); }

private:
  template <typename T>
  Outcome<T> call(std::string_view action, const aws::Params& params, CallLimit limit, int tries,
                  Parser<T> parse);
  template <typename T>
  Outcome<std::vector<T>> all_pages(std::string_view action, const aws::Params& first,
                                    CallLimit limit, Parser<aws::Page<T>> parse);
  template <typename T>
  Outcome<T> try_once(std::string_view action, const std::string& body, CallLimit limit,
                      Parser<T> parse);
  bool wait_for_retry(const ApiError& error, int retry, CallLimit limit, CancelState known);

  Ec2ClientOptions options_;
  Ec2ClientParts parts_;
  RetryBudget budget_ = {};
  Keys keys_;
};

template <typename T>
Outcome<std::vector<T>> HttpEc2Client::all_pages(std::string_view action, const aws::Params& first,
                                                 CallLimit limit, Parser<aws::Page<T>> parse)
{
  std::vector<T> all;
  std::vector<std::string> tokens;
  for (;;) {
    aws::Params params = first;
    if (!tokens.empty()) {
      params.emplace_back("NextToken", tokens.back());
    }
    auto page = call(action, params, limit, k_most_tries, parse);
    if (!page) {
      return tl::unexpected(std::move(page.error()));
    }
    std::ranges::move(page->items, std::back_inserter(all)); // a page may be empty
    if (page->next_token.empty()) {
      return all;
    }
    if (std::ranges::find(tokens, page->next_token) != tokens.end()
        || tokens.size() >= k_most_pages) {
      return tl::unexpected(aws::answer_error(
        action, fmt::format("has no last page; it came from {}", options_.endpoint.host)));
    }
    tokens.push_back(std::move(page->next_token));
  }
}

// Signs each try anew, with the same body.
template <typename T>
Outcome<T> HttpEc2Client::call(std::string_view action, const aws::Params& params, CallLimit limit,
                               int tries, Parser<T> parse)
{
  const auto body = form_of(action, params);
  if (!body) {
    return tl::unexpected(without_call(body.error(), ErrorClass::unknown));
  }
  const CancelState known = parts_.cancel.state();
  std::optional<ErrorClass> last_retry;
  bool may_have_happened = false; // in an earlier try
  for (int retry = 0;; ++retry) {
    auto outcome = try_once(action, *body, limit, parse);
    if (outcome) {
      budget_.give_back(last_retry);
      return outcome;
    }
    ApiError& error = outcome.error();
    may_have_happened = may_have_happened || error.may_have_happened;
    error.may_have_happened = may_have_happened;
    if (retry + 1 >= tries) {
      return outcome;
    }
    if (keys_.repair(error)) {
      continue;
    }
    if (!is_retryable(error.error_class) || !budget_.take(error.error_class)) {
      return outcome;
    }
    last_retry = error.error_class;
    if (!wait_for_retry(error, retry, limit, known)) {
      return outcome;
    }
    const CancelState state = parts_.cancel.state();
    if (state.signal != known.signal || state.at_once != known.at_once) {
      return tl::unexpected(interrupted(action, parts_.cancel, may_have_happened));
    }
  }
}

template <typename T>
Outcome<T> HttpEc2Client::try_once(std::string_view action, const std::string& body,
                                   CallLimit limit, Parser<T> parse)
{
  const auto keys = keys_.credentials();
  if (!keys) {
    const bool stopped = keys.error().kind == ErrorKind::interrupted;
    return tl::unexpected(
      without_call(keys.error(), stopped ? ErrorClass::cancelled : ErrorClass::credentials));
  }
  const QueryCall query{.action = action,
                        .service = "ec2",
                        .region = options_.region,
                        .user_agent = options_.user_agent,
                        .endpoint = options_.endpoint,
                        .body = body};
  const Exchange exchanged = exchange(query, {.http = parts_.http,
                                              .credentials = *keys,
                                              .time = keys_.time(),
                                              .limit = limit,
                                              .cancel = &parts_.cancel});
  Outcome<T> outcome = tl::unexpected(ApiError{});
  if (!exchanged.body) {
    outcome = tl::unexpected(exchanged.body.error());
  } else if (outcome = parse(*exchanged.body);
             !outcome && outcome.error().error_class == ErrorClass::answer) {
    outcome.error() =
      name_source(std::move(outcome.error()), query, exchanged.status, *exchanged.body);
  }
  if (outcome || !outcome.error().error.aws_code.empty()) { // AWS's own word, not a proxy's
    keys_.learn(exchanged);
  }
  if (!outcome) {
    keys_.refine(outcome.error());
  }
  return outcome;
}

// False when the deadline comes before the next try.
bool HttpEc2Client::wait_for_retry(const ApiError& error, int retry, CallLimit limit,
                                   CancelState known)
{
  const Millis pause =
    retry_pause(error.error_class, retry, parts_.random.fraction(), error.error.retry_after);
  if (limit.deadline - parts_.clock.now() <= pause) {
    return false;
  }
  parts_.clock.sleep(pause, parts_.cancel, known);
  return true;
}

} // namespace

std::unique_ptr<Ec2Client> make_ec2_client(Ec2ClientOptions options, Ec2ClientParts parts)
{
  return std::make_unique<HttpEc2Client>(std::move(options), std::move(parts));
}

} // namespace flame::client
