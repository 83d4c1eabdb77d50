#pragma once

#include "boot/plan.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The least IAM policies: what a command may do with exactly these settings, and no more. Pure. To
// add a command: a row in policy.cpp.
//
// Sources: Service Authorization Reference, "Actions, resources, and condition keys" of EC2, IAM,
// KMS, S3 and Systems Manager; EC2 User Guide, "Example policies to control access".
namespace flame::boot {

struct PolicyCondition {
  std::string test = {}; // "StringEquals"
  std::string key = {};  // "ec2:CreateAction"
  std::vector<std::string> values = {};
};

struct PolicyStatement {
  std::string id = {};  // "EndMachines": letters and digits, as IAM wants
  std::string why = {}; // a sentence for people
  std::vector<std::string> actions = {};
  std::vector<std::string> resources = {};
  std::vector<PolicyCondition> conditions = {};
};

struct Policy {
  std::vector<PolicyStatement> statements = {};
  std::vector<std::string> notices = {}; // what had to be left open or was guessed; sentences
};

struct PolicyScope {
  std::vector<std::string> commands = {}; // of policy_commands()
  const config::Settings& settings;       // with a region of the partition
  bool everywhere = false;                // not in that region alone
  const Plan* plan = nullptr;             // of a boot; null when no command of `commands` boots
  std::string account = {};               // 12 digits; "": that of an ARN in the settings, else *
  std::string role = {}; // behind the instance profile, name or ARN; "": called as the profile
};

std::span<const std::string_view> policy_commands(); // that need a policy
bool boots(std::string_view command);                // needs a plan

// Of the caller of these commands. The order of the statements is always the same.
Policy caller_policy(const PolicyScope& scope);

// Of the machine's role. Without statements when the machine needs none.
Policy runner_policy(const PolicyScope& scope);

} // namespace flame::boot
