#pragma once

#include "base/error.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <string>

// libarchive, loaded when a bundle is packed or looked into, and not before: it brings libxml2 and
// ICU along, which cost every other call a third of its time and memory. In the static build
// (FLAME_STATIC_ARCHIVE) it is within the program, without these.
namespace flame::io {

// The functions of one shared library; kept loaded to the end of the process.
class SharedLibrary {
public:
  explicit SharedLibrary(const char* name); // a file's name, as the dynamic linker finds it

  // Becomes a pointer to the function; null when there is none of that name.
  struct Symbol {
    void* address = nullptr;
    template <class Function> operator Function*() const
    {
      return reinterpret_cast<Function*>(address); // as POSIX promises of dlsym
    }
  };
  Symbol operator[](const char* name);

  const std::string& missing() const
  {
    return missing_;
  } // the first failure, in the linker's words

private:
  void* handle_ = nullptr;
  std::string missing_ = {};
};

// Each member is the function `archive_MEMBER` of <archive.h> or <archive_entry.h>.
struct ArchiveLibrary {
#ifdef FLAME_STATIC_ARCHIVE
#define FLAME_FUNCTION(name) (&(name))
  static std::string missing()
  {
    return {};
  }
#else
#define FLAME_FUNCTION(name) in[#name]
  static constexpr const char* k_name = "libarchive.so.13"; // the ABI of libarchive 3

  SharedLibrary in = SharedLibrary(k_name);
  const std::string& missing() const
  {
    return in.missing();
  }
#endif

  decltype(&archive_version_number) version_number = FLAME_FUNCTION(archive_version_number);
  decltype(&archive_free) free = FLAME_FUNCTION(archive_free);
  decltype(&archive_error_string) error_string = FLAME_FUNCTION(archive_error_string);

  decltype(&archive_read_new) read_new = FLAME_FUNCTION(archive_read_new);
  decltype(&archive_read_support_format_tar) read_support_format_tar =
    FLAME_FUNCTION(archive_read_support_format_tar);
  decltype(&archive_read_support_filter_gzip) read_support_filter_gzip =
    FLAME_FUNCTION(archive_read_support_filter_gzip);
  decltype(&archive_read_support_filter_zstd) read_support_filter_zstd =
    FLAME_FUNCTION(archive_read_support_filter_zstd);
  decltype(&archive_read_support_filter_xz) read_support_filter_xz =
    FLAME_FUNCTION(archive_read_support_filter_xz);
  decltype(&archive_read_open_filename) read_open_filename =
    FLAME_FUNCTION(archive_read_open_filename);
  decltype(&archive_read_open_memory) read_open_memory = FLAME_FUNCTION(archive_read_open_memory);
  decltype(&archive_read_next_header) read_next_header = FLAME_FUNCTION(archive_read_next_header);
  decltype(&archive_filter_count) filter_count = FLAME_FUNCTION(archive_filter_count);
  decltype(&archive_filter_name) filter_name = FLAME_FUNCTION(archive_filter_name);
  decltype(&archive_read_data) read_data = FLAME_FUNCTION(archive_read_data);

  decltype(&archive_write_new) write_new = FLAME_FUNCTION(archive_write_new);
  decltype(&archive_write_open_memory) write_open_memory =
    FLAME_FUNCTION(archive_write_open_memory);
  decltype(&archive_write_set_bytes_per_block) write_set_bytes_per_block =
    FLAME_FUNCTION(archive_write_set_bytes_per_block);
  decltype(&archive_write_set_format_raw) write_set_format_raw =
    FLAME_FUNCTION(archive_write_set_format_raw);
  decltype(&archive_write_add_filter_xz) write_add_filter_xz =
    FLAME_FUNCTION(archive_write_add_filter_xz);
  decltype(&archive_write_add_filter_gzip) write_add_filter_gzip =
    FLAME_FUNCTION(archive_write_add_filter_gzip);
  decltype(&archive_write_set_format_pax_restricted) write_set_format_pax_restricted =
    FLAME_FUNCTION(archive_write_set_format_pax_restricted);
  decltype(&archive_write_set_options) write_set_options =
    FLAME_FUNCTION(archive_write_set_options);
  decltype(&archive_write_open_filename) write_open_filename =
    FLAME_FUNCTION(archive_write_open_filename);
  decltype(&archive_write_header) write_header = FLAME_FUNCTION(archive_write_header);
  decltype(&archive_write_data) write_data = FLAME_FUNCTION(archive_write_data);
  decltype(&archive_write_close) write_close = FLAME_FUNCTION(archive_write_close);

  decltype(&archive_entry_new) entry_new = FLAME_FUNCTION(archive_entry_new);
  decltype(&archive_entry_free) entry_free = FLAME_FUNCTION(archive_entry_free);
  decltype(&archive_entry_pathname) entry_pathname = FLAME_FUNCTION(archive_entry_pathname);
  decltype(&archive_entry_hardlink) entry_hardlink = FLAME_FUNCTION(archive_entry_hardlink);
  decltype(&archive_entry_symlink) entry_symlink = FLAME_FUNCTION(archive_entry_symlink);
  decltype(&archive_entry_filetype) entry_filetype = FLAME_FUNCTION(archive_entry_filetype);
  decltype(&archive_entry_perm) entry_perm = FLAME_FUNCTION(archive_entry_perm);
  decltype(&archive_entry_size) entry_size = FLAME_FUNCTION(archive_entry_size);
  decltype(&archive_entry_set_pathname) entry_set_pathname =
    FLAME_FUNCTION(archive_entry_set_pathname);
  decltype(&archive_entry_set_mtime) entry_set_mtime = FLAME_FUNCTION(archive_entry_set_mtime);
  decltype(&archive_entry_set_perm) entry_set_perm = FLAME_FUNCTION(archive_entry_set_perm);
  decltype(&archive_entry_set_filetype) entry_set_filetype =
    FLAME_FUNCTION(archive_entry_set_filetype);
  decltype(&archive_entry_set_symlink) entry_set_symlink =
    FLAME_FUNCTION(archive_entry_set_symlink);
  decltype(&archive_entry_set_size) entry_set_size = FLAME_FUNCTION(archive_entry_set_size);
#undef FLAME_FUNCTION
};

// Kind config: this computer has no libarchive.
Result<const ArchiveLibrary*> load_archive_library();

} // namespace flame::io
