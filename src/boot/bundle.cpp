#include "boot/bundle.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

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

constexpr std::string_view k_packed = "tar.gz"; // what folders become

const BundleType* type_of(std::string_view name)
{
  const auto* const type = std::ranges::find_if(
    k_bundle_types, [&](const BundleType& row) { return name.ends_with(row.suffix); });
  return type == std::end(k_bundle_types) ? nullptr : type;
}

tl::unexpected<Error> bad(std::string_view text, std::string_view why, std::string hint)
{
  return fail(ErrorKind::config, fmt::format("bundle \"{}\" {}", text, why), std::move(hint));
}

Error named(Error why)
{
  why.message = fmt::format("bundle is not valid: {}", why.message);
  return why;
}

Result<Bundle> of_s3(std::string_view text)
{
  if (text.ends_with('/')) {
    return aws::parse_s3_folder(text).map_error(named).map([](aws::S3Object folder) {
      return Bundle{.kind = BundleKind::s3_folder,
                    .type = find_bundle_type(k_packed),
                    .object = std::move(folder)};
    });
  }
  auto object = aws::parse_s3_url(text);
  if (!object) {
    return tl::unexpected(named(object.error()));
  }
  const BundleType* type = type_of(object->key);
  if (type == nullptr) {
    return bad(text, "has no known ending",
               fmt::format("a bundle ends in one of {}; a folder, in \"/\"", known_endings()));
  }
  return Bundle{.kind = BundleKind::object, .type = type, .object = std::move(*object)};
}

Result<Bundle> of_web(std::string_view text)
{
  const auto url = split_url(text);
  const std::string_view path = text.substr(0, std::min(text.find_first_of("?#"), text.size()));
  const BundleType* type = type_of(path);
  const bool plain =
    std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '"'; });
  if (!url || !plain || url->host.empty()) {
    return bad(plain ? text : "https://…", "is no URL", "write it as https://HOST/PATH.tar.gz");
  }
  if (type == nullptr) {
    return bad(path, "has no known ending",
               fmt::format("the path of a bundle ends in one of {}", known_endings()));
  }
  return Bundle{.kind = BundleKind::web, .type = type, .place = std::string(text)};
}

} // namespace

bool is_local(const Bundle& bundle)
{
  return bundle.kind == BundleKind::file || bundle.kind == BundleKind::folder;
}

bool is_folder(const Bundle& bundle)
{
  return bundle.kind == BundleKind::folder || bundle.kind == BundleKind::s3_folder;
}

std::string known_endings()
{
  std::string endings;
  for (const BundleType& type : k_bundle_types) {
    endings += fmt::format("{}\"{}\"", endings.empty() ? "" : ", ", type.suffix);
  }
  return endings;
}

std::span<const BundleType> bundle_types()
{
  return k_bundle_types;
}

const BundleType* find_bundle_type(std::string_view format)
{
  const auto* const type = std::ranges::find(k_bundle_types, format, &BundleType::format);
  return type == std::end(k_bundle_types) ? nullptr : type;
}

Result<Bundle> parse_bundle(std::string_view text)
{
  if (text.empty()) {
    return Bundle{};
  }
  if (text.starts_with("s3://")) {
    return of_s3(text);
  }
  if (text.starts_with("https://")) {
    return of_web(text);
  }
  if (text.find("://") != std::string_view::npos) {
    return bad(text, "is of no known kind",
               "give s3://BUCKET/KEY.tar.gz, https://…, a file or a folder");
  }
  const BundleType* type = type_of(text);
  return Bundle{.kind = type != nullptr ? BundleKind::file : BundleKind::folder,
                .type = type != nullptr ? type : find_bundle_type(k_packed),
                .place = std::string(text)};
}

bool is_program(std::string_view path)
{
  std::vector<std::string> parts = split(path, '/');
  const auto has_programs = [](const std::string& part) {
    return part == "bin" || part == "releases" || part.starts_with("erts-");
  };
  if (!has_programs(parts.front())) { // a folder with the release in it
    parts.erase(parts.begin());
  }
  if (parts.empty()) {
    return false;
  }
  const std::string& top = parts.front();
  const std::string& name = parts.back();
  if (parts.size() == 2 && top == "bin") {
    return true;
  }
  if (parts.size() == 3 && top.starts_with("erts-") && parts[1] == "bin") {
    return true;
  }
  return parts.size() == 3 && top == "releases" && (name == "elixir" || name == "iex");
}

} // namespace flame::boot
