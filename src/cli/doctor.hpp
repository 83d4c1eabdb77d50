#pragma once

#include "boot/doctor/finding.hpp"
#include "boot/plan.hpp"
#include "cli/console.hpp"
#include "cli/look_up.hpp"
#include "cli/world.hpp"

#include <optional>
#include <string>
#include <vector>

// The looks of doctor: each asks AWS for one thing, and a pure rule of boot/doctor says what it
// means.
namespace flame::cli {

// Who is looked at, with what is known so far.
struct Patient {
  World& world;
  Console& console;
  Cloud& cloud;
  config::Settings settings = {};
  boot::Facts facts = {};
  boot::Plan plan = {};

  aws::CallLimit limit() const; // of one call
};

using Findings = std::vector<boot::Finding>;

Findings look_at_launch(Patient& patient); // user data, and EC2's dry run of each candidate
Findings look_at_clock(Patient& patient);
Findings look_at_template(Patient& patient);
Findings look_at_image(Patient& patient);
Findings look_at_profile(Patient& patient);
Findings look_at_network(Patient& patient); // subnets, ways to S3, groups, the FLAME parent
Findings look_at_bundle(Patient& patient);

// What a provider of credentials said.
boot::Finding finding_of(const client::ProviderAnswer& answer);

struct Diagnosis {
  std::string region = {};
  std::string account = {}; // "" when the caller is not known
  std::string arn = {};
  Findings findings = {};
};

// text: a line each, and the hints below. JSON: one object.
// Text is wrapped to `width` columns; nullopt: a line each.
std::string diagnosis_output(const Diagnosis& diagnosis, Output output, std::optional<int> width);

} // namespace flame::cli
