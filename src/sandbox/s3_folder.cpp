#include "sandbox/s3_folder.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/random.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace flame::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_beside = ".s3";

bool is_bucket_name(std::string_view name)
{
  const bool letters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  return letters && name.size() >= 3 && name.size() <= 63 && name.find("..") == std::string::npos
         && name.front() != '.' && name.front() != '-';
}

fs::path beside(const S3Store& store, std::string_view kind, const std::string& bucket)
{
  return fs::path(store.folder) / k_beside / kind / bucket;
}

// The file of the key below `root`, followed through links, which must not lead out of it.
fs::path file_below(const fs::path& folder, const std::string& key)
{
  std::error_code failed;
  const fs::path root = fs::canonical(folder, failed);
  const fs::path path =
    failed || !is_plain_key(key) ? fs::path() : fs::canonical(root / key, failed);
  const bool below =
    std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
  return failed || !below ? fs::path() : path;
}

tl::unexpected<Ec2Error> no_write(const std::string& what)
{
  return tl::unexpected(Ec2Error{
    .status = 500, .code = "InternalError", .message = fmt::format("cannot write {}", what)});
}

} // namespace

std::string_view about(const Object& object, std::string_view name)
{
  const auto found =
    std::ranges::find_if(object.about, [&](const auto& header) { return header.first == name; });
  return found == object.about.end() ? std::string_view() : std::string_view(found->second);
}

bool has_bucket(const S3Store& store, const std::string& bucket)
{
  std::error_code ignored;
  return is_bucket_name(bucket) && fs::is_directory(fs::path(store.folder) / bucket, ignored);
}

bool has_rule(const S3Store& store, const std::string& bucket, std::string_view rule)
{
  const std::vector<std::string> rules = split(read_whole(beside(store, "buckets", bucket)), '\n');
  return std::ranges::find(rules, rule) != rules.end();
}

bool is_plain_key(const std::string& key)
{
  const std::vector<std::string> pieces = split(key, '/');
  return key.find('\0') == std::string::npos && std::ranges::none_of(pieces, [](const auto& piece) {
           return piece.empty() || piece == "." || piece == "..";
         });
}

std::string read_whole(const fs::path& path)
{
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Ec2Result<void> write_whole(const fs::path& path, std::string_view bytes)
{
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file ? Ec2Result<void>() : no_write(path.string());
}

fs::path upload_folder(const S3Store& store, const std::string& id)
{
  return beside(store, "uploads", id);
}

HeaderList parse_about(std::string_view text)
{
  HeaderList headers;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) {
      headers.emplace_back(to_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
    }
  }
  return headers;
}

std::string about_text(const HeaderList& about)
{
  std::string text;
  for (const auto& [name, value] : about) {
    text += fmt::format("{}: {}\n", name, value);
  }
  return text;
}

std::optional<Object> find_object(const S3Store& store, const S3Name& name,
                                  const std::string& version)
{
  const HeaderList headers =
    parse_about(read_whole(file_below(beside(store, "about", name.bucket), name.key)));
  Object object{.about = headers};
  const bool newest = version.empty() || about(object, "x-amz-version-id") == version;
  const fs::path path =
    newest ? file_below(fs::path(store.folder) / name.bucket, name.key)
           : file_below(beside(store, "versions", name.bucket), name.key + "/" + version);
  struct stat about = {};
  if (path.empty() || ::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) {
    return std::nullopt;
  }
  if (!newest) {
    object.about = {{"x-amz-version-id", version}};
  }
  const std::string state = fmt::format("{}/{}/{}/{}/{}", path.string(), about.st_size,
                                        about.st_ino, about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
  object.path = path.string();
  object.size = static_cast<std::uint64_t>(about.st_size);
  object.etag = "\"" + to_hex(sha256(state)).substr(0, 32) + "\"";
  object.modified = Seconds(std::chrono::seconds(about.st_mtim.tv_sec));
  return object;
}

std::vector<std::string> all_keys(const S3Store& store, const std::string& bucket)
{
  std::vector<std::string> keys;
  std::error_code failed;
  const fs::path root = fs::path(store.folder) / bucket;
  for (fs::recursive_directory_iterator at(root, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_regular_file(failed)) {
      keys.push_back(at->path().lexically_relative(root).string());
    }
  }
  std::ranges::sort(keys);
  return keys;
}

Ec2Result<Object> write_object(const S3Store& store, const S3Name& name, std::string_view bytes,
                               HeaderList about, bool only_new)
{
  if (!is_plain_key(name.key)) {
    return no_write("a key that is no path of a file");
  }
  const fs::path path = fs::path(store.folder) / name.bucket / name.key;
  const fs::path draft = upload_folder(store, random_hex(16));
  if (const auto written = write_whole(draft, bytes); !written) {
    return tl::unexpected(written.error());
  }
  std::error_code failed;
  if (has_rule(store, name.bucket, "versions")) {
    about.emplace_back("x-amz-version-id", random_secret(16));
    std::ranges::replace(about.back().second, '/', '_');
    const fs::path copy = beside(store, "versions", name.bucket) / name.key / about.back().second;
    fs::create_directories(copy.parent_path(), failed);
    fs::copy_file(draft, copy, failed);
  }
  fs::create_directories(path.parent_path(), failed);
  const bool placed = only_new ? ::link(draft.c_str(), path.c_str()) == 0
                               : ::rename(draft.c_str(), path.c_str()) == 0;
  const int why = errno;
  fs::remove(draft, failed);
  if (!placed && only_new && why == EEXIST) {
    return tl::unexpected(
      Ec2Error{.status = 412,
               .code = "PreconditionFailed",
               .message = "At least one of the pre-conditions you specified did not hold"});
  }
  const auto noted =
    placed ? write_whole(beside(store, "about", name.bucket) / name.key, about_text(about))
           : Ec2Result<void>(no_write(name.key));
  const auto object = find_object(store, name, "");
  return noted && object ? Ec2Result<Object>(*object) : no_write(name.key);
}

void remove_object(const S3Store& store, const S3Name& name)
{
  std::error_code ignored;
  if (is_plain_key(name.key)) {
    fs::remove(fs::path(store.folder) / name.bucket / name.key, ignored);
    fs::remove(beside(store, "about", name.bucket) / name.key, ignored);
  }
}

} // namespace flame::sandbox
