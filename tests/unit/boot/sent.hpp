#pragma once

#include "boot/plan.hpp"
#include "boot/request.hpp"
#include "support/fake_ec2.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>

// What RunInstances is sent for settings, by name and value.
namespace flame::boot::tests {

using Map = std::map<std::string, std::string>;

inline config::Settings least()
{
  return {.region = "eu-west-1",
          .app = "shop",
          .bundle = "s3://releases/shop.tar.gz",
          .image_id = "ami-1",
          .instance_types = {"t3.small"},
          .max_lifetime = config::Lifetime{std::chrono::hours(1)}};
}

// As for an image that was looked at.
inline Facts facts()
{
  return {.now = *parse_iso8601("2026-01-15T08:15:30Z"),
          .random_run_id = "r-1",
          .nonce = "n0nce",
          .looked_up = true,
          .image = aws::Image{.id = "ami-1",
                              .state = "available",
                              .architecture = "x86_64",
                              .root_device = "/dev/xvda",
                              .root_volume_size = 8}};
}

inline Facts facts_with(aws::LaunchTemplate found)
{
  Facts known = facts();
  known.launch_template = std::move(found);
  return known;
}

inline Map launch(const config::Settings& settings, const Facts& known)
{
  const auto plan = make_plan(settings, known);
  REQUIRE_MESSAGE(plan.has_value(), (plan ? "" : plan.error().message));
  const aws::Params params =
    launch_parameters(*plan, plan->candidates.front(), "#!/bin/sh\n", "token");
  Map map;
  for (const auto& [name, value] : params) {
    CAPTURE(name);
    CHECK(aws::is_known_parameter("RunInstances", name));
    CHECK(map.emplace(name, value).second);
  }
  return map;
}

// What is sent beyond, or otherwise than for `than`.
inline Map more(const Map& sent, const Map& than)
{
  Map found;
  std::ranges::set_difference(sent, than, std::inserter(found, found.end()));
  return found;
}

inline Map sent_for(const std::function<void(config::Settings&)>& set, const Facts& known = facts())
{
  config::Settings settings = least();
  set(settings);
  return more(launch(settings, known), launch(least(), facts()));
}

inline std::string mistake_of(const std::function<void(config::Settings&)>& set,
                              const Facts& known = facts())
{
  config::Settings settings = least();
  set(settings);
  const auto plan = make_plan(settings, known);
  REQUIRE(!plan);
  CHECK(plan.error().kind == ErrorKind::config);
  CHECK(plan.error().also.empty());
  return plan.error().message;
}

} // namespace flame::boot::tests
