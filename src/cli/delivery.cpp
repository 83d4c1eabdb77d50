#include "cli/delivery.hpp"

#include "aws/sigv4.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "boot/status_reader.hpp"
#include "boot/user_data.hpp"
#include "cli/carried.hpp"
#include "cli/inspect.hpp"
#include "cli/pack.hpp"
#include "cli/upload.hpp"
#include "fleet/store.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

using std::chrono::seconds;

constexpr Millis k_call_limit = seconds(30);
constexpr Millis k_upload_limit = std::chrono::minutes(10); // of one part
constexpr seconds k_environment_margin = std::chrono::minutes(5);
constexpr std::size_t k_boot_id_bytes = 4;
constexpr std::uint64_t k_inspected = 16UL * 1024 * 1024; // of an object

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

// The plan does not let this happen.
Result<void> no_store()
{
  return fail(ErrorKind::internal, "the bundle has no store to go to");
}

} // namespace

Result<void> check_local_bundle(const boot::Bundle& bundle)
{
  if (!boot::is_local(bundle)) {
    return {};
  }
  const io::PathKind kind = io::kind_of_path(bundle.place);
  const auto bad = [&](std::string_view what, std::string hint) {
    return fail(ErrorKind::config, fmt::format("bundle \"{}\" {}", bundle.place, what),
                std::move(hint));
  };
  if (kind == io::PathKind::nothing) {
    return bad("is not there", "build it first, or give s3://BUCKET/KEY.tar.gz");
  }
  if (bundle.kind == boot::BundleKind::file && kind != io::PathKind::file) {
    return bad("is no file", "give a folder without an ending, or an archive");
  }
  const bool program = kind == io::PathKind::file && is_program_file(bundle.place);
  if (bundle.kind == boot::BundleKind::folder && kind != io::PathKind::folder && !program) {
    return bad("has no known ending, and is no program",
               fmt::format("a bundle ends in one of {}; a script begins with \"#!\"",
                           boot::known_endings()));
  }
  return {};
}

Delivery::Delivery(Parts parts) : parts_(std::move(parts)), runner_(parts_.plan.runner) {}

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
  return find_bundle()
    .and_then([&] { return read_secrets(); })
    .and_then([&] { return open_store(); })
    .map([&] {
      for (const std::string& warning : reached_.warnings) {
        parts_.console.warn(warning);
      }
      for (const std::string& notice : reached_.notices) {
        parts_.console.note(notice);
      }
    });
}

Result<void> Delivery::find_bundle()
{
  const boot::Bundle& bundle = parts_.plan.bundle;
  if (boot::is_carried(bundle, parts_.settings)) {
    return carry_bundle();
  }
  switch (bundle.kind) {
  case boot::BundleKind::nothing:
    return {};
  case boot::BundleKind::object:
    return reach(bundle, parts_.settings).and_then([&] { return inspect_object(); });
  case boot::BundleKind::web:
    reached_.fetch = runner_.fetch;
    reached_.fetch.url = bundle.place;
    return {};
  case boot::BundleKind::file:
    return send_file();
  case boot::BundleKind::folder:
    return send_folder();
  case boot::BundleKind::s3_folder:
    break;
  }
  return boot::comes_by_files(bundle, parts_.settings) ? list_objects() : send_objects();
}

Result<void> Delivery::carry_bundle()
{
  auto with = with_bundle(runner_, parts_.plan.bundle, parts_.settings, parts_.console);
  if (!with) {
    return tl::unexpected(with.error());
  }
  reached_.fetch = std::move(with->fetch);
  reached_.notices.push_back(fmt::format("the bundle goes with the user data, in {} bytes of {}",
                                         reached_.fetch.carried.size(), reached_.fetch.format));
  if (!parts_.settings.inspect.value_or(true)) {
    return {};
  }
  return take_warnings(
    inspect_bytes(reached_.fetch.carried, parts_.plan.bundle.place,
                  inspect_for(parts_.plan, parts_.settings, parts_.architecture)));
}

Result<void> Delivery::reach(const boot::Bundle& bundle, const config::Settings& settings)
{
  return boot::reach_object(bundle, settings, parts_.cloud.s3(), limit(k_call_limit))
    .map([&](boot::Reached reached) { reached_ = std::move(reached); });
}

Result<void> Delivery::take_warnings(const Result<std::vector<std::string>>& found)
{
  return found.map([&](const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) {
      parts_.console.warn(warning);
    }
  });
}

Result<void> Delivery::inspect_archive(const std::string& path)
{
  if (!parts_.settings.inspect.value_or(true)) {
    return {};
  }
  parts_.console.doing("looking into the bundle");
  return take_warnings(
    inspect_file(path, inspect_for(parts_.plan, parts_.settings, parts_.architecture)));
}

