#pragma once

#include "boot/policy.hpp"

// The statements of a policy. Internal to policy.cpp. Pure.
namespace flame::boot {

// Who and where: the parts of ARNs that all statements share.
struct PolicyPlace {
  std::string partition = {}; // "aws-cn"
  std::string suffix = {};    // "amazonaws.com.cn"
  std::string region = {};    // or "*"
  std::string account = {};   // or "*"
};

PolicyPlace place_of(const PolicyScope& scope);
// "arn:aws:ec2:eu-west-1:123456789012:instance/*"
std::string ec2_arn(const PolicyPlace& place, std::string_view type, std::string_view id);
// The text in a Resource or a StringLike, where *, ? and $ mean something.
std::string literal(std::string_view text);
// The service as a principal, under all names that it may have there.
std::vector<std::string> service_names(const PolicyPlace& place, std::string_view service);

bool wants(const PolicyScope& scope, std::initializer_list<std::string_view> commands);

// A launch: RunInstances with all that it touches, its tags, role, image and disks.
void add_launch(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);
void add_image_parameter(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);
void add_role(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);
void add_disk_key(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);
// What it gets from S3, and where it keeps its own.
void add_bundle(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);
void add_store(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);
void add_secrets(Policy& policy, const PolicyScope& scope, const PolicyPlace& place);

} // namespace flame::boot
