#include "boot/plan_bundle.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

using config::Settings;

constexpr std::string_view k_role = "instance-role";
constexpr std::size_t k_policy_length = 3600; // base64 of one that holds a session token
// Source: Amazon S3 API Reference, POST Object, the form field `key`.
constexpr std::string_view k_file_name = "${filename}";
constexpr std::size_t k_token_length = 2048;

// Only what the user runs instead can do without.
void check_nothing(Mistakes& mistakes, const Settings& settings)
{
  if (settings.command.empty()) {
    mistakes.add("bundle is not set", "give --bundle s3://BUCKET/KEY.tar.gz, a file or a folder");
  }
  for (const auto& [key, value] : {std::pair("bundle_sha256", &settings.bundle_sha256),
                                   std::pair("bundle_access", &settings.bundle_access)}) {
    if (!value->empty() && !settings.command.empty()) {
      mistakes.add(fmt::format("{} is set, and bundle is not", key),
                   fmt::format("give --bundle, or leave {} out", key));
    }
  }
}

void check_web(Mistakes& mistakes, const Settings& settings)
{
  if (settings.bundle_sha256.empty()) {
    mistakes.add("bundle is an https:// URL, and bundle_sha256 is not set",
                 "give the digest that the bundle must have: --bundle-sha256 DIGEST");
  }
}

void check_role(Mistakes& mistakes, const Bundle& bundle, const Settings& settings)
{
  if (bundle.kind == BundleKind::web || is_carried(bundle, settings)) {
    mistakes.add("bundle_access is instance-role, and the bundle is not on S3",
                 "leave bundle_access out");
  }
  if (comes_by_files(bundle, settings)) {
    mistakes.add("bundle_access is instance-role, and the bundle is a folder without a store",
                 "give a place to pack it into: --store s3://BUCKET/PREFIX/");
  }
  if (settings.iam_instance_profile.empty() && settings.launch_template_id.empty()) {
    mistakes.add("bundle_access is instance-role, and the machine has no role",
                 "give --iam-instance-profile NAME, whose role may read the bundle");
  }
}

std::vector<std::string> names_given(const Settings& settings)
{
  std::vector<std::string> names;
  for (const auto& [name, value] : settings.env) {
    names.push_back(name);
  }
  return names;
}

void check_secrets(Mistakes& mistakes, const Settings& settings)
{
  const std::vector<Secret> secrets = secrets_of(settings);
  if (!secrets.empty() && !env_in_store(settings)) {
    mistakes.add("secret is set, and the environment is not delivered through a store",
                 "set store, and leave env_delivery out");
  }
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const std::string& name = secrets[i].name;
    const bool twice = std::ranges::count(secrets, name, &Secret::name) > 1
                       && std::ranges::find(secrets, name, &Secret::name) - secrets.begin()
                            == static_cast<std::ptrdiff_t>(i);
    if (twice || settings.env.contains(name)) {
      mistakes.add(fmt::format("variable {} is set {}", name,
                               twice ? "by two secrets" : "by secret and by env"),
                   "keep one of the two");
    }
  }
}

std::string filled(std::string_view start, std::size_t length)
{
  std::string text(start);
  text.resize(std::max(length, start.size()), 'x');
  return text;
}

Fetch placeholder_of_role(Fetch fetch, const aws::S3Object& object, const std::string& region)
{
  fetch.bucket = filled("bucket", 63);
  fetch.key = object.key.empty() ? filled("bundles/", 80) : object.key;
  fetch.region = region;
  fetch.url = fmt::format("https://{}.s3.{}.amazonaws.com/{}?versionId={}", fetch.bucket, region,
                          uri_encode(fetch.key, "/"), uri_encode(object.version_id));
  return fetch;
}

StoreChannel placeholder_channel(const aws::S3Object& store, const std::string& run_id)
{
  return {.url = "https://bucket.s3.region.amazonaws.com/",
          .fields = {{"x-amz-server-side-encryption", "AES256"},
                     {"x-amz-algorithm", "AWS4-HMAC-SHA256"},
                     {"x-amz-credential", filled("placeholder", 64)},
                     {"x-amz-date", "20260115T081530Z"},
                     {"x-amz-security-token", filled("placeholder", k_token_length)},
                     {"policy", filled("placeholder", k_policy_length)},
                     {"x-amz-signature", filled("placeholder", 64)}},
          .prefix = fmt::format("{}runs/{}/{}/", store.key, run_id, filled("placeholder", 25))};
}

} // namespace

std::vector<Secret> secrets_of(const Settings& settings)
{
  std::vector<Secret> secrets;
  for (const std::string& text : settings.secrets) { // as clean_secret() lets it through
    const std::size_t equals = text.find('=');
    const std::size_t colon = text.find(':', equals);
    secrets.push_back({.name = text.substr(0, equals),
                       .kind = text.substr(equals + 1, colon - equals - 1),
                       .id = text.substr(colon + 1)});
  }
  return secrets;
}

