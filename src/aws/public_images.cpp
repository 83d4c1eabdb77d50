#include "aws/public_images.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

// Sources: Amazon EC2 User Guide, "Reference the latest AMIs using Systems Manager public
// parameters"; Canonical, "Find Ubuntu images on AWS"; Debian wiki, "Cloud/AmazonEC2Image".
namespace flame::aws {
namespace {

// clang-format off
constexpr PublicImage k_images[] = {
  {"al2023",         "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}",         "x86_64", "arm64"},
  {"al2023-minimal", "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-{}", "x86_64", "arm64"},
  {"debian-11",      "/aws/service/debian/release/11/latest/{}",                                  "amd64",  "arm64"},
  {"debian-12",      "/aws/service/debian/release/12/latest/{}",                                  "amd64",  "arm64"},
  {"debian-13",      "/aws/service/debian/release/13/latest/{}",                                  "amd64",  "arm64"},
  {"ubuntu-22.04",   "/aws/service/canonical/ubuntu/server/22.04/stable/current/{}/hvm/ebs-gp2/ami-id", "amd64", "arm64"},
  {"ubuntu-24.04",   "/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id", "amd64", "arm64"},
  {"ubuntu-26.04",   "/aws/service/canonical/ubuntu/server/26.04/stable/current/{}/hvm/ebs-gp3/ami-id", "amd64", "arm64"},
};
// clang-format on

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

} // namespace

std::span<const PublicImage> public_images()
{
  return k_images;
}

const PublicImage* find_public_image(std::string_view name)
{
  const auto found = std::ranges::find(k_images, name, &PublicImage::name);
  return found == std::end(k_images) ? nullptr : &*found;
}

std::string parameter_of(const PublicImage& image, std::string_view architecture)
{
  return fmt::format(fmt::runtime(image.parameter),
                     architecture == "arm64" ? image.arm64 : image.x86_64);
}

std::string_view architecture_of(std::string_view instance_type)
{
  const std::string_view family = instance_type.substr(0, instance_type.find('.'));
  if (family == "a1") { // the first of them, before that rule
    return "arm64";
  }
  const auto generation = std::ranges::find_if(family, is_digit);
  return std::find(generation, family.end(), 'g') == family.end() ? "x86_64" : "arm64";
}

} // namespace flame::aws
