#include "boot/reach.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/size_text.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

constexpr std::string_view k_release = "release/";
constexpr std::uint64_t k_largest = 5ULL * 1024 * 1024 * 1024 * 1024; // of an object

bool is_archive_class(std::string_view storage_class)
{
  return storage_class == "GLACIER" || storage_class == "DEEP_ARCHIVE";
}

// "" when its bytes are there. Another header says it of Intelligent-Tiering, whose objects keep
// their class. Source: Amazon S3 API Reference, HeadObject, x-amz-archive-status.
std::string_view archive_of(const aws::S3Head& head)
{
  return is_archive_class(head.storage_class) ? head.storage_class : head.archive;
}

bool is_restored(std::string_view restore)
{
  return restore.find("ongoing-request=\"false\"") != std::string_view::npos;
}

tl::unexpected<Error> archived(const std::string& name, std::string_view storage_class)
{
  return fail(
    ErrorKind::config,
    fmt::format("the bundle {} is archived ({}) and cannot be fetched", name, storage_class),
    "restore it first: aws s3api restore-object; or copy it to another class");
}

Error unreachable(const aws::ApiError& failed, const std::string& name)
{
  Error why = failed.error;
  const std::string& code = why.aws_code;
  if (failed.http_status == 404 || code == "NoSuchKey" || code == "NoSuchBucket") {
    why.kind = ErrorKind::config;
    why.message = fmt::format("the bundle {} is not there", name);
    why.hint = "check bucket and key; S3 tells large letters from small ones";
    return why;
  }
  if (failed.http_status == 405) { // what stands for a version that was deleted
    why.kind = ErrorKind::config;
    why.message = fmt::format("the version of the bundle {} is a delete marker", name);
    why.hint = "give the versionId of an older version, or none";
    return why;
  }
  why.message = fmt::format("cannot look at the bundle {}: {}", name, why.message);
  return why;
}

Result<void> judge(Reached& reached, const aws::S3Head& head, const std::string& name,
                   const config::Settings& settings)
{
  if (!archive_of(head).empty() && !is_restored(head.restore)) {
    return archived(name, archive_of(head));
  }
  if (head.size == 0 || head.size > k_largest) {
    return fail(ErrorKind::config, fmt::format("the bundle {} is empty", name),
                "see whether its upload failed");
  }
  const std::string& wanted = settings.bundle_sha256;
  if (!wanted.empty() && !head.sha256.empty() && wanted != head.sha256) {
    return fail(ErrorKind::config,
                fmt::format("the bundle {} has SHA-256 {}, and bundle_sha256 is {}", name,
                            head.sha256, wanted),
                "it was replaced, or bundle_sha256 is of another bundle");
  }
  // Not by its version, unless that is asked for: to get one is another right.
  reached.fetch.etag = head.etag;
  reached.fetch.size = head.size;
  reached.fetch.sha256 = wanted.empty() ? head.sha256 : wanted;
  reached.notices.push_back(fmt::format("{} has {}", name, size_text(head.size)));
  return {};
}

// What a machine needs to sign for itself.
Result<void> add_role(Reached& reached, const config::Settings& settings, const aws::S3Api& s3)
{
  auto url = s3.address(reached.object);
  if (!url) {
    return tl::unexpected(std::move(url.error()));
  }
  Fetch& fetch = reached.fetch;
  fetch.url = std::move(*url);
  fetch.bucket = reached.object.bucket;
  fetch.key = reached.object.key;
  fetch.region = s3.region(fetch.bucket);
  const auto custom = settings.endpoints.find("s3");
  fetch.endpoint = custom == settings.endpoints.end() ? "" : custom->second;
  return {};
}

} // namespace

std::vector<std::string> bucket_notices(const std::string& bucket, const config::Settings& settings,
                                        const aws::S3Api& s3)
{
  std::vector<std::string> notices;
  if (s3.pays(bucket)) {
    notices.push_back(
      fmt::format("who fetches from bucket {} pays for it: this account does", bucket));
  }
  if (const std::string region = s3.region(bucket); region != settings.region) {
    notices.push_back(fmt::format("bucket {} is in {}, not in {}: fetching takes longer, "
                                  "and transfer between Regions is charged",
                                  bucket, region, settings.region));
  }
  return notices;
}

