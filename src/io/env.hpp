#pragma once

#include <map>
#include <string>

// The environment of the process, read once.
namespace flame::io {

using Environment = std::map<std::string, std::string>;

// All variables, byte for byte; the first wins when a name is there twice, as in getenv().
Environment environment();

// $HOME, else what the user database says of this user, else "".
std::string home_folder(const Environment& env);

} // namespace flame::io
