#include "cli/carried.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/gzip.hpp"
#include "cli/inspect.hpp"
#include "cli/pack.hpp"
#include "io/archive.hpp"
#include "io/file_reader.hpp"
#include "io/files.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

// Of a tar: what is larger does not get small enough, and is not worth the time.
constexpr std::uint64_t k_most_unpacked = 16UL * 1024 * 1024;

tl::unexpected<Error> too_long(const boot::Bundle& bundle, std::string_view size)
{
  return fail(ErrorKind::config,
              fmt::format("the bundle {} has {}, and EC2 takes {} bytes of user data, with "
                          "everything in it",
                          bundle.place, size, boot::k_user_data_limit),
              "it needs --store s3://BUCKET/PREFIX/, from where the machine fetches it");
}

Result<std::string> read_file(const boot::Bundle& bundle, const config::Settings& settings,
                              std::uint64_t most)
{
  const auto file = io::FileReader::open(bundle.place);
  if (!file) {
    return tl::unexpected(file.error());
  }
  if (file->size() > most) {
    return too_long(bundle, fmt::format("{} bytes", file->size()));
  }
  auto bytes = io::read_named_file(bundle.place, most);
  const std::string digest = bytes ? to_hex(sha256(*bytes)) : std::string();
  if (bytes && !settings.bundle_sha256.empty() && settings.bundle_sha256 != digest) {
    return fail(ErrorKind::config,
                fmt::format("the bundle {} has SHA-256 {}, and bundle_sha256 is {}", bundle.place,
                            digest, settings.bundle_sha256),
                "build it anew, or leave bundle_sha256 out");
  }
  return bytes;
}

Result<std::string> read_tar(const boot::Bundle& bundle, const config::Settings& settings,
                             boot::Progress& progress)
{
  if (!boot::is_folder(bundle)) {
    return read_file(bundle, settings, k_most_unpacked);
  }
  auto tar = tar_of_folder(bundle.place, k_most_unpacked, progress);
  if (!tar) {
    return tl::unexpected(tar.error());
  }
  if (!*tar) {
    return too_long(bundle, fmt::format("more than {} MiB", k_most_unpacked / 1024 / 1024));
  }
  return std::move(**tar);
}

void carry(boot::Runner& runner, std::string_view format, std::string bytes)
{
  runner.fetch = {
    .format = std::string(format), .carried = std::move(bytes), .sha256 = {}, .size = 0};
  runner.fetch.sha256 = to_hex(sha256(runner.fetch.carried));
  runner.fetch.size = runner.fetch.carried.size();
}

Result<boot::Runner> packed(boot::Runner runner, std::string_view tar, boot::Progress& progress)
{
  carry(runner, "tar.gz", gzip(tar));
  auto fits = boot::make_user_data(runner);
  if (fits) {
    return runner;
  }
  auto smaller = io::xz(tar);
  if (!smaller) {
    return tl::unexpected(smaller.error());
  }
  if (smaller->size() < runner.fetch.carried.size()) {
    carry(runner, "tar.xz", std::move(*smaller));
    fits = boot::make_user_data(runner);
  }
  if (!fits) {
    return tl::unexpected(fits.error());
  }
  progress.note("the bundle is packed by xz, which the image must have");
  return runner;
}

} // namespace

Result<boot::Runner> with_bundle(boot::Runner runner, const boot::Bundle& bundle,
                                 const config::Settings& settings, boot::Progress& progress)
{
  if (auto there = check_local_bundle(bundle); !there) {
    return tl::unexpected(std::move(there.error()));
  }
  const bool plain = boot::is_folder(bundle) || bundle.type->unpacker.empty();
  auto bytes = plain ? read_tar(bundle, settings, progress)
                     : read_file(bundle, settings, boot::k_user_data_limit);
  if (!bytes) {
    return tl::unexpected(bytes.error());
  }
  if (plain) {
    return packed(std::move(runner), *bytes, progress);
  }
  carry(runner, bundle.type->format, std::move(*bytes));
  if (const auto fits = boot::make_user_data(runner); !fits) {
    return tl::unexpected(fits.error());
  }
  return runner;
}

Result<boot::Runner> unsent_runner(boot::Runner runner, const boot::Bundle& bundle,
                                   const config::Settings& settings, boot::Progress& progress)
{
  if (boot::is_carried(bundle, settings)) {
    return with_bundle(std::move(runner), bundle, settings, progress);
  }
  return boot::with_placeholders(std::move(runner), bundle, settings);
}

} // namespace flame::cli
