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

// A name that we know and AWS does not, as of a release that is not out in the Region.
Error unknown_image(Error why, std::string_view image, std::string_view parameter)
{
  std::vector<std::string_view> others;
  for (const aws::PublicImage& row : aws::public_images()) {
    if (row.name != image) {
      others.push_back(row.name);
    }
  }
  why.message = fmt::format(
    "the Region has no image {}: AWS has no parameter {} (ParameterNotFound)", image, parameter);
  why.hint =
    fmt::format("take another of {}, or an image by its id: --image-id", fmt::join(others, ", "));
  return why;
}

// A missing right is a warning, unless there is no way without.
Result<void> without(LookedUp& done, const aws::ApiError& error, bool needed, std::string warning)
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
  done.warnings.push_back(std::move(warning));
  return {};
}

class Asking {
public:
  Asking(LookedUp done, const Settings& settings, aws::Ec2Api& ec2, aws::SsmApi& ssm,
         aws::CallLimit limit)
    : settings_(settings), ec2_(ec2), ssm_(ssm), limit_(limit), done_(std::move(done))
  {
  }

  Result<LookedUp> all()
  {
    return parameter().and_then([&] { return image(); }).map([&] {
      facts().looked_up = true;
      return std::move(done_);
    });
  }

private:
  Result<void> parameter()
  {
    const std::string id = root_image_id_of(settings_, facts());
    const bool named = !settings_.image.empty() && !template_has_image(settings_, facts());
    if (!is_parameter(id) || !(named || needs_image(settings_, facts()))) {
      return {};
    }
    const std::string name = id.substr(aws::k_resolve.size());
    auto value = ssm_.parameter(name, limit_);
    if (!value && named && value.error().error.aws_code == "ParameterNotFound") {
      return tl::unexpected(unknown_image(value.error().error, settings_.image, name));
    }
    if (!value) { // AWS's answer does not always name it
      value.error().error.message =
        fmt::format("cannot read the parameter {}: {}", name, value.error().error.message);
      return without(
        done_, value.error(), wants_root_volume(settings_),
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
        done_, images.error(), wants_root_volume(settings_),
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
  return look_into_template(std::move(facts), settings, ec2, limit).and_then([&](LookedUp done) {
    return Asking(std::move(done), settings, ec2, ssm, limit).all();
  });
}

Result<LookedUp> look_into_template(Facts facts, const Settings& settings, aws::Ec2Api& ec2,
                                    aws::CallLimit limit)
{
  LookedUp done{.facts = std::move(facts)};
  const std::string& id = settings.launch_template_id;
  if (id.empty() || done.facts.looked_into_template) {
    return done;
  }
  done.facts.looked_into_template = true;
  const std::string& version = settings.launch_template_version;
  auto found = ec2.launch_template(id, version.empty() ? "$Default" : version, limit);
  if (found) {
    done.facts.launch_template = std::move(*found);
    return done;
  }
  return without(done, found.error(), wants_root_volume(settings),
                 fmt::format("no permission to look into launch template {} "
                             "(ec2:DescribeLaunchTemplateVersions); it is sent unseen",
                             id))
    .map([&] { return std::move(done); });
}

Lookups lookups_in(const Settings& settings)
{
  const Facts nothing;
  Lookups found{.launch_template = settings.launch_template_id,
                .image = needs_image(settings, nothing)};
  const std::string id = root_image_id_of(settings, nothing);
  if (!is_parameter(id)) {
    found.image_id = id;
  } else if (found.image || !settings.image.empty()) {
    found.parameter = id.substr(aws::k_resolve.size());
  }
  return found;
}

std::vector<std::string> lookups_of(const Settings& settings)
{
  const Lookups all = lookups_in(settings);
  std::vector<std::string> found;
  if (!all.launch_template.empty()) {
    found.push_back(fmt::format("launch template {}", all.launch_template));
  }
  if (!all.parameter.empty()) {
    found.push_back(fmt::format("parameter {}", all.parameter));
  }
  if (all.image) {
    found.push_back(all.image_id.empty() ? "its image" : fmt::format("image {}", all.image_id));
  }
  return found;
}

} // namespace flame::boot
