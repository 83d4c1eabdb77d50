#include "sandbox/state_folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <system_error>

namespace flame::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_prefix = "flame-ec2-sandbox.";

// A descriptor that holds the folder's lock, or -1. The kernel lets go of it when we die.
int lock(const fs::path& folder)
{
  const int file =
    ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    return -1;
  }
  return file;
}

bool is_ours(const fs::path& folder)
{
  struct stat about = {};
  return folder.filename().string().starts_with(k_prefix) && ::lstat(folder.c_str(), &about) == 0
         && S_ISDIR(about.st_mode) && about.st_uid == ::geteuid();
}

// A younger one may be about to be locked.
bool is_old(const fs::path& folder)
{
  std::error_code failed;
  const fs::path lock = folder / "lock"; // missing: killed before it was made
  const auto written = fs::last_write_time(fs::exists(lock, failed) ? lock : folder, failed);
  return !failed && fs::file_time_type::clock::now() - written > std::chrono::seconds(5);
}

// The lock goes last: what cannot be removed yet keeps the folder known as one that is left.
void remove_folder(const fs::path& folder)
{
  std::error_code failed;
  bool all = true;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().filename() != "lock") {
      fs::remove_all(entry.path(), failed);
      all = all && !failed;
    }
  }
  if (all) {
    fs::remove_all(folder, failed);
  }
}

} // namespace

StateFolder::StateFolder(std::string path, int lock, bool temporary)
  : path_(std::move(path)), lock_(lock), temporary_(temporary)
{
}

Result<std::unique_ptr<StateFolder>> StateFolder::take(const std::string& path)
{
  std::error_code failed;
  fs::path folder = path.empty() ? fs::path() : fs::absolute(path, failed);
  if (path.empty()) {
    remove_left_behind();
    std::string pattern =
      (fs::temp_directory_path(failed) / fmt::format("{}XXXXXX", k_prefix)).string();
    folder = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  } else {
    fs::create_directories(folder, failed);
  }
  if (failed || folder.empty() || !fs::is_directory(folder)) {
    return fail(ErrorKind::config, fmt::format("cannot make the state folder {}", folder.string()));
  }
  const int file = lock(folder);
  if (file < 0) {
    return fail(ErrorKind::config,
                fmt::format("the state folder {} cannot be locked", folder.string()),
                "another sandbox may have it; give another --state");
  }
  return std::unique_ptr<StateFolder>(new StateFolder(folder.string(), file, path.empty()));
}

void StateFolder::remove_left_behind()
{
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(failed), failed)) {
    if (!is_ours(entry.path()) || !is_old(entry.path())) {
      continue;
    }
    const int file = lock(entry.path());
    if (file >= 0) {
      remove_folder(entry.path());
      ::close(file);
    }
  }
}

StateFolder::~StateFolder()
{
  std::error_code ignored;
  if (temporary_) {
    remove_folder(path_);
  } else {
    fs::remove(fs::path(path_) / "lock", ignored);
  }
  ::close(lock_);
}

} // namespace flame::sandbox
