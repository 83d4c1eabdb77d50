#pragma once

#include "base/ports.hpp"
#include "sandbox/message.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <vector>

namespace flame::sandbox {

struct Ec2Error {
  int status = 400;
  std::string code = {};
  std::string message = {};
};

template <typename T> using Ec2Result = tl::expected<T, Ec2Error>;

tl::unexpected<Ec2Error> refuse(std::string code, std::string message);
int status_of(const std::string& code);          // the HTTP status that EC2 gives it
std::string message_of(const std::string& code); // a text for codes that faults ask for

enum class State { pending, running, shutting_down, terminated, stopping, stopped };
struct StateInfo {
  int code = 0;
  std::string_view name = {};
};
StateInfo info(State state);

// A machine as asked for: what all machines of one RunInstances share.
struct Launch {
  std::string region = {};
  std::string image_id = {};
  std::string type = {};
  std::string architecture = {};
  std::string subnet_id = {};
  std::string zone = {};       // "us-east-1a"
  bool zonal = false;          // the request named a subnet or zone, so its token counts there only
  bool in_default_vpc = false; // it named no subnet
  std::vector<std::string> group_ids = {};
  std::string key_name = {};
  std::string profile_arn = {};
  std::string user_data = {}; // raw
  std::string client_token = {};
  Params disks = {}; // device to GiB, the root's among them
  Params tags = {};  // of the instance
  Params volume_tags = {};
  Params interface_tags = {};
  bool terminate_on_shutdown = false;
  bool protected_from_termination = false;
  bool spot = false;
  bool public_ip = false;
  std::string http_tokens = "required";
  std::string hop_limit = "2";
  bool metadata_tags = false;
  Params placed = {}; // parameters of placement, reservations and private names
  int min_count = 1;
  int max_count = 1;
  std::string fingerprint = {}; // of the parameters, for the token
};

struct StateAt {
  TimePoint at = {};
  State state = State::pending;
};

struct Instance {
  std::string id = {};
  std::string reservation_id = {};
  int launch_index = 0;
  Launch launch = {}; // with its own region, subnet, …
  std::string private_ip = {};
  std::string public_ip = {};
  std::string spot_request_id = {};
  Seconds launched = {};
  TimePoint born = {};
  State state = State::pending;
  std::vector<StateAt> history = {}; // what it was since when, after pending
  std::string reason = {};           // "User initiated (2026-01-15 08:15:30 GMT)"
  std::string reason_code = {};      // "Client.UserInitiatedShutdown"
  std::string reason_text = {};
  std::string doomed = {};                    // reason code of a fault that ends it while pending
  std::optional<Millis> power_off_after = {}; // by a fault
  std::optional<TimePoint> off_since = {};    // the machine is off; the state follows
  TimePoint ended = {};                       // when terminated or stopped
  std::optional<Seconds> hinted_at = {};      // a spot machine: told that it may be interrupted
  std::optional<Seconds> taken_at = {};       // a spot machine: told that EC2 takes it back then
  std::optional<TimePoint> taken_after = {};  // when EC2 does so
  bool starting = false;                      // the host is about to have it
  bool on_host = false;                       // the host has it and has not said that it is off
};

enum class ResourceKind { volume, network_interface };

struct Resource {
  ResourceKind kind = ResourceKind::volume;
  std::string id = {};
  std::string region = {};
  std::string status = {}; // "in-use" with a machine, else "available"
  std::string zone = {};
  Params tags = {};
  std::string subnet_id = {}; // of an interface, as the rest
  std::string private_ip = {};
  std::vector<std::string> group_ids = {};
};

struct StateChange {
  std::string id = {};
  State before = State::pending;
  State after = State::pending;
};

void set_reason(Instance& instance, std::string code, std::string_view text);
void set_state(Instance& instance, State state, TimePoint now);
Instance as_it_was(Instance instance, TimePoint then); // its state and the reason of that

} // namespace flame::sandbox
