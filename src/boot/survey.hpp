#pragma once

#include "aws/ec2_api.hpp"
#include "aws/network_api.hpp"
#include "boot/plan.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// What AWS knows of the candidates before it is asked for one, so that no launch is wasted on what
// cannot be had. All of it is optional: what may not be looked at is tried.
namespace flame::boot {

// EC2 takes so many values of a filter in one call.
// Source: API reference, Filter.
inline constexpr std::size_t k_filter_values = 200;

// What is worth a look: only what tells one candidate from another, so that the simple boot, with
// one type and one subnet, asks nothing.
struct SurveyWanted {
  std::vector<std::string> subnets = {};
  std::vector<std::string> types = {}; // where they are offered
  bool image = false;                  // for which architecture it is
};
SurveyWanted survey_wanted(const std::vector<Candidate>& candidates);
// All that can be looked at, for who wants to know it even of the only candidate.
SurveyWanted whole_survey(const std::vector<Candidate>& candidates);

// nullopt and "": not known.
struct Survey {
  std::optional<std::vector<aws::Subnet>> subnets = {};
  std::optional<std::vector<aws::TypeOffering>> offerings = {};
  std::string image_id = {};
  std::string architecture = {};          // of the image
  std::string zone = {};                  // of all candidates without a subnet
  std::vector<std::string> unlooked = {}; // what could not be looked at, as sentences
};

// Whom it asks; all outlive the call.
struct SurveyParts {
  aws::Ec2Api& ec2;
  aws::NetworkApi& network;
  aws::CallLimit limit = {};
};

// Looks at what is wanted, in as few calls as EC2 allows. An Error of kind interrupted alone: a
// look that fails in another way is one of `unlooked`.
Result<Survey> survey(const SurveyWanted& wanted, const config::Settings& settings,
                      const Facts& facts, SurveyParts parts);

// "" where it is not known.
std::string zone_of(const Candidate& candidate, const Survey& survey);

// Why EC2 would refuse it; nullopt: nothing is known against it. Pure.
std::optional<Dropped> known_against(const Candidate& candidate, const Survey& survey);

// The plan without the candidates that something is known against, the others with their zones.
// Pure. An Error when none is left, each named with its reason: kind config when all are mistakes
// of the user, else capacity.
Result<Plan> without_impossible(Plan plan, const Survey& survey);

// The same as sentences for people, a reason once.
std::vector<std::string> reasons_of(const std::vector<Dropped>& dropped);

// An error of the launch of what was left, with the others named beside it.
Error with_dropped(Error error, const std::vector<Dropped>& dropped);

} // namespace flame::boot
