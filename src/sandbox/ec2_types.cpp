#include "sandbox/ec2_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace flame::sandbox {
namespace {

struct Row {
  std::string_view code;
  int status;
  std::string_view message;
};

// clang-format off
// Codes whose HTTP status is not 400, and texts for codes that only faults give.
constexpr Row k_rows[] = {
  {"AuthFailure",                    401, "AWS was not able to validate the provided access credentials"},
  {"SignatureDoesNotMatch",          403, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
  {"UnauthorizedOperation",          403, "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform this action because no identity-based policy allows it."},
  {"AccessDenied",                   403, "Access Denied"},
  {"InvalidClientTokenId",           403, "The security token included in the request is invalid."},
  {"MissingAuthenticationToken",     403, "Request is missing Authentication Token"},
  {"ExpiredToken",                   400, "The provided token has expired."},
  {"RequestExpired",                 400, "Request has expired."},
  {"OptInRequired",                  401, "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe."},
  {"PendingVerification",            400, "Your account is currently being verified."},
  {"DryRunOperation",                412, "Request would have succeeded, but DryRun flag is set."},
  {"InternalError",                  500, "An internal error has occurred"},
  {"InternalFailure",                500, "The request processing has failed because of an unknown error"},
  {"Unavailable",                    503, "The server is overloaded and can't handle the request."},
  {"ServiceUnavailable",             503, "The request has failed due to a temporary failure of the server."},
  {"RequestLimitExceeded",           503, "Request limit exceeded. Account 123456789012 has been throttled because it exceeded its request rate limit."},
  {"Throttling",                     400, "Rate exceeded"},
  {"SlowDown",                       503, "Please reduce your request rate."},
  {"InsufficientInstanceCapacity",   500, "We currently do not have sufficient capacity in the Availability Zone you requested. Our system will be working on provisioning additional capacity."},
  {"InsufficientHostCapacity",       500, "There is not enough capacity to fulfill your Dedicated Host request."},
  {"InsufficientCapacity",           500, "Insufficient capacity."},
  {"InsufficientVolumeCapacity",     500, "There is not enough capacity to fulfill your EBS volume provision request."},
  {"InsufficientReservedInstanceCapacity", 400, "There is insufficient capacity for the requested Reserved Instances."},
  {"InsufficientFreeAddressesInSubnet", 400, "The specified subnet does not have enough free addresses to satisfy the request."},
  {"UnfulfillableCapacity",          400, "Unable to fulfill capacity due to your request configuration."},
  {"ReservationCapacityExceeded",    400, "The requested reservation does not have sufficient compatible and available capacity for this request."},
  {"SpotMaxPriceTooLow",             400, "Your Spot request price is lower than the minimum required Spot request fulfillment price."},
  {"MaxSpotInstanceCountExceeded",   400, "Max spot instance count exceeded"},
  {"VcpuLimitExceeded",              400, "You have requested more vCPU capacity than your current vCPU limit allows for the instance bucket that the specified instance type belongs to."},
  {"InstanceLimitExceeded",          400, "You have requested more instances than your current instance limit allows for the specified instance type."},
  {"AuthFailure.ServiceLinkedRoleCreationNotPermitted", 403, "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances."},
  {"Unsupported",                    400, "Your requested instance type is not supported in your requested Availability Zone."},
  {"IdempotentParameterMismatch",    400, "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical"},
  {"IdempotentInstanceTerminated",   400, "The request uses the same client token as a previous request, whose instances have been terminated."},
};
// clang-format on

constexpr std::array<StateInfo, 6> k_states = {{{0, "pending"},
                                                {16, "running"},
                                                {32, "shutting-down"},
                                                {48, "terminated"},
                                                {64, "stopping"},
                                                {80, "stopped"}}};

} // namespace

tl::unexpected<Ec2Error> refuse(std::string code, std::string message)
{
  const int status = status_of(code);
  return tl::unexpected(
    Ec2Error{.status = status, .code = std::move(code), .message = std::move(message)});
}

int status_of(const std::string& code)
{
  const auto row = std::ranges::find(k_rows, code, &Row::code);
  return row == std::end(k_rows) ? 400 : row->status;
}

std::string message_of(const std::string& code)
{
  const auto row = std::ranges::find(k_rows, code, &Row::code);
  return row == std::end(k_rows) ? "The sandbox was asked to answer with " + code
                                 : std::string(row->message);
}

StateInfo info(State state)
{
  return k_states.at(static_cast<std::size_t>(state));
}

void set_reason(Instance& instance, std::string code, std::string_view text)
{
  instance.reason_text = fmt::format("{}: {}", code, text);
  instance.reason_code = std::move(code);
}

void set_state(Instance& instance, State state, TimePoint now)
{
  if (state != instance.state) {
    instance.history.push_back({now, state});
    instance.state = state;
  }
}

Instance as_it_was(Instance instance, TimePoint then)
{
  instance.state = State::pending;
  for (const StateAt& entry : instance.history) {
    instance.state = entry.at <= then ? entry.state : instance.state;
  }
  if (instance.state == State::pending || instance.state == State::running) {
    instance.reason.clear();
    instance.reason_code.clear();
    instance.reason_text.clear();
  }
  return instance;
}

} // namespace flame::sandbox
