#pragma once

#include <pugixml.hpp>
#include <tl/expected.hpp>

#include <string>
#include <string_view>

// Reads AWS's XML strictly: what pugixml lets pass and AWS never sends is refused here. Pure.
namespace flame::aws {

// One whole document in UTF-8 without a document type, at most 64 elements deep. The error says
// what the text is instead, as the end of a sentence: "is an HTML page".
tl::expected<pugi::xml_document, std::string> load_xml(std::string_view text);

// All text directly in the element, as it was written; "" for no element.
std::string text_of(pugi::xml_node element);

// The text at a path below the element: "stateReason/code".
std::string text_at(pugi::xml_node element, const char* path);

} // namespace flame::aws
