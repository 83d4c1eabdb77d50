#include "io/archive.hpp"
#include "io/archive_parts.hpp"

#include <fmt/format.h>

namespace flame::io {
namespace {

constexpr unsigned k_any_execute = 0111;

EntryKind kind_of(archive_entry* entry)
{
  if (la().entry_hardlink(entry) != nullptr) {
    return EntryKind::hard_link;
  }
  switch (la().entry_filetype(entry)) {
  case AE_IFREG:
    return EntryKind::file;
  case AE_IFDIR:
    return EntryKind::folder;
  case AE_IFLNK:
    return EntryKind::link;
  case AE_IFCHR:
  case AE_IFBLK:
    return EntryKind::device;
  default:
    return EntryKind::other;
  }
}

ArchiveEntry entry_of(archive_entry* entry)
{
  ArchiveEntry found{.path = text_of(la().entry_pathname(entry)),
                     .kind = kind_of(entry),
                     .executable = (la().entry_perm(entry) & k_any_execute) != 0};
  if (const la_int64_t size = la().entry_size(entry); size > 0) {
    found.size = static_cast<std::uint64_t>(size);
  }
  found.target = found.kind == EntryKind::link        ? text_of(la().entry_symlink(entry))
                 : found.kind == EntryKind::hard_link ? text_of(la().entry_hardlink(entry))
                                                      : "";
  return found;
}

Result<Archive> make_reader()
{
  if (const auto loaded = load_archive_library(); !loaded) {
    return tl::unexpected(loaded.error());
  }
  Archive reader(la().read_new());
  la().read_support_format_tar(reader.get());
  la().read_support_filter_gzip(reader.get());
  la().read_support_filter_zstd(reader.get());
  la().read_support_filter_xz(reader.get());
  return reader;
}

tl::unexpected<Error> broken(archive* reader, const std::string& name)
{
  const char* const why = la().error_string(reader);
  return fail(
    ErrorKind::config,
    fmt::format("\"{}\" is no whole archive: {}", name, why == nullptr ? "it cannot be read" : why),
    "see whether tar -tf reads it; make or upload it anew");
}

// "gzip"; "xz in gzip" of what is packed twice; "" of a plain tar.
std::string packers_of(archive* reader)
{
  std::string all;
  for (int i = 0; i < la().filter_count(reader); ++i) {
    if (const std::string one = text_of(la().filter_name(reader, i));
        !one.empty() && one != "none") {
      all += (all.empty() ? "" : " in ") + one;
    }
  }
  return all;
}

// libarchive finds out what an archive is, and the machine goes by its name.
Result<void> check_packers(archive* reader, const std::string& name, const std::string& wanted)
{
  const std::string found = packers_of(reader);
  if (found == wanted) {
    return {};
  }
  const auto words = [](const std::string& packers) {
    return packers.empty() ? std::string("not packed") : fmt::format("packed by {}", packers);
  };
  return fail(
    ErrorKind::config,
    fmt::format("\"{}\" is {}, and by its name it is {}", name, words(found), words(wanted)),
    "the machine unpacks it by its name: rename it, or pack it anew");
}

Result<void> visit_all(archive* reader, const std::string& name, const ArchiveReader::Visit& visit,
                       const ArchiveReader::Packed& packed)
{
  for (bool checked = false;; checked = true) {
    archive_entry* entry = nullptr;
    const int got = la().read_next_header(reader, &entry);
    if (got < ARCHIVE_WARN) {
      return broken(reader, name);
    }
    if (auto right = checked || !packed ? Result<void>() : check_packers(reader, name, *packed);
        !right || got == ARCHIVE_EOF) {
      return right;
    }
    const auto read = [&](std::size_t longest) {
      std::string bytes(longest, '\0');
      const la_ssize_t size = la().read_data(reader, bytes.data(), longest);
      bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
      return bytes;
    };
    if (!visit(entry_of(entry), read)) {
      return {};
    }
  }
}

} // namespace

Result<void> ArchiveReader::read_file(const std::string& path, const Visit& visit,
                                      const Packed& packed)
{
  const Utf8 names;
  const auto made = make_reader();
  if (!made) {
    return tl::unexpected(made.error());
  }
  archive* const reader = made->get();
  if (la().read_open_filename(reader, path.c_str(), k_archive_block) != ARCHIVE_OK) {
    return broken(reader, path);
  }
  return visit_all(reader, path, visit, packed);
}

Result<void> ArchiveReader::read_bytes(std::string_view bytes, const std::string& name,
                                       const Visit& visit, const Packed& packed)
{
  const Utf8 names;
  const auto made = make_reader();
  if (!made) {
    return tl::unexpected(made.error());
  }
  archive* const reader = made->get();
  if (la().read_open_memory(reader, bytes.data(), bytes.size()) != ARCHIVE_OK) {
    return broken(reader, name);
  }
  return visit_all(reader, name, visit, packed);
}

} // namespace flame::io
