#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The ways to ask EC2 for the machines: markets, types and subnets. What an answer to one of them
// says of the others: refusals.hpp. Pure.
namespace flame::boot {

struct Facts;

inline constexpr std::string_view k_spot = "spot";

// One way. "": not sent, the template or the default VPC decides.
struct Candidate {
  std::string instance_type = {};
  std::string subnet_id = {};
  std::string market = {}; // "on-demand", "spot"
  std::string zone = {};   // of the subnet, where boot/survey knows it; is not sent
};

std::string describe(const Candidate& candidate); // "spot t3.nano in subnet-1", for messages

// One that EC2 need not be asked for, since it is known what it would answer.
struct Dropped {
  Candidate candidate = {};
  std::string code = {};   // "not-offered", "architecture", "no-address", "no-subnet"
  std::string why = {};    // "us-east-1c does not offer m7i.large"
  bool is_mistake = false; // of the user: waiting helps nothing
};

// Those of the settings, else spot when the launch template says so; empty: EC2's.
std::vector<std::string> markets_of(const config::Settings& settings, const Facts& facts);
// "" unless machines may be asked for by a template that nobody may read, whose spot request can be
// persistent: EC2 then launches what has ended again.
std::string unseen_market_warning(const config::Settings& settings, const Facts& facts);

// All of them, in order of preference; never empty. What `prefer` names moves first.
std::vector<Candidate> candidates_of(const config::Settings& settings, const Facts& facts);

// That they are no more than a boot can try.
void check_candidates(Mistakes& mistakes, const config::Settings& settings);

// That the market can be had: beside a launch template that names one, and with a price.
void check_market(Mistakes& mistakes, const config::Settings& settings, const Facts& facts);

// That so many machines can be asked for, and be enough.
void check_count(Mistakes& mistakes, const config::Settings& settings);

// What on_interruption comes to on the machine, as Runner has it: nullopt when no candidate can be
// a spot machine, or when it is to be ignored. A template that nobody may read can be for spot.
std::optional<std::string> interruption_of(const config::Settings& settings, const Facts& facts);
void check_interruption(Mistakes& mistakes, const config::Settings& settings);
// "" when on_interruption can have an effect, or is not set.
std::string interruption_warning(const config::Settings& settings, const Facts& facts);

} // namespace flame::boot
