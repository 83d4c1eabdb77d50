#pragma once

#include "aws/s3_api.hpp"
#include "boot/progress.hpp"

#include <cstdint>
#include <functional>
#include <string>

// Files to S3.
namespace flame::cli {

// Above this a file goes in parts.
inline constexpr std::uint64_t k_in_one_piece = 100UL * 1000 * 1000;

struct Upload {
  std::string path = {}; // on this computer
  aws::S3Object to = {};
  std::string sha256 = {}; // hex, of the file
};

struct UploadParts {
  aws::S3Api& s3;
  std::function<aws::CallLimit()> limit; // of each call
  boot::Progress& progress;
  const Cancel& cancel;
  std::uint64_t in_one_piece = k_in_one_piece;
};

// Whether it was written: false when an object of that size and digest is there already. Kind
// config when the file is no longer that of the digest. An upload that fails or is interrupted
// leaves no parts behind, as far as S3 can be reached.
Result<bool> upload(const Upload& what, const UploadParts& parts);

} // namespace flame::cli
