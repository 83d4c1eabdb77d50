#pragma once

#include "aws/s3.hpp"
#include "base/error.hpp"

#include <span>
#include <string_view>

// What a release bundle can be. To add a type: a row in bundle.cpp and its script in
// boot/templates.
namespace flame::boot {

struct BundleType {
  std::string_view name;   // "tarball"
  std::string_view suffix; // ".tar.gz"; longer ones come first
  std::string_view fetch;  // the template that fetches and unpacks it
};

struct Bundle {
  const BundleType* type = nullptr; // static, never null in a Result
  aws::S3Object object = {};
};

std::span<const BundleType> bundle_types(); // all rows

// Kind config: no S3 URL, or an ending that no row has; the hint lists the endings.
Result<Bundle> parse_bundle(std::string_view url);

} // namespace flame::boot
