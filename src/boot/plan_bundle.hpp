#pragma once

#include "aws/s3.hpp"
#include "boot/bundle.hpp"
#include "boot/user_data.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <vector>

// The part of make_plan() that is about the bundle, the store and how the environment comes to the
// machine. Pure.
namespace flame::boot {

// How long a machine that EC2 has taken may need until its script's first line.
inline constexpr std::chrono::minutes k_until_script(15);
// What a machine writes of itself, at most, by one object.
inline constexpr std::uint64_t k_longest_log = 16UL * 1024 * 1024;

// A variable whose value is kept elsewhere; "ssm" or "secretsmanager".
struct Secret {
  std::string name = {};
  std::string kind = {};
  std::string id = {};
};
std::vector<Secret> secrets_of(const config::Settings& settings);

// nullopt: none is set, or it is no S3 URL.
std::optional<aws::S3Object> store_of(const config::Settings& settings);
bool env_in_store(const config::Settings& settings);
// The bundle is an object of the store in the end.
bool goes_to_store(const Bundle& bundle);
// Each of its files has a URL in the user data: a folder on S3, and nobody has set a store.
bool comes_by_files(const Bundle& bundle, const config::Settings& settings);
// It is small enough, let us hope, to go within the user data: nobody has set a store.
bool is_carried(const Bundle& bundle, const config::Settings& settings);

// Adds what is wrong; nullopt when there is no bundle to go on with.
std::optional<Bundle> check_bundle(Mistakes& mistakes, const config::Settings& settings);
void check_store(Mistakes& mistakes, const config::Settings& settings);

Fetch fetch_of(const Bundle& bundle, const config::Settings& settings);
// Who can read what of it, when that is worth a line.
std::vector<std::string> delivery_warnings(const config::Settings& settings);

// With URLs and fields as long as they can get, to be shown and measured. A bundle that is carried
// is in it already. It has a URL of the environment when that comes from the store: by
// env_in_store, or since user data would be too long otherwise.
Runner with_placeholders(Runner runner, const Bundle& bundle, const config::Settings& settings);

} // namespace flame::boot
