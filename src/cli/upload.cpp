#include "cli/upload.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/size_text.hpp"
#include "io/file_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::uint64_t k_least_part = 16UL * 1024 * 1024;
constexpr std::uint64_t k_most_parts = 10'000; // S3's limit
constexpr int k_there_already = 412;

std::string mebibytes(std::uint64_t bytes)
{
  return fmt::format("{:.1f}", static_cast<double>(bytes) / (1024.0 * 1024.0));
}

std::string raw_digest(const std::string& hex)
{
  std::string raw;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    raw.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return raw;
}

Error cannot_upload(const Upload& what, const aws::ApiError& failed)
{
  Error why = failed.error;
  why.message =
    fmt::format("cannot upload the bundle to {}: {}", aws::describe(what.to), why.message);
  return why;
}

// nullopt: not there, or nobody may say.
std::optional<bool> is_there(const Upload& what, std::uint64_t size, const UploadParts& parts)
{
  const auto head = parts.s3.head(what.to, parts.limit());
  if (!head) {
    return std::nullopt;
  }
  return head->size == size && head->sha256 == what.sha256;
}

Result<void> put_whole(const Upload& what, io::FileReader& file, bool replace,
                       const UploadParts& parts)
{
  auto bytes = file.read(file.size() + 1);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  const auto put =
    parts.s3.put(what.to, std::move(*bytes),
                 {.only_new = !replace, .sha256 = raw_digest(what.sha256)}, parts.limit());
  if (!put && put.error().http_status != k_there_already) {
    return tl::unexpected(cannot_upload(what, put.error()));
  }
  return {};
}

Error interrupted(const Upload& what, int signal)
{
  Error why{.kind = ErrorKind::interrupted,
            .message = fmt::format("the upload to {} was interrupted", aws::describe(what.to))};
  why.signal = signal;
  return why;
}

Error changed(const Upload& what)
{
  return {.kind = ErrorKind::config,
          .message = fmt::format("{} has changed while it was uploaded", what.path),
          .hint = "boot once it is written to the end"};
}

// All parts of an upload that is begun; their numbers and ETags. S3 cannot hold them against the
// digest that their key has.
Result<std::vector<std::pair<int, std::string>>>
put_parts(const Upload& what, const std::string& id, io::FileReader& file, const UploadParts& parts)
{
  const std::uint64_t size = std::max(k_least_part, file.size() / k_most_parts + 1);
  std::vector<std::pair<int, std::string>> done;
  std::uint64_t sent = 0;
  Sha256 digest;
  for (int number = 1;; ++number) {
    parts.progress.doing(
      fmt::format("uploading {} of {} MiB", mebibytes(sent), mebibytes(file.size())));
    if (const CancelState state = parts.cancel.state(); state.signal != 0) {
      return tl::unexpected(interrupted(what, state.signal));
    }
    auto bytes = file.read(size);
    if (!bytes) {
      return tl::unexpected(bytes.error());
    }
    if (bytes->empty()) {
      using Parts = Result<std::vector<std::pair<int, std::string>>>;
      return to_hex(digest.digest()) == what.sha256 ? Parts(std::move(done))
                                                    : tl::unexpected(changed(what));
    }
    digest.add(*bytes);
    sent += bytes->size();
    auto etag = parts.s3.put_part(what.to, id, number, std::move(*bytes), parts.limit());
    if (!etag) {
      return tl::unexpected(cannot_upload(what, etag.error()));
    }
    done.emplace_back(number, std::move(*etag));
  }
}

Result<void> put_in_parts(const Upload& what, io::FileReader& file, bool replace,
                          const UploadParts& parts)
{
  const aws::S3Put how{.only_new = !replace, .sha256 = raw_digest(what.sha256)};
  const auto id = parts.s3.begin_upload(what.to, how, parts.limit());
  if (!id) {
    return tl::unexpected(cannot_upload(what, id.error()));
  }
  const auto done = put_parts(what, *id, file, parts);
  if (!done) {
    aws::CallLimit last = parts.limit();
    last.cancel_grace = std::chrono::seconds(10); // also after a signal: parts cost money
    (void)parts.s3.abort_upload(what.to, *id, last);
    return tl::unexpected(done.error());
  }
  const auto completed = parts.s3.complete_upload(what.to, *id, *done, how, parts.limit());
  if (completed) {
    return {};
  }
  // Its answer may have been lost, and the next try has found the upload gone: NoSuchUpload.
  const bool is_done = completed.error().http_status == k_there_already
                       || is_there(what, file.size(), parts).value_or(false);
  (void)parts.s3.abort_upload(what.to, *id, parts.limit());
  return is_done ? Result<void>() : tl::unexpected(cannot_upload(what, completed.error()));
}

} // namespace

Result<bool> upload(const Upload& what, const UploadParts& parts)
{
  auto file = io::FileReader::open(what.path);
  if (!file) {
    return tl::unexpected(file.error());
  }
  const std::optional<bool> there = is_there(what, file->size(), parts);
  if (there && *there) {
    return false;
  }
  parts.progress.doing(
    fmt::format("uploading {} to {}", size_text(file->size()), aws::describe(what.to)));
  const bool replace = there.has_value(); // something else stands under its name
  const auto put = file->size() <= parts.in_one_piece ? put_whole(what, *file, replace, parts)
                                                      : put_in_parts(what, *file, replace, parts);
  return put.map([] { return true; });
}

} // namespace flame::cli
