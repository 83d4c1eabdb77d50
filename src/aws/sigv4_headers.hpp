#pragma once

#include "aws/sigv4.hpp"

#include <string>
#include <string_view>

// Parts that the stages of the signer share.
namespace flame::aws {

// nullptr when absent. Names are compared without case.
const std::string* find_header(const Headers& headers, std::string_view name);
void remove_header(Headers& headers, std::string_view name);

// "host;x-amz-date"
std::string signed_header_names(const Headers& headers, SignedHeaders which);

// "host:example.com\nx-amz-date:…\n\nhost;x-amz-date": the lines of the headers, a blank line and
// their names.
void append_canonical_headers(std::string& canonical, const Headers& headers, SignedHeaders which);

// The last line of the canonical request.
std::string payload_hash(const Request& request, const SigningOptions& options);

} // namespace flame::aws
