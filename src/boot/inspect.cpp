#include "boot/inspect.hpp"

#include "base/text.hpp"
#include "boot/env_script.hpp"
#include "boot/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::boot {
namespace {

constexpr std::size_t k_most_named = 10; // mistakes of one archive that are told
constexpr std::uint64_t k_gib = 1024ULL * 1024 * 1024;
constexpr std::uint64_t k_most_unpacked = 8 * k_gib;
constexpr std::uint64_t k_most_factor = 200; // of its packed size, when that is more
constexpr std::size_t k_elf_head = 20;
constexpr std::size_t k_script_read = 64UL * 1024;

// Without "./" in front and '/' behind, which archives have and which mean nothing.
std::string plain(std::string_view path)
{
  while (path.starts_with("./")) {
    path.remove_prefix(2);
  }
  while (path.size() > 1 && path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return std::string(path == "." ? "" : path);
}

// Whether what a link at `path` points to stays below the folder of all.
bool stays_inside(std::string_view path, std::string_view target, bool hard)
{
  if (target.empty() || target.starts_with('/')) {
    return false;
  }
  int depth = 0;
  if (!hard) {
    depth = static_cast<int>(std::ranges::count(path, '/'));
  }
  for (const std::string& part : split(target, '/')) {
    depth += part == ".." ? -1 : part.empty() || part == "." ? 0 : 1;
    if (depth < 0) {
      return false;
    }
  }
  return true;
}

// Of a command for sh: the program, when it is a path in the release; "" for all else.
std::string program_in(std::string_view command)
{
  const std::string_view word = trim(command).substr(0, trim(command).find_first_of(" \t\n"));
  const bool simple = word.find_first_of("$`'\"\\;|&<>(){}*?~=") == std::string_view::npos;
  return simple && !word.starts_with('/') && word.find('/') != std::string_view::npos ? plain(word)
                                                                                      : "";
}

// "a/b/c" of two folders deep: the path below its first folder.
std::string_view below_top(std::string_view path)
{
  return path.substr(std::min(path.find('/') + 1, path.size()));
}

bool is_env_script(std::string_view path)
{
  const std::vector<std::string> parts = split(path, '/');
  const std::size_t n = parts.size();
  return (n == 3 || n == 4) && parts[n - 1] == "env.sh" && parts[n - 3] == "releases";
}

bool is_emulator(std::string_view path)
{
  const std::vector<std::string> parts = split(path, '/');
  const std::size_t n = parts.size();
  return (n == 3 || n == 4) && parts[n - 1] == "beam.smp" && parts[n - 2] == "bin"
         && parts[n - 3].starts_with("erts-");
}

std::string gib(std::uint64_t bytes)
{
  return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / static_cast<double>(k_gib));
}

} // namespace

std::string_view architecture_of_elf(std::string_view bytes)
{
  constexpr std::size_t k_machine = 18; // offset of e_machine, two bytes
  if (bytes.size() < k_elf_head
      || !bytes.starts_with("\x7f"
                            "ELF")) {
    return "";
  }
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  const bool little = byte(5) == 1;
  const int machine = byte(k_machine + (little ? 1 : 0)) << 8 | byte(k_machine + (little ? 0 : 1));
  return machine == 0x3E ? "x86_64" : machine == 0xB7 ? "arm64" : "";
}

void Inspection::bad(std::string_view path, std::string_view what)
{
  if (wrong_.size() < k_most_named) {
    wrong_.push_back(fmt::format("\"{}\" in the bundle {}", path, what));
  } else {
    ++more_wrong_;
  }
}

void Inspection::check_place(const std::string& path, const ArchiveEntry& entry)
{
  if (entry.kind == EntryKind::device || entry.kind == EntryKind::other) {
    bad(path, entry.kind == EntryKind::device ? "is a device" : "is no file, folder or link");
  }
  if (const std::string wrong = wrong_with_path(path); !wrong.empty()) {
    bad(path, wrong);
  }
  const bool link = entry.kind == EntryKind::link || entry.kind == EntryKind::hard_link;
  if (link && !stays_inside(path, entry.target, entry.kind == EntryKind::hard_link)) {
    bad(path, fmt::format("is a link to \"{}\", which is not in it", entry.target));
  }
}

void Inspection::look_into(const std::string& path, const ArchiveEntry& entry,
                           const std::function<std::string(std::size_t)>& read)
{
  const std::string wanted = program_in(what_.start_command);
  const std::string_view below = below_top(path);
  const bool in_bin = path.starts_with("bin/") || below.starts_with("bin/");
  const bool is_wanted = !wanted.empty() && (path == wanted || below == wanted);
  if ((in_bin || is_wanted) && entry.kind != EntryKind::folder) {
    programs_.insert(path);
  }
  if (!what_.backend.empty() && path.ends_with(fmt::format("/ebin/{}.beam", what_.backend))) {
    backend_is_there_ = true;
  }
  if (entry.kind == EntryKind::file && is_emulator(path)) {
    machine_ = architecture_of_elf(read(k_elf_head));
  }
  if (entry.kind == EntryKind::file && !what_.backend.empty() && is_env_script(path)
      && sets_node_regardless(read(k_script_read))) {
    env_scripts_.push_back(path);
  }
}

