#pragma once

#include <cstddef>
#include <string>

// From the kernel, fit for secrets.
namespace flame::sandbox {

std::string random_hex(std::size_t digits);   // 0-9 a-f
std::string random_upper(std::size_t digits); // A-Z 2-7, as in access key ids
std::string random_secret(std::size_t size);  // A-Z a-z 0-9 + /, as in secret keys
std::string random_uuid();                    // as in request ids

} // namespace flame::sandbox
