// Any bytes as a form: what was read can be written and read again, and a name that is taken for
// one of EC2's parameters is one by the table.

#include "aws/ec2_query.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace flame::aws;

void require(bool holds)
{
  if (!holds) {
    std::abort();
  }
}

// "Tag.12.Key" as "Tag.N.Key".
std::string with_n(std::string_view name)
{
  std::string pattern;
  for (const char c : name) {
    const bool digit = c >= '0' && c <= '9';
    if (digit && (pattern.ends_with(".N") || pattern.ends_with('.'))) {
      pattern += pattern.ends_with('.') ? "N" : "";
    } else {
      pattern += c;
    }
  }
  return pattern;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const Params params = parse_form(body);
  require(parse_form(form(params)) == params);
  const auto names = parameter_names("RunInstances");
  for (const auto& [name, value] : params) {
    if (is_known_parameter("RunInstances", name)) {
      require(std::ranges::count(names, with_n(name)) == 1);
    }
    const auto sent = serialize("RunInstances", {{name, {value}}});
    require(!sent || is_known_parameter("RunInstances", sent->back().first));
  }
  return 0;
}
