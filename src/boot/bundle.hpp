#pragma once

#include "aws/s3.hpp"
#include "base/error.hpp"

#include <span>
#include <string>
#include <string_view>

// What a release bundle can be. To add a type: a row in bundle.cpp.
namespace flame::boot {

struct BundleType {
  std::string_view format;   // "tar.gz"
  std::string_view suffix;   // ".tgz"; longer ones come first
  std::string_view unpacker; // the machine's program that makes a tar of it; "" when it is one
};

enum class BundleKind {
  nothing,   // an empty folder, for a command of `run`
  object,    // s3://bucket/key.tar.gz
  s3_folder, // s3://bucket/prefix/
  web,       // https://…
  file,      // on this computer
  folder     // on this computer, or a file whose ending is unknown: only a look tells
};

struct Bundle {
  BundleKind kind = BundleKind::nothing;
  const BundleType* type = nullptr; // static; null for nothing alone: folders are packed as tar.gz
  aws::S3Object object = {};        // of an object, or a folder: its key is "" or ends in '/'
  std::string place = {};           // URL or path of the others
};

bool is_local(const Bundle& bundle);
bool is_folder(const Bundle& bundle);

std::span<const BundleType> bundle_types(); // all rows
std::string known_endings();                // "\".tar.gz\", \".tgz\"", for messages

// The first row of that format, nullptr when there is none.
const BundleType* find_bundle_type(std::string_view format);

// "" is nothing. Kind config: a URL that is none, or an ending that no row has; the hint lists the
// endings.
Result<Bundle> parse_bundle(std::string_view text);

// Whether a file of a release has to be executable, by its path in the bundle, whose top or a
// folder in it is the release's: S3 keeps no modes. Scripts ("#!…") are so too, which only their
// content tells.
bool is_program(std::string_view path);

} // namespace flame::boot
