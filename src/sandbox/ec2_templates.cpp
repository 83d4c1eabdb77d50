#include "sandbox/ec2_templates.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/random.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>

// The book of launch templates, CreateLaunchTemplate and DescribeLaunchTemplateVersions.
namespace flame::sandbox {
namespace {

constexpr std::string_view k_xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";
constexpr std::string_view k_data = "LaunchTemplateData.";

Params data_of(const Template& row)
{
  Params data;
  const auto add = [&](const char* name, std::string_view value) {
    if (!value.empty()) {
      data[name] = value;
    }
  };
  add("ImageId", row.image);
  add("InstanceType", row.type);
  add("SecurityGroupId.1", row.group);
  add("UserData", to_base64(row.user_data));
  add("NetworkInterface.1.SubnetId", row.subnet);
  add("NetworkInterface.1.DeviceIndex", row.subnet.empty() ? "" : "0");
  return data;
}

int number_of(const LaunchTemplate& found, const std::string& version) // 0: there is none
{
  const int last = static_cast<int>(found.versions.size());
  if (version.empty() || version == "$Default") {
    return found.default_version;
  }
  for (int number = 1; number <= last; ++number) {
    if (fmt::format("{}", number) == version) {
      return number;
    }
  }
  return version == "$Latest" ? last : 0;
}

std::string answer_name(std::string name) // "VolumeSize" to "volumeSize"
{
  const std::string first = to_lower(name.substr(0, 1));
  return name.replace(0, 1, first);
}

// The parameters below `prefix`, without it.
Params below(const Params& params, const std::string& prefix)
{
  Params found;
  for (auto at = params.lower_bound(prefix); at != params.end(); ++at) {
    if (!at->first.starts_with(prefix)) {
      break;
    }
    found[at->first.substr(prefix.size())] = at->second;
  }
  return found;
}

void write(Xml& xml, const Params& params, bool of_interface);

void write_list(Xml& xml, const Params& params, const std::string& name, bool of_interface)
{
  // The one list of an answer whose names are others.
  const bool groups = of_interface && name == "SecurityGroupId";
  const std::string set = groups ? "groupSet" : answer_name(name) + "Set";
  xml.open(set);
  for (const std::string& index : indices(params, name)) {
    const std::string path = fmt::format("{}.{}", name, index);
    if (params.contains(path)) {
      xml.text(groups ? "groupId" : "item", params.at(path));
    } else {
      xml.open("item");
      write(xml, below(params, path + "."), name == "NetworkInterface");
      xml.close("item");
    }
  }
  xml.close(set);
}

// Parameters as an answer has them.
void write(Xml& xml, const Params& params, bool of_interface)
{
  std::string last;
  for (const auto& [path, value] : params) {
    const std::string name = path.substr(0, path.find('.'));
    if (name == last) {
      continue;
    }
    last = name;
    if (name == path) {
      xml.text(answer_name(name), value);
    } else if (!indices(params, name).empty()) {
      write_list(xml, params, name, of_interface);
    } else {
      xml.open(answer_name(name));
      write(xml, below(params, name + "."), false);
      xml.close(answer_name(name));
    }
  }
}

void write_version(Xml& xml, const TemplateChoice& chosen)
{
  xml.open("item").text("launchTemplateId", chosen.whole.id);
  xml.text("launchTemplateName", chosen.whole.name);
  xml.text("versionNumber", fmt::format("{}", chosen.version));
  xml.text("defaultVersion", chosen.version == chosen.whole.default_version ? "true" : "false");
  xml.open("launchTemplateData");
  write(xml, chosen.data(), false);
  xml.close("launchTemplateData").close("item");
}

} // namespace

TemplateBook::TemplateBook()
{
  LaunchTemplate always{.id = std::string(k_template_id),
                        .name = std::string(k_template_name),
                        .default_version = k_template_default};
  for (const Template& row : template_versions()) {
    always.versions.push_back(data_of(row));
  }
  templates_.push_back(std::move(always));
}

Ec2Result<LaunchTemplate> TemplateBook::add(const std::string& name, Params data)
{
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(templates_, name, &LaunchTemplate::name) != templates_.end()) {
    return refuse("InvalidLaunchTemplateName.AlreadyExistsException",
                  "Launch template name already in use.");
  }
  templates_.push_back({.id = "lt-" + random_hex(17), .name = name, .versions = {std::move(data)}});
  return templates_.back();
}