bool Inspection::add(const ArchiveEntry& entry, const std::function<std::string(std::size_t)>& read)
{
  const std::string path = plain(entry.path);
  ++entries_;
  unpacked_ += entry.size;
  over_ = entries_ > k_most_entries
          || (what_.packed_size != 0
              && unpacked_ > std::max(k_most_unpacked, what_.packed_size * k_most_factor));
  if (over_) {
    return false;
  }
  if (path.empty()) { // the folder of all
    return true;
  }
  check_place(path, entry);
  const bool deep = path.find('/') != std::string::npos;
  tops_.insert(path.substr(0, path.find('/'))
               + (deep || entry.kind == EntryKind::folder ? "/" : ""));
  look_into(path, entry, read);
  return true;
}

std::string Inspection::folder_alone() const
{
  return tops_.size() == 1 && tops_.begin()->ends_with('/') && *tops_.begin() != "bin/"
           ? *tops_.begin()
           : "";
}

// Where the machine finds the release: templates/place.sh has the same rule, and says it in words.
std::optional<std::string> Inspection::root() const
{
  const std::string program = fmt::format("bin/{}", what_.app);
  if (programs_.contains(program)) {
    return "";
  }
  for (const std::string& top : tops_) {
    if (top.ends_with('/') && !top.starts_with('.') && programs_.contains(top + program)) {
      return top;
    }
  }
  if (what_.start_command.empty()) {
    return std::nullopt;
  }
  return tops_.contains("release/") ? "release/" : folder_alone();
}

void Inspection::check_start(Mistakes& mistakes) const
{
  const std::string program = what_.start_command.empty() ? fmt::format("bin/{}", what_.app)
                                                          : program_in(what_.start_command);
  const std::optional<std::string> found = root();
  if (program.empty() || (found && programs_.contains(*found + program))) {
    return;
  }
  const std::string top = found.value_or(folder_alone());
  std::vector<std::string> others;
  for (const std::string& path : programs_) {
    if (path.starts_with(top + "bin/") && others.size() < 3) {
      others.push_back(path.substr(top.size()));
    }
  }
  mistakes.add(fmt::format("the bundle holds no {}, which would be started", program),
               others.empty()
                 ? std::string("give the folder or archive of a release, or --start-command")
                 : fmt::format("it holds {}; give --app or --start-command", join(others, ", ")));
}

Result<std::vector<std::string>> Inspection::result() const
{
  Mistakes mistakes(ErrorKind::config);
  for (const std::string& sentence : wrong_) {
    mistakes.add(sentence, "make the bundle anew, without it");
  }
  if (more_wrong_ > 0) {
    mistakes.add(fmt::format("{} more entries of the bundle are wrong", more_wrong_));
  }
  if (over_) {
    mistakes.add(entries_ > k_most_entries
                   ? fmt::format("the bundle holds more than {} entries", k_most_entries)
                   : fmt::format("the bundle of {} bytes unpacks to more than {}",
                                 what_.packed_size, gib(unpacked_)),
                 "this is no release; see what was packed");
  } else {
    check_start(mistakes);
  }
  if (what_.disk != 0 && unpacked_ + what_.packed_size > what_.disk) {
    mistakes.add(fmt::format("the bundle takes {} unpacked, and the machine's disk has {}",
                             gib(unpacked_ + what_.packed_size), gib(what_.disk)),
                 "give a larger --root-volume-size");
  }
  if (!mistakes.empty()) {
    return tl::unexpected(mistakes.error());
  }
  std::vector<std::string> warnings;
  if (!what_.backend.empty() && !backend_is_there_) {
    warnings.push_back(
      fmt::format("the bundle holds no {}.beam, the backend that FLAME_PARENT names: the release "
                  "cannot be ended by its parent",
                  what_.backend));
  }
  if (!machine_.empty() && !what_.architecture.empty() && machine_ != what_.architecture) {
    warnings.push_back(fmt::format("the bundle's Erlang is of {}, and the image of {}", machine_,
                                   what_.architecture));
  }
  for (const std::string& path : env_scripts_) {
    warnings.push_back(fmt::format("{} of the bundle sets RELEASE_NODE whatever it was: the parent "
                                   "will not find the release",
                                   path));
  }
  return warnings;
}

} // namespace flame::boot