// A small one, and only when we may read it; the machine finds out the rest.
Result<void> Delivery::inspect_object()
{
  const std::uint64_t size = reached_.fetch.size;
  if (!parts_.settings.inspect.value_or(true) || size == 0 || size > k_inspected) {
    return {};
  }
  parts_.console.doing("looking into the bundle");
  const auto bytes = parts_.cloud.s3().get(reached_.object, size, limit(k_call_limit));
  if (!bytes) {
    parts_.console.detail(
      fmt::format("the bundle is not looked into: {}", bytes.error().error.message));
    return {};
  }
  const std::string& wanted = reached_.fetch.sha256;
  const std::string digest = to_hex(sha256(*bytes));
  if (!wanted.empty() && wanted != digest) {
    return fail(ErrorKind::config,
                fmt::format("the bundle {} has SHA-256 {}, and not {}",
                            aws::describe(reached_.object), digest, wanted),
                "it was replaced, or bundle_sha256 is of another bundle");
  }
  return take_warnings(
    inspect_bytes(*bytes, aws::describe(reached_.object),
                  inspect_for(parts_.plan, parts_.settings, parts_.architecture)));
}

// Names alone tell whether the program is there.
Result<void> Delivery::inspect_list(const std::vector<boot::FolderEntry>& files)
{
  if (!parts_.settings.inspect.value_or(true)) {
    return {};
  }
  boot::Inspection inspection(inspect_for(parts_.plan, parts_.settings, parts_.architecture));
  for (const boot::FolderEntry& file : files) {
    const bool goes_on = inspection.add({.path = file.path, .size = file.object.size},
                                        [](std::size_t) { return std::string(); });
    if (!goes_on) {
      break;
    }
  }
  return take_warnings(inspection.result());
}

// False: it is there already.
Result<bool> Delivery::upload_to(const aws::S3Object& object, const std::string& path,
                                 const std::string& sha256)
{
  return upload({.path = path, .to = object, .sha256 = sha256},
                {.s3 = parts_.cloud.s3(),
                 .limit = [this] { return limit(k_upload_limit); },
                 .progress = parts_.console,
                 .cancel = *parts_.world.cancel});
}

Result<void> Delivery::send_to_store(const std::string& path, const std::string& suffix)
{
  const auto store = boot::store_of(parts_.settings);
  if (auto looked = inspect_archive(path); !looked) {
    return looked;
  }
  const auto digest = io::sha256_of_file(path);
  if (!store || !digest) {
    return store ? Result<void>(tl::unexpected(digest.error())) : no_store();
  }
  if (!parts_.settings.bundle_sha256.empty() && parts_.settings.bundle_sha256 != *digest) {
    return fail(ErrorKind::config,
                fmt::format("the bundle {} has SHA-256 {}, and bundle_sha256 is {}",
                            parts_.plan.bundle.place, *digest, parts_.settings.bundle_sha256),
                "build it anew, or leave bundle_sha256 out");
  }
  boot::Bundle sent = parts_.plan.bundle;
  sent.object = {.bucket = store->bucket, .key = fleet::bundle_key(store->key, *digest, suffix)};
  const auto written = upload_to(sent.object, path, *digest);
  if (!written) {
    return tl::unexpected(written.error());
  }
  if (!*written) {
    parts_.console.note("the store has the bundle already");
  }
  config::Settings pinned = parts_.settings;
  pinned.bundle_sha256 = *digest;
  return reach(sent, pinned);
}

Result<void> Delivery::send_file()
{
  return send_to_store(parts_.plan.bundle.place, std::string(parts_.plan.bundle.type->suffix));
}

Result<void> Delivery::send_folder()
{
  const auto packed = pack_folder(parts_.plan.bundle.place, parts_.console);
  if (!packed) {
    return tl::unexpected(packed.error());
  }
  return send_to_store(packed->path(), std::string(parts_.plan.bundle.type->suffix));
}

Result<std::vector<boot::FolderEntry>> Delivery::list_files(const aws::S3Object& folder)
{
  parts_.console.doing(fmt::format("listing {}", aws::describe(folder)));
  auto listed = parts_.cloud.s3().list(folder, limit(k_call_limit));
  if (!listed) {
    Error why = listed.error().error;
    why.message = fmt::format("cannot list the bundle {}: {}", aws::describe(folder), why.message);
    return tl::unexpected(std::move(why));
  }
  return boot::folder_entries(folder, std::move(*listed));
}

