#include "aws/endpoints.hpp"
#include "base/text.hpp"
#include "client/credentials/provider.hpp"
#include "client/this_machine.hpp"
#include "fuzz_check.hpp"
#include "support/fake_clock.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace flame;
using namespace flame::client;

// What http.cpp and chain.cpp have, beside libcurl and all other providers.
void io::Http::send_all(const HttpBatch& /*batch*/) {}
void client::note(const Sources& /*sources*/, std::string /*reason*/, std::string /*hint*/) {}

namespace {

bool is_plain(std::string_view text)
{
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

bool fits_line(std::string_view text)
{
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

// Anyone who answers at the address: one answer after another, each with its status in the first
// line or 200; "000" is none. What it hears can be sent.
class Service : public io::Http {
public:
  explicit Service(std::vector<std::string> answers) : answers_(std::move(answers)) {}

  io::HttpAnswer send(const io::HttpRequest& request) override
  {
    FUZZ_CHECK(request.url.starts_with("http://169.254.169.254/latest/"));
    FUZZ_CHECK(is_plain(request.url) && request.url.find(' ') == std::string::npos);
    FUZZ_CHECK(request.direct);
    for (const auto& [name, value] : request.headers) {
      FUZZ_CHECK(is_plain(value));
    }
    FUZZ_CHECK(at_ < 64); // whatever it says, there is an end
    const std::string text = at_ < answers_.size() ? answers_[at_] : "";
    ++at_;
    int status = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), status);
    const auto digits = static_cast<std::size_t>(end - text.data());
    const bool said = failed == std::errc() && digits == 3 && text.substr(digits, 1) == "\n";
    if (said && status == 0) {
      return tl::unexpected(
        io::HttpFailure{.reason = io::HttpFailure::Reason::timed_out, .request_sent = true});
    }
    return io::HttpResponse{.status = said ? status : 200,
                            .body = said ? text.substr(digits + 1) : text};
  }

private:
  std::vector<std::string> answers_;
  std::size_t at_ = 0;
};

void check_machine(const std::vector<std::string>& answers, bool v1)
{
  Service service(answers);
  test::FakeClock clock;
  const TimePoint start = clock.now();
  Imds imds({.v1 = v1}, service, clock, nullptr);
  const auto machine = this_machine(imds, Asked::all);
  FUZZ_CHECK(clock.now() - start < std::chrono::seconds(20));
  if (!machine) {
    const ErrorKind kind = machine.error().kind;
    FUZZ_CHECK(kind == ErrorKind::config || kind == ErrorKind::network);
    FUZZ_CHECK(fits_line(machine.error().message));
    return;
  }
  const aws::Instance& instance = machine->instance;
  FUZZ_CHECK(aws::check_region(machine->region));
  FUZZ_CHECK(instance.id.starts_with("i-"));
  FUZZ_CHECK(instance.subnet_id.empty() || instance.subnet_id.starts_with("subnet-"));
  for (const std::string& group : instance.security_group_ids) {
    FUZZ_CHECK(group.starts_with("sg-") && is_plain(group));
  }
  for (const std::string* value :
       {&instance.id, &instance.image_id, &instance.instance_type, &instance.private_ip,
        &instance.subnet_id, &instance.key_name, &instance.instance_profile_arn}) {
    FUZZ_CHECK(is_plain(*value));
  }
}

void check_keys(const std::vector<std::string>& answers, bool v1)
{
  Service service(answers);
  test::FakeClock clock;
  const auto keys = from_imds({.imds = {.v1 = v1}, .http = &service, .clock = &clock});
  if (!keys) {
    FUZZ_CHECK(keys.error().kind == ErrorKind::credentials);
    FUZZ_CHECK(fits_line(keys.error().message));
  } else if (*keys) {
    FUZZ_CHECK(!(*keys)->access_key_id.empty() && !(*keys)->secret_access_key.empty());
    FUZZ_CHECK(!(*keys)->session_token.empty() && (*keys)->expiration);
    FUZZ_CHECK(is_plain((*keys)->access_key_id) && is_plain((*keys)->session_token));
  }
}

} // namespace

// All that the metadata service may say, to those who ask what this machine is and for its keys.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  constexpr std::string_view k_between = "\n==\n";
  std::string_view left(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> answers;
  for (std::size_t end = left.find(k_between); end != std::string_view::npos;
       end = left.find(k_between)) {
    answers.emplace_back(left.substr(0, end));
    left.remove_prefix(end + k_between.size());
  }
  answers.emplace_back(left);
  for (const bool v1 : {false, true}) {
    check_machine(answers, v1);
    check_keys(answers, v1);
  }
  return 0;
}
