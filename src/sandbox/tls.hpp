#pragma once

#include "base/error.hpp"
#include "sandbox/server.hpp"

#include <string>

namespace flame::sandbox {

// Makes a certificate for localhost, *.localhost and 127.0.0.1 that is its own authority, and its
// key, as files of `folder`. Good for 30 days.
Result<TlsFiles> make_tls_files(const std::string& folder);

} // namespace flame::sandbox
