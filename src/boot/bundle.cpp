#include "boot/bundle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::boot {
namespace {

// First match wins. A new bundle type is a row here, for a program that makes a tar with `-dc`.
constexpr BundleType k_bundle_types[] = {
  {"tar.gz", ".tar.gz", "gzip"}, {"tar.gz", ".tgz", "gzip"}, {"tar.zst", ".tar.zst", "zstd"},
  {"tar.xz", ".tar.xz", "xz"},   {"tar", ".tar", ""},
};

std::string known_endings()
{
  std::string endings;
  for (const BundleType& type : k_bundle_types) {
    endings += fmt::format("{}\"{}\"", endings.empty() ? "" : ", ", type.suffix);
  }
  return endings;
}

} // namespace

std::span<const BundleType> bundle_types()
{
  return k_bundle_types;
}

const BundleType* find_bundle_type(std::string_view format)
{
  const auto* const type = std::ranges::find(k_bundle_types, format, &BundleType::format);
  return type == std::end(k_bundle_types) ? nullptr : type;
}

Result<Bundle> parse_bundle(std::string_view url)
{
  Result<aws::S3Object> object = aws::parse_s3_url(url);
  if (!object) {
    Error why = object.error();
    why.message = fmt::format("bundle is not valid: {}", why.message);
    return tl::unexpected(std::move(why));
  }
  const auto* const type = std::ranges::find_if(
    k_bundle_types, [&](const BundleType& row) { return object->key.ends_with(row.suffix); });
  if (type == std::end(k_bundle_types)) {
    return fail(ErrorKind::config, fmt::format("bundle \"{}\" has no known ending", url),
                fmt::format("a bundle ends in one of {}", known_endings()));
  }
  return Bundle{type, std::move(*object)};
}

} // namespace flame::boot
