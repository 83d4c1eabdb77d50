#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

// Names for images that AWS and the distributions keep in public parameters, always the newest of
// their release. To add one: a row in public_images.cpp. Pure.
namespace flame::aws {

struct PublicImage {
  std::string_view name;      // "debian-12"
  std::string_view parameter; // "{}" stands for the architecture
  std::string_view x86_64;    // what it is called there
  std::string_view arm64;
};

std::span<const PublicImage> public_images(); // those whose systemd can run a release: 245 and up

const PublicImage* find_public_image(std::string_view name); // nullptr: no such name
std::string parameter_of(const PublicImage& image, std::string_view architecture);

inline constexpr std::string_view k_resolve = "resolve:ssm:"; // before a parameter, for an image id

// "arm64" or "x86_64": EC2 gives the types with a processor of its own a "g" behind the number of
// their generation.
std::string_view architecture_of(std::string_view instance_type);

} // namespace flame::aws
