#include "cli/find_bundle.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "boot/plan_bundle.hpp"
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
constexpr std::uint64_t k_inspected = 16UL * 1024 * 1024;   // of an object

// The plan does not let this happen.
Result<void> no_store()
{
  return fail(ErrorKind::internal, "the bundle has no store to go to");
}

class Finder {
public:
  explicit Finder(const FindBundle& parts) : parts_(parts) {}
  Result<void> find();
  boot::Reached reached_ = {};

private:
  Result<void> carry_bundle();
  Result<void> send_file();
  Result<void> send_folder();
  Result<void> send_objects();
  Result<void> list_objects();
  Result<std::vector<boot::FolderEntry>> list_files(const aws::S3Object& folder);
  Result<bool> upload_to(const aws::S3Object& object, const std::string& path,
                         const std::string& sha256);
  Result<void> send_to_store(const std::string& path, const std::string& suffix);
  Result<void> reach(const boot::Bundle& bundle, const config::Settings& settings);
  boot::InspectFor inspect_of(std::string_view format) const;
  Result<void> inspect_archive(const std::string& path);
  Result<void> inspect_object();
  Result<void> take_warnings(const Result<std::vector<std::string>>& found);
  aws::CallLimit limit(Millis longest) const;

  const FindBundle& parts_;
};

aws::CallLimit Finder::limit(Millis longest) const
{
  return {.deadline = parts_.world.clock->now() + longest};
}

Result<void> Finder::find()
{
  const boot::Bundle& bundle = parts_.bundle;
  if (boot::is_carried(bundle, parts_.settings)) {
    return carry_bundle();
  }
  switch (bundle.kind) {
  case boot::BundleKind::nothing:
    return {};
  case boot::BundleKind::object:
    return reach(bundle, parts_.settings).and_then([&] { return inspect_object(); });
  case boot::BundleKind::web:
    reached_.fetch = parts_.runner.fetch;
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

Result<void> Finder::carry_bundle()
{
  auto with = with_bundle(parts_.runner, parts_.bundle, parts_.settings, parts_.console);
  if (!with) {
    return tl::unexpected(with.error());
  }
  reached_.fetch = std::move(with->fetch);
  reached_.notices.push_back(fmt::format("the bundle goes with the user data, in {} bytes of {}",
                                         reached_.fetch.carried.size(), reached_.fetch.format));
  if (!parts_.settings.inspect.value_or(true)) {
    return {};
  }
  if (parts_.bundle.kind == boot::BundleKind::file) {
    return inspect_archive(parts_.bundle.place);
  }
  return take_warnings(
    inspect_bytes(reached_.fetch.carried, parts_.bundle.place, inspect_of(reached_.fetch.format)));
}

Result<void> Finder::reach(const boot::Bundle& bundle, const config::Settings& settings)
{
  return boot::reach_object(bundle, settings, parts_.s3, limit(k_call_limit))
    .and_then([&](boot::Reached reached) {
      reached_ = std::move(reached);
      return boot::check_room(reached_, parts_.inspect.disk);
    });
}

Result<void> Finder::take_warnings(const Result<std::vector<std::string>>& found)
{
  return found.map([&](const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings) {
      parts_.console.warn(warning);
    }
  });
}

boot::InspectFor Finder::inspect_of(std::string_view format) const
{
  boot::InspectFor what = parts_.inspect;
  what.unpacker = boot::find_bundle_type(format)->unpacker;
  return what;
}

Result<void> Finder::inspect_archive(const std::string& path)
{
  if (!parts_.settings.inspect.value_or(true)) {
    return {};
  }
  parts_.console.doing("looking into the bundle");
  return take_warnings(inspect_file(path, inspect_of(parts_.bundle.type->format)));
}

// A small one, and only when we may read it; the machine finds out the rest.
Result<void> Finder::inspect_object()
{
  const std::uint64_t size = reached_.fetch.size;
  if (!parts_.settings.inspect.value_or(true) || size == 0 || size > k_inspected) {
    return {};
  }
  parts_.console.doing("looking into the bundle");
  const auto bytes = parts_.s3.get(reached_.object, size, limit(k_call_limit));
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
    inspect_bytes(*bytes, aws::describe(reached_.object), inspect_of(parts_.bundle.type->format)));
}

// False: it is there already.
Result<bool> Finder::upload_to(const aws::S3Object& object, const std::string& path,
                               const std::string& sha256)
{
  return upload({.path = path, .to = object, .sha256 = sha256},
                {.s3 = parts_.s3,
                 .limit = [this] { return limit(k_upload_limit); },
                 .progress = parts_.console,
                 .cancel = *parts_.world.cancel});
}

Result<void> Finder::send_to_store(const std::string& path, const std::string& suffix)
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
                            parts_.bundle.place, *digest, parts_.settings.bundle_sha256),
                "build it anew, or leave bundle_sha256 out");
  }
  boot::Bundle sent = parts_.bundle;
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

Result<void> Finder::send_file()
{
  return send_to_store(parts_.bundle.place, std::string(parts_.bundle.type->suffix));
}

Result<void> Finder::send_folder()
{
  const auto packed = pack_folder(parts_.bundle.place, parts_.console);
  if (!packed) {
    return tl::unexpected(packed.error());
  }
  return send_to_store(packed->path(), std::string(parts_.bundle.type->suffix));
}

Result<std::vector<boot::FolderEntry>> Finder::list_files(const aws::S3Object& folder)
{
  parts_.console.doing(fmt::format("listing {}", aws::describe(folder)));
  auto listed = parts_.s3.list(folder, limit(k_call_limit));
  if (!listed) {
    Error why = listed.error().error;
    why.message = fmt::format("cannot list the bundle {}: {}", aws::describe(folder), why.message);
    return tl::unexpected(std::move(why));
  }
  return boot::folder_entries(folder, std::move(*listed));
}

Result<void> Finder::send_objects()
{
  const aws::S3Object& folder = parts_.bundle.object;
  const auto store = boot::store_of(parts_.settings);
  const auto files = list_files(folder);
  if (!store || !files) {
    return store ? Result<void>(tl::unexpected(files.error())) : no_store();
  }
  aws::S3Api& s3 = parts_.s3;
  boot::Bundle sent = parts_.bundle;
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
Result<void> Finder::list_objects()
{
  const aws::S3Object& folder = parts_.bundle.object;
  const auto files = list_files(folder);
  if (!files) {
    return tl::unexpected(files.error());
  }
  reached_.fetch = {.format = "tar"};
  reached_.object = {.bucket = folder.bucket};
  reached_.notices = boot::bucket_notices(folder.bucket, parts_.settings, parts_.s3);
  for (const boot::FolderEntry& file : *files) {
    reached_.fetch.size += file.object.size;
    reached_.fetch.files.push_back({.path = file.path,
                                    .url = file.object.key, // until it is signed
                                    .etag = file.object.etag,
                                    .size = file.object.size,
                                    .program = boot::is_program(file.path)});
  }
  if (!parts_.settings.inspect.value_or(true)) {
    return {};
  }
  return take_warnings(inspect_names(*files, parts_.inspect));
}

} // namespace

Result<boot::Reached> find_bundle(const FindBundle& parts)
{
  Finder finder(parts);
  return finder.find().map([&] { return std::move(finder.reached_); });
}

} // namespace flame::cli
