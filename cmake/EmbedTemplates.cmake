# Writes OUT, a C++ file that holds every file of DIR as text: the scripts stay scripts, for
# shellcheck and for readers, and the binary needs no file at run time.
file(GLOB templates ${DIR}/*)
list(SORT templates)
set(rows "")
foreach(path ${templates})
  get_filename_component(name ${path} NAME)
  file(READ ${path} text)
  string(APPEND rows "  {\"${name}\", R\"__text__(${text})__text__\"},\n")
endforeach()
file(WRITE ${OUT}.new "// Made by cmake/EmbedTemplates.cmake.
#include \"boot/templates.hpp\"

namespace flame::boot {
namespace {
constexpr Template k_templates[] = {
${rows}};
} // namespace

std::span<const Template> templates()
{
  return k_templates;
}
} // namespace flame::boot
")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
file(REMOVE ${OUT}.new)