std::optional<aws::S3Object> store_of(const Settings& settings)
{
  const auto store = aws::parse_s3_folder(settings.store);
  return store ? std::optional(*store) : std::nullopt;
}

bool env_in_store(const Settings& settings)
{
  return settings.env_delivery.empty() ? !settings.store.empty() : settings.env_delivery == "s3";
}

bool goes_to_store(const Bundle& bundle)
{
  return is_local(bundle) || bundle.kind == BundleKind::s3_folder;
}

bool comes_by_files(const Bundle& bundle, const Settings& settings)
{
  return bundle.kind == BundleKind::s3_folder && settings.store.empty();
}

bool is_carried(const Bundle& bundle, const Settings& settings)
{
  return is_local(bundle) && settings.store.empty();
}

std::optional<Bundle> check_bundle(Mistakes& mistakes, const Settings& settings)
{
  const auto bundle = parse_bundle(settings.bundle);
  if (!bundle) {
    mistakes.add(bundle.error());
    return std::nullopt;
  }
  if (bundle->kind == BundleKind::nothing) {
    check_nothing(mistakes, settings);
    return *bundle;
  }
  if (bundle->kind == BundleKind::web) {
    check_web(mistakes, settings);
  }
  if (is_folder(*bundle) && !settings.bundle_sha256.empty()) {
    mistakes.add("bundle_sha256 is set, and the bundle is a folder, which has no digest",
                 "leave bundle_sha256 out");
  }
  if (settings.bundle_access == k_role) {
    check_role(mistakes, *bundle, settings);
  }
  return *bundle;
}

void check_store(Mistakes& mistakes, const Settings& settings)
{
  if (!settings.store.empty()) {
    if (const auto store = aws::parse_s3_folder(settings.store); !store) {
      Error why = store.error();
      why.message = fmt::format("store is not valid: {}", why.message);
      why.hint = "write it as s3://bucket/prefix/";
      mistakes.add(why);
    } else if (store->key.find(k_file_name) != std::string::npos) {
      mistakes.add(fmt::format("store holds {}, in whose place S3 puts the name of what a machine "
                               "writes",
                               k_file_name),
                   "give another prefix");
    }
  } else if (settings.env_delivery == "s3") {
    mistakes.add("env_delivery is s3, and store is not set", "give --store s3://BUCKET/PREFIX/");
  }
  if (settings.artifacts && settings.store.empty()) {
    mistakes.add("--artifacts is given, and store is not set, by which they would come",
                 "give --store s3://BUCKET/PREFIX/");
  }
  check_secrets(mistakes, settings);
}

Fetch fetch_of(const Bundle& bundle, const Settings& settings)
{
  if (bundle.type == nullptr) {
    return {};
  }
  return {.format = std::string(bundle.type->format), .sha256 = settings.bundle_sha256};
}

std::vector<std::string> delivery_warnings(const Settings& settings)
{
  std::vector<std::string> names = names_given(settings);
  if (!settings.release_cookie.empty()) {
    names.emplace_back("RELEASE_COOKIE");
  }
  if (env_in_store(settings) || names.empty()) {
    return {};
  }
  return {
    fmt::format("{} {} in the machine's user data, which its own processes can read, and "
                "whoever may call ec2:DescribeInstanceAttribute; store keeps {} out of it",
                names.size() > 3 ? fmt::format("{} variables", names.size()) : join(names, ", "),
                names.size() > 1 ? "are" : "is", names.size() > 1 ? "them" : "it")};
}

Runner with_placeholders(Runner runner, const Bundle& bundle, const Settings& settings)
{
  if (bundle.kind == BundleKind::nothing) {
    runner.fetch = {};
  } else if (settings.bundle_access == k_role) {
    runner.fetch = placeholder_of_role(runner.fetch, bundle.object, settings.region);
  } else if (comes_by_files(bundle, settings)) { // nobody has listed them yet
    const std::string path = fmt::format("bin/{}", runner.app);
    runner.fetch.format = "tar";
    runner.fetch.files = {{.path = path, .url = placeholder_url(), .program = true}};
  } else if (!is_carried(bundle, settings)) {
    runner.fetch.url =
      bundle.kind == BundleKind::web ? bundle.place : std::string(placeholder_url());
  }
  if (const auto store = store_of(settings)) {
    runner.store = placeholder_channel(*store, runner.run_id);
  }
  // Where user data has no room for it, it goes to the store whatever env_delivery says.
  if (env_in_store(settings) || (!settings.store.empty() && !make_user_data(runner))) {
    runner.env_url = placeholder_url();
  }
  return runner;
}

} // namespace flame::boot