Result<void> Delivery::send_objects()
{
  const aws::S3Object& folder = parts_.plan.bundle.object;
  const auto store = boot::store_of(parts_.settings);
  const auto files = list_files(folder);
  if (!store || !files) {
    return store ? Result<void>(tl::unexpected(files.error())) : no_store();
  }
  aws::S3Api& s3 = parts_.cloud.s3();
  boot::Bundle sent = parts_.plan.bundle;
  sent.object = {.bucket = store->bucket,
                 .key = fleet::folder_key(store->key, boot::listing_digest(*files))};
  if (!s3.head(sent.object, limit(k_call_limit))) {
    const auto each = [this] { return limit(k_upload_limit); };
    const auto packed = pack_objects(folder, *files, s3, each, parts_.console);
    if (!packed) {
      return tl::unexpected(packed.error());
    }
    if (auto looked = inspect_archive(packed->path()); !looked) {
      return looked;
    }
    const auto digest = io::sha256_of_file(packed->path());
    if (!digest) {
      return tl::unexpected(digest.error());
    }
    const auto written = upload_to(sent.object, packed->path(), *digest);
    if (!written) {
      return tl::unexpected(written.error());
    }
  }
  return reach(sent, parts_.settings);
}

// Without a store to pack them into: each by a URL of its own.
Result<void> Delivery::list_objects()
{
  const aws::S3Object& folder = parts_.plan.bundle.object;
  const auto files = list_files(folder);
  if (!files) {
    return tl::unexpected(files.error());
  }
  reached_.fetch = {.format = "tar"};
  reached_.object = {.bucket = folder.bucket};
  for (const boot::FolderEntry& file : *files) {
    reached_.fetch.size += file.object.size;
    reached_.fetch.files.push_back({.path = file.path,
                                    .url = file.object.key, // until it is signed
                                    .etag = file.object.etag,
                                    .size = file.object.size,
                                    .program = boot::is_program(file.path)});
  }
  return inspect_list(*files);
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

Result<std::string> Delivery::signed_get(const aws::S3Object& object, bool requester_pays,
                                         Seconds now, seconds wanted)
{
  const auto credentials = parts_.cloud.ec2().credentials();
  if (!credentials) {
    return tl::unexpected(credentials.error());
  }
  const seconds lifetime = aws::presign_lifetime(wanted, now, *credentials);
  if (lifetime > seconds(0) && lifetime < wanted && !std::exchange(warned_, true)) {
    parts_.console.warn(fmt::format("the URL of the bundle ends in {}, and the bootstrap may take "
                                    "{}",
                                    format_duration(lifetime), format_duration(wanted)));
  }
  return parts_.cloud.s3()
    .presigned_get(object, requester_pays, now, wanted)
    .map([&](std::string url) { return hidden(std::move(url)); });
}

Result<void> Delivery::sign_bundle(boot::Runner& runner, Seconds now)
{
  if (parts_.plan.bundle.kind == boot::BundleKind::nothing) {
    return {};
  }
  const seconds wanted = boot::k_until_script + in_seconds(runner.bootstrap_timeout);
  runner.fetch = reached_.fetch;
  for (boot::FetchFile& file : runner.fetch.files) {
    auto url = signed_get({.bucket = reached_.object.bucket, .key = file.url}, false, now, wanted);
    if (!url) {
      return tl::unexpected(url.error());
    }
    file.url = std::move(*url);
  }
  if (!runner.fetch.files.empty()) {
    return {};
  }
  const bool known = !runner.fetch.url.empty() || !runner.fetch.bucket.empty();
  if (known || !runner.fetch.carried.empty()) {
    return {};
  }
  return signed_get(reached_.object, reached_.requester_pays, now, wanted)
    .map([&](std::string url) { runner.fetch.url = std::move(url); });
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
  return signed_get(environment_, false, now,
                    in_seconds(runner.bootstrap_timeout) + k_environment_margin)
    .map([&](std::string url) { runner.env_url = std::move(url); });
}

Result<std::string> Delivery::render()
{
  boot::Runner runner = runner_;
  const Seconds now = aws_time();
  const auto ready = sign_bundle(runner, now).and_then([&] { return sign_store(runner, now); });
  if (!ready) {
    return tl::unexpected(ready.error());
  }
  return boot::make_user_data(runner);
}

aws::Outcome<std::string> Delivery::listen(const std::string& instance_id, aws::CallLimit limit)
{
  const auto store = boot::store_of(parts_.settings);
  auto status =
    store ? boot::read_status(parts_.cloud.s3(), {.bucket = store->bucket, .key = boot_prefix_},
                              instance_id, limit)
          : aws::Outcome<std::string>(std::string());
  if (status && !status->empty()) {
    return status;
  }
  // A machine may have no way to the store but to its console.
  auto console = parts_.cloud.ec2().console_output(instance_id, true, limit);
  if (!console && store) { // whose type may have none while it runs
    return status;
  }
  return console.map([](const aws::ConsoleOutput& output) { return output.text; });
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
