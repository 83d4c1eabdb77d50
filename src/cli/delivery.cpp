#include "cli/delivery.hpp"

#include "aws/sigv4.hpp"
#include "base/encoding.hpp"
#include "boot/user_data.hpp"
#include "cli/find_bundle.hpp"
#include "fleet/store.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

using std::chrono::seconds;

constexpr Millis k_call_limit = seconds(30);
constexpr seconds k_environment_margin = std::chrono::minutes(5);
constexpr std::size_t k_boot_id_bytes = 4;

seconds in_seconds(Millis duration)
{
  return std::chrono::ceil<seconds>(duration);
}

// Of a store that cannot be used, said of the setting.
Error at_store(const aws::ApiError& failed, std::string_view what, const config::Settings& settings)
{
  Error why = failed.error;
  why.message = fmt::format("cannot {} the store {}: {}", what, settings.store, why.message);
  return why;
}

} // namespace

Delivery::Delivery(Parts parts)
  : parts_(std::move(parts)), runner_(parts_.plan.runner),
    urls_(parts_.cloud, parts_.console, parts_.hide)
{
}

aws::CallLimit Delivery::limit(Millis longest) const
{
  return {.deadline = parts_.world.clock->now() + longest};
}

Seconds Delivery::aws_time() const
{
  return parts_.world.clock->wall() + parts_.cloud.ec2().clock_offset();
}

std::string Delivery::hidden(std::string secret) const
{
  if (parts_.hide && !secret.empty()) {
    parts_.hide(secret);
  }
  return secret;
}

Result<void> Delivery::prepare()
{
  auto found =
    find_bundle({.bundle = parts_.plan.bundle,
                 .runner = runner_,
                 .settings = parts_.settings,
                 .s3 = parts_.cloud.s3(),
                 .world = parts_.world,
                 .console = parts_.console,
                 .inspect = inspect_for(parts_.plan.app, parts_.settings, parts_.machine)});
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  reached_ = std::move(*found);
  return read_secrets().and_then([&] { return open_store(); }).map([&] {
    for (const std::string& warning : reached_.warnings) {
      parts_.console.warn(warning);
    }
    for (const std::string& notice : reached_.notices) {
      parts_.console.note(notice);
    }
  });
}

Result<void> Delivery::read_secrets()
{
  Mistakes mistakes(ErrorKind::config);
  for (const boot::Secret& secret : boot::secrets_of(parts_.settings)) {
    parts_.console.doing(fmt::format("reading secret {}", secret.name));
    const auto value = secret.kind == "ssm"
                         ? parts_.cloud.ssm().decrypted(secret.id, limit(k_call_limit))
                         : parts_.cloud.secrets().secret(secret.id, limit(k_call_limit));
    if (!value) {
      Error why = value.error().error;
      why.message = fmt::format("cannot read secret {} ({}:{}): {}", secret.name, secret.kind,
                                secret.id, why.message);
      return tl::unexpected(std::move(why));
    }
    std::erase_if(runner_.variables,
                  [&](const child::Variable& one) { return one.name == secret.name; });
    runner_.variables.push_back({.name = secret.name, .value = hidden(*value)});
  }
  return boot::check_variables(runner_.variables);
}

// The first object of a boot proves the right to write, before anything is launched.
Result<void> Delivery::open_store()
{
  const auto store = boot::store_of(parts_.settings);
  if (!store) {
    return {};
  }
  aws::S3Api& s3 = parts_.cloud.s3();
  const Seconds now = aws_time();
  boot_prefix_ =
    fleet::boot_prefix(store->key, parts_.plan.run_id,
                       fleet::boot_id(now, to_hex(parts_.world.random->bytes(k_boot_id_bytes))));
  const aws::S3Object status{.bucket = store->bucket, .key = fleet::boot_status_key(boot_prefix_)};
  const auto opened =
    s3.put(status, fmt::format("run {}, app {}\n", parts_.plan.run_id, parts_.plan.app),
           {.encrypted = true}, limit(k_call_limit));
  if (!opened) {
    return tl::unexpected(at_store(opened.error(), "write to", parts_.settings));
  }
  const boot::Runner measured =
    boot::with_placeholders(runner_, parts_.plan.bundle, parts_.settings);
  if (measured.env_url.empty()) {
    return {};
  }
  if (!boot::env_in_store(parts_.settings)) {
    parts_.console.note("the environment goes to the store: the user data has no room for it");
  }
  const Seconds expires =
    now + in_seconds(runner_.bootstrap_timeout) + boot::k_until_script + k_environment_margin;
  environment_ = {.bucket = store->bucket, .key = fleet::environment_key(boot_prefix_, expires)};
  const auto put = s3.put(environment_, boot::environment_object(runner_.variables),
                          {.encrypted = true}, limit(k_call_limit));
  if (!put) {
    return tl::unexpected(at_store(put.error(), "put the environment into", parts_.settings));
  }
  return {};
}

// A machine writes to the end of its life, as far as the credentials live.
Result<void> Delivery::sign_store(boot::Runner& runner, Seconds now)
{
  const auto store = boot::store_of(parts_.settings);
  if (!store) {
    return {};
  }
  const seconds life = runner.max_lifetime
                         ? in_seconds(*runner.max_lifetime) + 2 * seconds(boot::k_until_script)
                         : aws::k_longest_presign;
  auto form = parts_.cloud.s3().form(store->bucket, boot_prefix_, boot::k_longest_log, now,
                                     std::min(life, aws::k_longest_presign));
  if (!form) {
    return tl::unexpected(form.error());
  }
  for (const auto& [name, value] : form->fields) {
    if (name == "policy" || name == "x-amz-signature" || name == "x-amz-security-token") {
      hidden(value);
    }
  }
  runner.store = boot::StoreChannel{
    .url = std::move(form->url), .fields = std::move(form->fields), .prefix = boot_prefix_};
  if (environment_.bucket.empty()) {
    return {};
  }
  return urls_.get(environment_, now, in_seconds(runner.bootstrap_timeout) + k_environment_margin)
    .map([&](std::string url) { runner.env_url = std::move(url); });
}

Result<std::string> Delivery::render(std::size_t first)
{
  boot::Runner runner = runner_;
  if (runner.job) {
    runner.job->first_index = first;
  }
  const Seconds now = aws_time();
  auto fetch =
    urls_.fetch(reached_, now, boot::k_until_script + in_seconds(runner.bootstrap_timeout));
  if (!fetch) {
    return tl::unexpected(std::move(fetch.error()));
  }
  runner.fetch = std::move(*fetch);
  if (const auto signed_too = sign_store(runner, now); !signed_too) {
    return tl::unexpected(signed_too.error());
  }
  return boot::make_user_data(runner);
}

boot::Said Delivery::listen(const std::vector<std::string>& instance_ids, aws::CallLimit limit)
{
  if (!listener_) {
    const aws::S3Object own = folder();
    listener_.emplace(parts_.cloud.ec2(), own.bucket.empty() ? nullptr : &parts_.cloud.s3(), own);
  }
  return listener_->listen(instance_ids, limit);
}

aws::S3Object Delivery::folder() const
{
  const auto store = boot::store_of(parts_.settings);
  return store ? aws::S3Object{.bucket = store->bucket, .key = boot_prefix_} : aws::S3Object();
}

void Delivery::forget_environment()
{
  if (!environment_.bucket.empty()) {
    aws::CallLimit last = limit(std::chrono::seconds(10));
    last.cancel_grace = std::chrono::seconds(5);
    (void)parts_.cloud.s3().remove(environment_, last);
  }
}

} // namespace flame::cli
