#pragma once

#include <string>
#include <string_view>

namespace flame::client {

// What to do about a refusal, from the JSON that STS DecodeAuthorizationMessage gives: who may not
// do what to which resource, and whether a policy denies it. "" when it does not say. Pure.
std::string hint_of_refusal(std::string_view decoded);

} // namespace flame::client
