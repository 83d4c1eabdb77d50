#include "io/archive.hpp"

#include "io/archive_parts.hpp"

#include <fmt/format.h>

namespace flame::io {
namespace {

constexpr unsigned k_plain_mode = 0644;
constexpr unsigned k_program_mode = 0755;

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
    std::string piece(bytes.substr(0, k_archive_block));
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
                fmt::format("cannot pack by xz: {}", text_of(la().error_string(to))));
  }
  packed.resize(size);
  return packed;
}

} // namespace flame::io
