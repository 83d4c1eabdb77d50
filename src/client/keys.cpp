#include "client/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flame::client {
namespace {

using aws::ApiError;
using aws::ErrorClass;
using std::chrono::minutes;
using std::chrono::seconds;

// AWS accepts 5 minutes at least; SDKs call a clock wrong from here on.
constexpr seconds k_skew(240);
constexpr minutes k_expires_soon(5);
constexpr minutes k_refresh_pause(1); // between two tries to get fresher credentials
constexpr minutes k_stable_pause(5);  // when the old ones may go on
// Codes that a wrong clock may cause, although they mean other things too.
constexpr std::array k_skew_codes = {"AuthFailure",           "InvalidSignatureException",
                                     "RequestExpired",        "RequestInTheFuture",
                                     "AccessDeniedException", "RequestTimeTooSkewed",
                                     "SignatureDoesNotMatch"};

std::string sentence_of(seconds off)
{
  return fmt::format("the clock of this computer is {} {} AWS's",
                     format_duration(std::chrono::abs(off)),
                     off > seconds(0) ? "behind" : "ahead of");
}

} // namespace

Keys::Keys(const Clock& clock, std::function<Result<aws::Credentials>()> find_credentials,
           std::function<void(std::string_view)> warn)
  : clock_(clock), find_credentials_(std::move(find_credentials)), warn_(std::move(warn))
{
}

bool Keys::repair(const ApiError& error)
{
  if (error.error_class == ErrorClass::clock && clock_is_wrong()) {
    correct_clock();
    return true;
  }
  if (error.error_class == ErrorClass::credentials && credentials_) {
    const std::string refused = credentials_->access_key_id + credentials_->session_token;
    return renew(ErrorClass::credentials)
           && refused != credentials_->access_key_id + credentials_->session_token;
  }
  return false;
}

void Keys::learn(const Exchange& exchanged)
{
  if (exchanged.server_time) {
    seen_offset_ = *exchanged.server_time - clock_.wall();
  }
}

std::optional<Seconds> Keys::server_time() const
{
  return seen_offset_ ? std::optional(clock_.wall() + *seen_offset_) : std::nullopt;
}

bool Keys::clock_is_wrong() const
{
  return seen_offset_ && std::chrono::abs(*seen_offset_ - used_offset_) >= k_skew;
}

void Keys::correct_clock()
{
  if (warn_ && clock_is_wrong()) {
    warn_(fmt::format("{}; requests are signed with AWS's time",
                      sentence_of(*seen_offset_ - used_offset_)));
  }
  used_offset_ = *seen_offset_;
}

void Keys::refine(ApiError& error) const
{
  const bool may_be_clock =
    std::ranges::find(k_skew_codes, error.error.aws_code) != k_skew_codes.end();
  if (may_be_clock && clock_is_wrong()) {
    error.error_class = ErrorClass::clock;
    error.error.kind = aws::info(ErrorClass::clock).kind;
    error.error.hint = fmt::format("{}; set it", sentence_of(*seen_offset_ - used_offset_));
  } else if (error.error_class == ErrorClass::clock && seen_offset_ && credentials_
             && !credentials_->session_token.empty()) {
    error.error_class = ErrorClass::credentials; // the clock is right, so the token is too old
    error.error.kind = aws::info(ErrorClass::credentials).kind;
    error.error.hint = aws::info(ErrorClass::credentials).hint;
  }
  if (error.error_class == ErrorClass::credentials && credentials_
      && !credentials_->provider.empty()) {
    error.error.hint =
      fmt::format("the keys are of {}; {}", credentials_->provider, error.error.hint);
  }
}

Result<aws::Credentials> Keys::credentials()
{
  const TimePoint now = clock_.now();
  const bool soon = credentials_ && credentials_->expiration
                    && *credentials_->expiration - time() < k_expires_soon
                    && now >= refresh_not_before_;
  if (credentials_ && !soon) {
    return *credentials_;
  }
  refresh_not_before_ = now + k_refresh_pause;
  auto found = find_credentials_();
  if (found) {
    credentials_ = *std::move(found);
    return *credentials_;
  }
  if (!credentials_) {
    return found;
  }
  if (credentials_->survives_expiry) {
    refresh_not_before_ = now + k_stable_pause;
  } else if (*credentials_->expiration <= time()) {
    return found; // what still lives is better than nothing
  }
  return *credentials_;
}

Result<void> Keys::renew(ErrorClass reason)
{
  if (reason == ErrorClass::clock) {
    if (!seen_offset_) {
      return fail(ErrorKind::credentials,
                  "AWS calls this computer's clock wrong, and does not say the time",
                  "set the clock");
    }
    correct_clock();
  }
  if (reason == ErrorClass::credentials) {
    auto found = find_credentials_();
    if (!found) {
      return tl::unexpected(std::move(found.error()));
    }
    credentials_ = *std::move(found);
  }
  return {};
}

} // namespace flame::client
