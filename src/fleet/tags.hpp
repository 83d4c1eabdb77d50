#pragma once

#include <string_view>

// The tags by which machines are ours. "Ours" means: has k_run_id.
namespace flame::fleet {

inline constexpr std::string_view k_tag_run_id = "flame-ec2:run-id";
inline constexpr std::string_view k_tag_app = "flame-ec2:app";
inline constexpr std::string_view k_tag_expires_at = "flame-ec2:expires-at"; // ISO 8601 or "none"
inline constexpr std::string_view k_tag_version = "flame-ec2:version";
inline constexpr std::string_view k_tag_parent_ip = "FLAME_PARENT_IP";   // the reference's name
inline constexpr std::string_view k_tag_parent_app = "FLAME_PARENT_APP"; // the reference's name

} // namespace flame::fleet
