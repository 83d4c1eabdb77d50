#pragma once

#include "io/archive_library.hpp"

#include <clocale>
#include <memory>
#include <string>

// What reading and writing of archives have in common.
namespace flame::io {

// Every way in loads the library first, and ends there when it cannot.
inline const ArchiveLibrary& la()
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

constexpr std::size_t k_archive_block = 1UL * 1024 * 1024; // of bytes that go through at once

inline std::string text_of(const char* from)
{
  return from == nullptr ? std::string() : std::string(from);
}

} // namespace flame::io
