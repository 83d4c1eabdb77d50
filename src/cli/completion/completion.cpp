#include "cli/completion/completion.hpp"

#include "aws/endpoints.hpp"
#include "aws/public_images.hpp"
#include "cli/config_file.hpp"
#include "cli/read_settings.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace flame::cli {
namespace {

bool is_plain(std::string_view text)
{
  return !text.empty() && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

std::string lines(const std::vector<std::string>& values)
{
  std::string text;
  for (const std::string& value : values) {
    text += is_plain(value) ? value + "\n" : "";
  }
  return text;
}

std::string pools(const World& world)
{
  return lines(read_config_file({}, world, {}).layers.pools);
}

std::string profiles(const World& world)
{
  return lines(aws_profile_names(world));
}

std::string images(const World& /*world*/)
{
  std::vector<std::string> names;
  for (const aws::PublicImage& image : aws::public_images()) {
    names.emplace_back(image.name);
  }
  return lines(names);
}

std::string regions(const World& /*world*/)
{
  const auto known = aws::known_regions();
  return lines({known.begin(), known.end()});
}

// To add a kind of values: a row here, and its name in the `completes` of options and flags.
struct Asked {
  std::string_view kind;
  std::string (*values)(const World& world);
};
constexpr Asked k_asked[] = {
  {"images", images}, {"pools", pools}, {"profiles", profiles}, {"regions", regions}};

const Asked* find_asked(std::string_view kind)
{
  const auto row = std::ranges::find(k_asked, kind, &Asked::kind);
  return row == std::end(k_asked) ? nullptr : &*row;
}

} // namespace

std::string completion(std::string_view shell)
{
  return shell == "bash"   ? bash_completion()
         : shell == "zsh"  ? zsh_completion()
         : shell == "fish" ? fish_completion()
                           : "";
}

bool can_be_asked(std::string_view kind)
{
  return find_asked(kind) != nullptr;
}

std::string asked_values(std::string_view kind, const World& world)
{
  const Asked* row = find_asked(kind);
  return row == nullptr ? "" : row->values(world);
}

} // namespace flame::cli
