#include "io/archive.hpp"

#include "io/archive_library.hpp"

#include <fmt/format.h>

#include <clocale>

namespace flame::io {
namespace {

// Every way in loads the library first, and ends there when it cannot.
const ArchiveLibrary& la()
{
  return **load_archive_library();
}

struct Close {
  void operator()(archive* it) const { la().free(it); } // of readers and writers alike
  void operator()(archive_entry* it) const { la().entry_free(it); }
};
using Archive = std::unique_ptr<archive, Close>;
using Entry = std::unique_ptr<archive_entry, Close>;

// libarchive takes names to be of the locale, and ours are UTF-8 whatever that is.
class Utf8 {
public:
  Utf8() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr))
  {
    before_ = utf8_ == nullptr ? nullptr : ::uselocale(utf8_);
  }
  ~Utf8()
  {
    if (utf8_ != nullptr) {
      ::uselocale(before_);
      ::freelocale(utf8_);
    }
  }
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;

private:
  locale_t utf8_;
  locale_t before_ = nullptr;
};

constexpr std::size_t k_block = 1UL * 1024 * 1024;
constexpr unsigned k_plain_mode = 0644;
constexpr unsigned k_program_mode = 0755;
constexpr unsigned k_any_execute = 0111;

std::string text(const char* from)
{
  return from == nullptr ? std::string() : std::string(from);
}

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
  ArchiveEntry found{.path = text(la().entry_pathname(entry)),
                     .kind = kind_of(entry),
                     .executable = (la().entry_perm(entry) & k_any_execute) != 0};
  if (const la_int64_t size = la().entry_size(entry); size > 0) {
    found.size = static_cast<std::uint64_t>(size);
  }
  found.target = found.kind == EntryKind::link        ? text(la().entry_symlink(entry))
                 : found.kind == EntryKind::hard_link ? text(la().entry_hardlink(entry))
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

Result<void> visit_all(archive* reader, const std::string& name, const ArchiveReader::Visit& visit)
{
  for (;;) {
    archive_entry* entry = nullptr;
    const int got = la().read_next_header(reader, &entry);
    if (got == ARCHIVE_EOF) {
      return {};
    }
    if (got < ARCHIVE_WARN) {
      return broken(reader, name);
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

struct Packer::State {
  std::string path = {};
  Archive writer = Archive(la().write_new());

  Result<void> check(la_ssize_t done) const
  {
    if (done >= 0) {
      return {};
    }
    const char* const why = la().error_string(writer.get());
    return fail(ErrorKind::output, fmt::format("cannot write \"{}\": {}", path,
                                               why == nullptr ? "libarchive failed" : why));
  }
};

Packer::Packer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Packer::~Packer() = default;

Result<std::unique_ptr<Packer>> Packer::open(const std::string& path, Packing packing)
{
  if (const auto loaded = load_archive_library(); !loaded) {
    return tl::unexpected(loaded.error());
  }
  auto state = std::make_unique<State>();
  state->path = path;
  archive* const writer = state->writer.get();
  const bool packed = packing == Packing::gzip;
  const bool set = (!packed || la().write_add_filter_gzip(writer) == ARCHIVE_OK)
                   && la().write_set_format_pax_restricted(writer) == ARCHIVE_OK
                   && (!packed || la().write_set_options(writer, "gzip:!timestamp") == ARCHIVE_OK)
                   && la().write_open_filename(writer, path.c_str()) == ARCHIVE_OK;
  if (!set) {
    return tl::unexpected(state->check(-1).error());
  }
  return std::unique_ptr<Packer>(new Packer(std::move(state)));
}

Result<void> Packer::add(const ArchiveEntry& entry,
                         const std::function<Result<std::string>()>& next)
{
  const Utf8 names;
  const Entry header(la().entry_new());
  la().entry_set_pathname(header.get(), entry.path.c_str());
  la().entry_set_mtime(header.get(), 0, 0);
  const bool enterable = entry.executable || entry.kind == EntryKind::folder;
  la().entry_set_perm(header.get(), enterable ? k_program_mode : k_plain_mode);
  if (entry.kind == EntryKind::folder) {
    la().entry_set_filetype(header.get(), AE_IFDIR);
  } else if (entry.kind == EntryKind::link) {
    la().entry_set_filetype(header.get(), AE_IFLNK);
    la().entry_set_symlink(header.get(), entry.target.c_str());
  } else {
    la().entry_set_filetype(header.get(), AE_IFREG);
    la().entry_set_size(header.get(), static_cast<la_int64_t>(entry.size));
  }
  auto done = state_->check(la().write_header(state_->writer.get(), header.get()));
  std::uint64_t written = 0;
  while (done && entry.kind == EntryKind::file) {
    const auto piece = next();
    if (!piece) {
      return tl::unexpected(piece.error());
    }
    if (piece->empty()) {
      break;
    }
    written += piece->size();
    done = state_->check(la().write_data(state_->writer.get(), piece->data(), piece->size()));
  }
  if (done && entry.kind == EntryKind::file && written != entry.size) {
    return fail(ErrorKind::config, fmt::format("\"{}\" has changed while it was read", entry.path),
                "wait until the release is built, then try again");
  }
  return done;
}

Result<void> Packer::add(const ArchiveEntry& entry, std::string_view bytes)
{
  return add(entry, [&]() -> Result<std::string> {
    std::string piece(bytes.substr(0, k_block));
    bytes.remove_prefix(piece.size());
    return piece;
  });
}

Result<void> Packer::finish()
{
  return state_->check(la().write_close(state_->writer.get()));
}

Result<std::string> xz(std::string_view bytes)
{
  if (const auto loaded = load_archive_library(); !loaded) {
    return tl::unexpected(loaded.error());
  }
  constexpr std::size_t k_frame = 4096; // more than head, check and index take
  std::string packed(bytes.size() + bytes.size() / 8 + k_frame, '\0');
  std::size_t size = 0;
  const Archive writer(la().write_new());
  const Entry entry(la().entry_new());
  la().entry_set_filetype(entry.get(), AE_IFREG);
  archive* const to = writer.get();
  const bool done =
    la().write_add_filter_xz(to) == ARCHIVE_OK && la().write_set_format_raw(to) == ARCHIVE_OK
    && la().write_set_bytes_per_block(to, 0) == ARCHIVE_OK // nothing is padded
    && la().write_open_memory(to, packed.data(), packed.size(), &size) == ARCHIVE_OK
    && la().write_header(to, entry.get()) == ARCHIVE_OK
    && la().write_data(to, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size())
    && la().write_close(to) == ARCHIVE_OK;
  if (!done) {
    return fail(ErrorKind::internal,
                fmt::format("cannot pack by xz: {}", text(la().error_string(to))));
  }
  packed.resize(size);
  return packed;
}

Result<void> ArchiveReader::read_file(const std::string& path, const Visit& visit)
{
  const Utf8 names;
  const auto made = make_reader();
  if (!made) {
    return tl::unexpected(made.error());
  }
  archive* const reader = made->get();
  if (la().read_open_filename(reader, path.c_str(), k_block) != ARCHIVE_OK) {
    return broken(reader, path);
  }
  return visit_all(reader, path, visit);
}

Result<void> ArchiveReader::read_bytes(std::string_view bytes, const std::string& name,
                                       const Visit& visit)
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
  return visit_all(reader, name, visit);
}

} // namespace flame::io