Ec2Result<TemplateChoice> TemplateBook::find(const std::string& id, const std::string& name,
                                             const std::string& version) const
{
  if (!id.empty() && !is_id(id, "lt-")) {
    return refuse("InvalidLaunchTemplateId.Malformed",
                  fmt::format(R"(Invalid id: "{}" (expecting "lt-..."))", id));
  }
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(templates_, [&](const LaunchTemplate& one) {
    return id.empty() ? one.name == name : one.id == id;
  });
  if (found == templates_.end() && !id.empty()) {
    return refuse(
      "InvalidLaunchTemplateId.NotFound",
      fmt::format("The specified launch template, with template ID {}, does not exist.", id));
  }
  if (found == templates_.end()) {
    return refuse("InvalidLaunchTemplateName.NotFoundException",
                  fmt::format("The specified launch template, with template name {}, does not "
                              "exist.",
                              name));
  }
  const int number = number_of(*found, version);
  if (number == 0) {
    return refuse("InvalidLaunchTemplateId.VersionNotFound",
                  fmt::format("Could not find the specified version {} for the launch template "
                              "with ID {}.",
                              version, found->id));
  }
  return TemplateChoice{*found, number};
}

Ec2Result<std::string> create_launch_template(const Ec2Call& call)
{
  const std::string name = get(call.params, "LaunchTemplateName");
  if (name.empty()) {
    return refuse("MissingParameter", "The request must contain the parameter LaunchTemplateName");
  }
  const auto added = call.state.templates().add(name, below(call.params, std::string(k_data)));
  if (!added) {
    return tl::unexpected(added.error());
  }
  Xml xml;
  xml.open("CreateLaunchTemplateResponse", k_xmlns).text("requestId", call.request_id);
  xml.open("launchTemplate").text("launchTemplateId", added->id);
  xml.text("launchTemplateName", added->name).text("defaultVersionNumber", "1");
  xml.text("latestVersionNumber", "1").close("launchTemplate");
  return xml.close("CreateLaunchTemplateResponse").take();
}

Ec2Result<std::string> describe_launch_template_versions(const Ec2Call& call)
{
  const std::string id = get(call.params, "LaunchTemplateId");
  const std::string name = get(call.params, "LaunchTemplateName");
  if (id.empty() == name.empty()) {
    return refuse("MissingParameter", "The request must contain either a launch template ID or a "
                                      "launch template name");
  }
  std::vector<std::string> versions = get_list(call.params, "LaunchTemplateVersion");
  if (versions.empty()) { // all of them
    const auto latest = call.state.templates().find(id, name, "$Latest");
    if (!latest) {
      return tl::unexpected(latest.error());
    }
    for (int number = 1; number <= latest->version; ++number) {
      versions.push_back(fmt::format("{}", number));
    }
  }
  Xml xml;
  xml.open("DescribeLaunchTemplateVersionsResponse", k_xmlns).text("requestId", call.request_id);
  xml.open("launchTemplateVersionSet");
  for (const std::string& version : versions) {
    const auto chosen = call.state.templates().find(id, name, version);
    if (!chosen) {
      return tl::unexpected(chosen.error());
    }
    write_version(xml, *chosen);
  }
  xml.close("launchTemplateVersionSet").close("DescribeLaunchTemplateVersionsResponse");
  return xml.take();
}

} // namespace flame::sandbox
