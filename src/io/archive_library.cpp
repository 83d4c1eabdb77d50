#include "io/archive_library.hpp"

#include <fmt/format.h>

#include <dlfcn.h>

namespace flame::io {
namespace {

std::string why_not()
{
  const char* const why = dlerror(); // NOLINT(concurrency-mt-unsafe): glibc keeps one a thread
  return why == nullptr ? "unknown to the dynamic linker" : why;
}

} // namespace

SharedLibrary::SharedLibrary(const char* name) : handle_(dlopen(name, RTLD_LAZY | RTLD_LOCAL))
{
  if (handle_ == nullptr) {
    missing_ = why_not();
  }
}

SharedLibrary::Symbol SharedLibrary::operator[](const char* name)
{
  if (handle_ == nullptr) {
    return {};
  }
  void* const address = dlsym(handle_, name);
  if (address == nullptr && missing_.empty()) {
    missing_ = why_not();
  }
  return {address};
}

Result<const ArchiveLibrary*> load_archive_library()
{
  static ArchiveLibrary library;
  if (library.missing().empty()) {
    return &library;
  }
  return fail(ErrorKind::config,
              fmt::format("bundles are packed and looked into by libarchive, which cannot be "
                          "loaded: {}",
                          library.missing()),
              "install it (Debian and Ubuntu: libarchive13 or libarchive13t64), or give a bundle "
              "that is on S3, with inspect = false");
}

} // namespace flame::io
