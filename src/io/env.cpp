#include "io/env.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace flame::io {

Environment environment()
{
  Environment env;
  for (char* const* entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      env.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return env;
}

std::string home_folder(const Environment& env)
{
  const auto home = env.find("HOME");
  if (home != env.end() && !home->second.empty()) {
    return home->second;
  }
  passwd entry = {};
  passwd* found = nullptr;
  std::array<char, 4096> buffer = {};
  const int failed = ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  return failed == 0 && found != nullptr ? found->pw_dir : "";
}

} // namespace flame::io
