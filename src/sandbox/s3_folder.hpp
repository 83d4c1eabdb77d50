#pragma once

#include "sandbox/s3.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// The files behind S3's objects. Writers leave the old object or the new one, never a part.
namespace flame::sandbox {

struct Object {
  std::string path = {};
  std::uint64_t size = 0;
  std::string etag = {}; // with its quotes; not an MD5, as of encrypted objects
  Seconds modified = {};
  HeaderList about = {}; // names in lower case
};

std::string_view about(const Object& object, std::string_view name); // "" when it has no such

bool has_bucket(const S3Store& store, const std::string& bucket);
bool has_rule(const S3Store& store, const std::string& bucket, std::string_view rule);

// A key whose path would be another one's, or leave the folder, is no object here.
bool is_plain_key(const std::string& key);

// `version`: "" for the newest.
std::optional<Object> find_object(const S3Store& store, const S3Name& name,
                                  const std::string& version);
std::vector<std::string> all_keys(const S3Store& store, const std::string& bucket); // sorted

// `only_new`: 412 when there is one.
Ec2Result<Object> write_object(const S3Store& store, const S3Name& name, std::string_view bytes,
                               HeaderList about, bool only_new);
void remove_object(const S3Store& store, const S3Name& name);

// A name below .s3/uploads for what is being written.
std::filesystem::path upload_folder(const S3Store& store, const std::string& id);
Ec2Result<void> write_whole(const std::filesystem::path& path, std::string_view bytes);
std::string read_whole(const std::filesystem::path& path);

HeaderList parse_about(std::string_view text);
std::string about_text(const HeaderList& about);

} // namespace flame::sandbox
