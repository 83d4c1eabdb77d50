#include "boot/look_up.hpp"

#include "aws/public_images.hpp"
#include "boot/image.hpp"

#include <fmt/format.h>

namespace flame::boot {
namespace {

using config::Settings;

bool is_parameter(std::string_view image_id)
{
  return image_id.starts_with(aws::k_resolve);
}

// Whether architecture or root device of the image decide something.
bool needs_image(const Settings& settings, const Facts& facts)
{
  const bool default_type = settings.instance_types.empty() && settings.image.empty()
                            && !template_has_type(settings, facts);
  return wants_root_volume(settings) || default_type;
}

class Asking {
public:
  Asking(Facts facts, const Settings& settings, aws::Ec2Api& ec2, aws::SsmApi& ssm,
         aws::CallLimit limit)
    : settings_(settings), ec2_(ec2), ssm_(ssm), limit_(limit), done_{.facts = std::move(facts)}
  {
  }

  Result<LookedUp> all()
  {
    return launch_template()
      .and_then([&] { return parameter(); })
      .and_then([&] { return image(); })
      .map([&] {
        facts().looked_up = true;
        return std::move(done_);
      });
  }

private:
  Result<void> launch_template()
  {
    const std::string& id = settings_.launch_template_id;
    if (id.empty()) {
      return {};
    }
    const std::string& version = settings_.launch_template_version;
    auto found = ec2_.launch_template(id, version.empty() ? "$Default" : version, limit_);
    if (found) {
      facts().launch_template = std::move(*found);
      return {};
    }
    return without(found.error(), wants_root_volume(settings_),
                   fmt::format("no permission to look into launch template {} "
                               "(ec2:DescribeLaunchTemplateVersions); it is sent unseen",
                               id));
  }

  Result<void> parameter()
  {
    const std::string id = root_image_id_of(settings_, facts());
    const bool named = !settings_.image.empty() && !template_has_image(settings_, facts());
    if (!is_parameter(id) || !(named || needs_image(settings_, facts()))) {
      return {};
    }
    const std::string name = id.substr(aws::k_resolve.size());
    const auto value = ssm_.parameter(name, limit_);
    if (!value) {
      return without(
        value.error(), wants_root_volume(settings_),
        fmt::format("no permission to read the parameter {} (ssm:GetParameter); EC2 is "
                    "left to do it",
                    name));
    }
    if (!value->starts_with("ami-")) {
      return fail(ErrorKind::config, fmt::format("the parameter {} holds no image id", name),
                  "give a parameter whose value begins with ami-");
    }
    facts().image_id = *value;
    return {};
  }

  Result<void> image()
  {
    const std::string id = root_image_id_of(settings_, facts());
    if (!id.starts_with("ami-") || !needs_image(settings_, facts())) {
      return {};
    }
    auto images = ec2_.describe_images({id}, limit_);
    if (!images) {
      return without(
        images.error(), wants_root_volume(settings_),
        fmt::format("no permission to look at image {} (ec2:DescribeImages); it is taken "
                    "for one of x86_64",
                    id));
    }
    if (images->empty()) {
      return fail(
        ErrorKind::config, fmt::format("image {} is not there", id),
        "check the id, that it is of this Region, and that it is shared with the account");
    }
    facts().image = std::move(images->front());
    return {};
  }

  // A missing right is a warning, unless there is no way without.
  Result<void> without(const aws::ApiError& error, bool needed, std::string warning)
  {
    if (error.error_class != aws::ErrorClass::permission) {
      return tl::unexpected(error.error);
    }
    if (needed) {
      Error why = error.error;
      why.hint = "the settings of the root volume need the name that the image gives it: allow "
                 "the action, or leave them out";
      return tl::unexpected(std::move(why));
    }
    done_.warnings.push_back(std::move(warning));
    return {};
  }

  Facts& facts() { return done_.facts; }

  const Settings& settings_;
  aws::Ec2Api& ec2_;
  aws::SsmApi& ssm_;
  aws::CallLimit limit_;
  LookedUp done_;
};

} // namespace

Result<LookedUp> look_up(Facts facts, const Settings& settings, aws::Ec2Api& ec2, aws::SsmApi& ssm,
                         aws::CallLimit limit)
{
  return Asking(std::move(facts), settings, ec2, ssm, limit).all();
}

std::vector<std::string> lookups_of(const Settings& settings)
{
  const Facts nothing;
  std::vector<std::string> found;
  if (!settings.launch_template_id.empty()) {
    found.push_back(fmt::format("launch template {}", settings.launch_template_id));
  }
  const std::string id = root_image_id_of(settings, nothing);
  const bool looked_at = needs_image(settings, nothing);
  if (is_parameter(id) && (looked_at || !settings.image.empty())) {
    found.push_back(fmt::format("parameter {}", id.substr(aws::k_resolve.size())));
  }
  if (looked_at) {
    found.push_back(is_parameter(id) || id.empty() ? "its image" : fmt::format("image {}", id));
  }
  return found;
}

} // namespace flame::boot
