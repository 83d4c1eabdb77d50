#pragma once

#include "aws/s3.hpp"
#include "base/error.hpp"

#include <span>
#include <string_view>

// What a release bundle can be. To add a type: a row in bundle.cpp.
namespace flame::boot {

struct BundleType {
  std::string_view format;   // "tar.gz"
  std::string_view suffix;   // ".tgz"; longer ones come first
  std::string_view unpacker; // the machine's program that makes a tar of it; "" when it is one
};

struct Bundle {
  const BundleType* type = nullptr; // static, never null in a Result
  aws::S3Object object = {};
};

std::span<const BundleType> bundle_types(); // all rows

// The first row of that format, nullptr when there is none.
const BundleType* find_bundle_type(std::string_view format);

// Kind config: no S3 URL, or an ending that no row has; the hint lists the endings.
Result<Bundle> parse_bundle(std::string_view url);

} // namespace flame::boot
