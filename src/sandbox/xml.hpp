#pragma once

#include <string>
#include <string_view>

namespace flame::sandbox {

// Writes XML 1.0 without blanks between elements.
class Xml {
public:
  Xml& open(std::string_view name, std::string_view xmlns = {});
  Xml& close(std::string_view name);
  Xml& text(std::string_view name, std::string_view value);  // <name>value</name>, escaped
  Xml& maybe(std::string_view name, std::string_view value); // only when it is not empty
  std::string take() { return std::move(out_); }

private:
  std::string out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
};

// A JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

} // namespace flame::sandbox
