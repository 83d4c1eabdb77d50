#include "aws/xml.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::aws {
namespace {

constexpr int k_deepest = 64; // EC2's own answers stay under 16

// Fragments are let in, to see and refuse what stands beside the root. Text within its element is
// half the memory of text in a node of its own: an answer can be of a thousand machines.
constexpr unsigned k_parse = pugi::parse_escapes | pugi::parse_eol | pugi::parse_cdata
                             | pugi::parse_ws_pcdata_single | pugi::parse_doctype
                             | pugi::parse_fragment | pugi::parse_embed_pcdata;

class DepthCheck : public pugi::xml_tree_walker {
public:
  bool for_each(pugi::xml_node& /*node*/) override { return depth() < k_deepest; }
};

bool is_html(std::string_view text)
{
  const std::string start = to_lower(trim(text).substr(0, 15));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

bool is_text(pugi::xml_node node)
{
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

// "" for text that may be parsed.
std::string_view before_parsing(std::string_view text)
{
  if (trim(text).empty()) {
    return "is empty";
  }
  if (is_html(text)) {
    return "is an HTML page";
  }
  if (text.find('\0') != std::string_view::npos || !is_valid_utf8(text)) {
    return "is no UTF-8 text";
  }
  return "";
}

// "" for a document of one root and nothing else.
std::string_view after_parsing(pugi::xml_document& document)
{
  const auto top = document.children();
  if (std::ranges::any_of(top,
                          [](pugi::xml_node node) { return node.type() == pugi::node_doctype; })) {
    return "has a document type, which AWS never sends";
  }
  const auto roots = std::ranges::count_if(
    top, [](pugi::xml_node node) { return node.type() == pugi::node_element; });
  const bool stray = std::ranges::any_of(
    top, [](pugi::xml_node node) { return is_text(node) && !trim(node.value()).empty(); });
  if (roots != 1 || stray) {
    return roots == 0 ? "is no XML" : "has text or elements beside its root";
  }
  DepthCheck depth;
  return document.traverse(depth) ? "" : "is nested too deeply";
}

} // namespace

tl::expected<pugi::xml_document, std::string> load_xml(std::string_view text)
{
  if (const std::string_view why = before_parsing(text); !why.empty()) {
    return tl::unexpected(std::string(why));
  }
  pugi::xml_document document;
  const auto parsed = document.load_buffer(text.data(), text.size(), k_parse, pugi::encoding_utf8);
  if (!parsed) {
    return tl::unexpected(fmt::format("is no whole XML: {} at byte {} of {}",
                                      to_lower(parsed.description()), parsed.offset, text.size()));
  }
  if (const std::string_view why = after_parsing(document); !why.empty()) {
    return tl::unexpected(std::string(why));
  }
  return document;
}

std::string text_of(pugi::xml_node element)
{
  std::string text = element.value(); // what stands first; the rest is in children
  for (const pugi::xml_node child : element.children()) {
    if (is_text(child)) {
      text += child.value();
    }
  }
  return text;
}

std::string text_at(pugi::xml_node element, const char* path)
{
  return text_of(element.first_element_by_path(path));
}

} // namespace flame::aws
