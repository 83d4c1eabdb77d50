#pragma once

#include "base/error.hpp"
#include "base/ports.hpp"
#include "io/http.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

// The instance metadata service, version 2: without a token nothing is asked, unless the user
// allows version 1.
//
// Source: EC2 User Guide, "Use the Instance Metadata Service".
namespace flame::client {

struct ImdsOptions {
  std::string latest_url = "http://169.254.169.254/latest/"; // ends in '/'
  std::string token_url = "http://169.254.169.254/latest/api/token";
  bool disabled = false;
  bool v1 = false; // ask without a token where none is to be had
};

// AWS_EC2_METADATA_DISABLED, _SERVICE_ENDPOINT and _SERVICE_ENDPOINT_MODE. Kind config.
Result<ImdsOptions> imds_options(const std::map<std::string, std::string>& env);

// What our own settings say of it. "": nothing.
struct ImdsPlace {
  std::string url = {};       // "http://169.254.169.254/latest/meta-data/", or less of it
  std::string token_url = {}; // whole
  bool allow_http = false;    // to other computers
  bool v1 = false;
};

// The same with our settings over AWS's variables. The token is where the data are, when only that
// is said. Kind config.
Result<ImdsOptions> imds_options(const std::map<std::string, std::string>& env,
                                 const ImdsPlace& place);

struct ImdsFailure {
  enum class Reason {
    absent,   // turned off, or nobody answers: this is no EC2 machine, or a container on one
    no_token, // it is there and knows no tokens: version 1 alone
    failed,   // it is there and does not do what it should
    cancelled
  };
  Reason reason = Reason::failed;
  Error error = {}; // kind network, or interrupted
};

class Imds {
public:
  // The references must outlive it; `cancel` may be null.
  Imds(ImdsOptions options, io::Http& http, Clock& clock, const Cancel* cancel);

  // The text at a path like "meta-data/instance-id", its parts escaped. nullopt: there is no such
  // item (404). Takes 2 s at most, the token included, which is kept for later calls.
  tl::expected<std::optional<std::string>, ImdsFailure> get(std::string_view path);

private:
  using Text = tl::expected<std::string, ImdsFailure>;
  using Answer = tl::expected<io::HttpResponse, io::HttpFailure>;
  Text token(TimePoint deadline);
  Text token_of(const Answer& answer, TimePoint asked);
  Answer send(io::HttpRequest request, TimePoint deadline);
  tl::expected<io::HttpResponse, ImdsFailure> fetch(std::string_view path, TimePoint deadline);
  ImdsFailure no_token(const io::HttpFailure& http) const;
  ImdsFailure failure_of(const io::HttpFailure& http) const;
  CancelState cancel_state() const;

  ImdsOptions options_;
  io::Http& http_;
  Clock& clock_;
  const Cancel* cancel_;
  std::string token_ = {};
  TimePoint token_ends_ = TimePoint::min();
  bool without_token_ = false; // as was found out: version 1
};

} // namespace flame::client