Result<Reached> reach_object(const Bundle& bundle, const config::Settings& settings, aws::S3Api& s3,
                             aws::CallLimit limit)
{
  Reached reached{
    .fetch = {.format = std::string(bundle.type->format), .sha256 = settings.bundle_sha256},
    .object = bundle.object};
  const std::string name = aws::describe(bundle.object);
  const auto head = s3.head(bundle.object, limit);
  if (!head && head.error().error_class == aws::ErrorClass::permission) {
    reached.warnings.push_back(
      fmt::format("no permission to look at the bundle {}; whether the machine can fetch it shows "
                  "when it does",
                  name));
  } else if (!head) {
    return tl::unexpected(unreachable(head.error(), name));
  } else if (const auto good = judge(reached, *head, name, settings); !good) {
    return tl::unexpected(good.error());
  }
  std::ranges::move(bucket_notices(bundle.object.bucket, settings, s3),
                    std::back_inserter(reached.notices));
  if (settings.bundle_access == "instance-role") {
    if (auto signs = add_role(reached, settings, s3); !signs) {
      return tl::unexpected(std::move(signs.error()));
    }
  }
  return reached;
}

Result<void> check_room(Reached& reached, std::uint64_t disk)
{
  const std::uint64_t size = reached.fetch.size;
  if (disk == 0 || size <= disk / 2) {
    return {};
  }
  const std::string sizes =
    fmt::format("the bundle has {}, and the machine's disk {}", size_text(size), size_text(disk));
  if (size > disk) {
    return fail(ErrorKind::config, sizes, "give a larger --root-volume-size");
  }
  reached.warnings.push_back(sizes + " with the system; --root-volume-size makes it larger");
  return {};
}

std::string wrong_with_path(std::string_view path)
{
  if (path.empty() || path.starts_with('/')) {
    return path.empty() ? "has no name" : "is absolute";
  }
  for (const std::string& part : split(path, '/')) {
    if (part == "..") {
      return "leads out of its folder";
    }
    if (part.empty() || part == ".") {
      return "is no plain path";
    }
  }
  const bool control = std::ranges::any_of(
    path, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
  return control || !is_valid_utf8(path) ? "holds control characters or is not UTF-8" : "";
}

Result<std::vector<FolderEntry>> folder_entries(const aws::S3Object& folder,
                                                std::vector<aws::S3Entry> entries)
{
  const std::string name = aws::describe(folder);
  std::vector<FolderEntry> files;
  Mistakes mistakes(ErrorKind::config);
  for (aws::S3Entry& entry : entries) {
    std::string path = entry.key.substr(std::min(folder.key.size(), entry.key.size()));
    if (entry.key.ends_with('/') && entry.size == 0) { // stands for a folder
      continue;
    }
    if (const std::string wrong = wrong_with_path(path); !wrong.empty()) {
      mistakes.add(fmt::format("\"{}\" in the bundle {} {}", path, name, wrong),
                   "remove the object, or give the folder of the release alone");
    } else if (is_archive_class(entry.storage_class)) {
      mistakes.add(archived(name + path, entry.storage_class).value());
    }
    files.push_back({std::move(path), std::move(entry)});
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  if (files.empty()) {
    return fail(ErrorKind::config, fmt::format("the bundle {} holds no objects", name),
                "check bucket and prefix; S3 tells large letters from small ones");
  }
  const bool inside = std::ranges::all_of(
    files, [](const FolderEntry& file) { return file.path.starts_with(k_release); });
  for (FolderEntry& file : files) {
    file.path.erase(0, inside ? k_release.size() : 0);
  }
  std::ranges::sort(files, {}, &FolderEntry::path);
  return files;
}

std::string listing_digest(const std::vector<FolderEntry>& entries)
{
  Sha256 digest;
  digest.add("flame-ec2 folder 1\n"); // the layout of what is packed; to be raised with it
  for (const FolderEntry& entry : entries) {
    digest.add(fmt::format("{}\n{} {}\n", entry.path, entry.object.size, entry.object.etag));
  }
  return to_hex(digest.digest());
}

} // namespace flame::boot
