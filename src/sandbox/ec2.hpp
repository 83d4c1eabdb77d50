#pragma once

#include "sandbox/ec2_state.hpp"
#include "sandbox/ec2_types.hpp"
#include "sandbox/message.hpp"
#include "sandbox/world.hpp"
#include "sandbox/xml.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// EC2's Query API, version 2016-11-15: one function an action.
namespace flame::sandbox {

struct Ec2Call {
  const Params& params; // without Action, Version and what signs the request
  std::string region = {};
  std::string request_id = {};
  Ec2State& state;
  std::optional<Ec2Error> no_capacity = {}; // a fault that RunInstances itself gives
  std::vector<std::string> regions = {};    // of the account
};

// The answer's XML. One file each: ec2_run.cpp, ec2_describe.cpp, ec2_resources.cpp,
// ec2_regions.cpp, ec2_terminate.cpp, ec2_console.cpp, ec2_images.cpp; both of templates in
// ec2_templates.cpp, those of networks in ec2_network.cpp.
Ec2Result<std::string> run_instances(const Ec2Call& call);
Ec2Result<std::string> describe_instances(const Ec2Call& call);
Ec2Result<std::string> describe_volumes(const Ec2Call& call);
Ec2Result<std::string> describe_network_interfaces(const Ec2Call& call);
Ec2Result<std::string> describe_regions(const Ec2Call& call);
Ec2Result<std::string> describe_subnets(const Ec2Call& call);
Ec2Result<std::string> describe_route_tables(const Ec2Call& call);
Ec2Result<std::string> describe_vpc_endpoints(const Ec2Call& call);
Ec2Result<std::string> describe_security_groups(const Ec2Call& call);
Ec2Result<std::string> describe_instance_type_offerings(const Ec2Call& call);
Ec2Result<std::string> terminate_instances(const Ec2Call& call);
Ec2Result<std::string> get_console_output(const Ec2Call& call);
Ec2Result<std::string> describe_images(const Ec2Call& call);
Ec2Result<std::string> create_launch_template(const Ec2Call& call);
Ec2Result<std::string> describe_launch_template_versions(const Ec2Call& call);

// All of it: action, version, parameter names.
Ec2Result<std::string> serve_ec2(const std::string& action, const Ec2Call& call);
bool is_ec2_action(std::string_view action);
bool is_parameter(std::string_view action, std::string_view name);
// Whether such a refusal of RunInstances comes after its token has been bound.
bool is_capacity_code(std::string_view code);

Reply ec2_error_reply(const Ec2Error& error, const std::string& request_id);

// What RunInstances asks for, all defaults of the account and the template filled in. Pure.
Ec2Result<Launch> parse_launch(const Params& params, const std::string& region,
                               const TemplateBook& templates);
// Its steps that have files of their own.
Ec2Result<Params> with_template(const Params& params, const TemplateBook& templates);
Ec2Result<void> take_image(const Params& params, Launch& launch);
Ec2Result<void> take_disks(const Params& params, Launch& launch);
Ec2Result<void> take_options(const Params& params, Launch& launch);

Ec2Result<const Image*> image_named(const std::string& id); // EC2's errors when there is none

// Filters of all Describe… actions.
struct Filter {
  std::string name = {};
  std::vector<std::string> values = {}; // patterns; any of them
};
// `known` says which names there are.
Ec2Result<std::vector<Filter>> parse_filters(const Params& params,
                                             const std::function<bool(const std::string&)>& known);
// `values` gives what a thing has under a name.
bool passes(const std::vector<Filter>& filters,
            const std::function<std::vector<std::string>(const std::string&)>& values);
// What the filters tag:KEY and tag-key look at; nullopt for any other.
std::optional<std::vector<std::string>> tag_values(const Params& tags, const std::string& filter);
bool is_instance_filter(const std::string& name);
bool passes(const Instance& instance, const std::vector<Filter>& filters);

// The item of an instancesSet, without its <item>.
void write_instance(Xml& xml, const Instance& instance);
void write_tags(Xml& xml, const Params& tags); // a tagSet

// "volume flame-ec2:run-id=ci-7 KEY=VALUE", or "network-interface …": one that no machine has.
// Kind usage.
Result<Resource> parse_leftover(std::string_view line, const std::string& region);

// Reading parameters. A list is Name.1, Name.2, … in order of its numbers.
std::string get(const Params& params, const std::string& name, std::string_view otherwise = {});
std::vector<std::string> get_list(const Params& params, const std::string& name);
Ec2Result<bool> get_bool(const Params& params, const std::string& name, bool otherwise);
Ec2Result<int> get_int(const Params& params, const std::string& name, int otherwise);
// "TagSpecification", to {"1", "2"}: the indices that some parameter has.
std::vector<std::string> indices(const Params& params, const std::string& prefix);
bool has_any(const Params& params, std::string_view prefix);
bool is_id(std::string_view id, std::string_view prefix); // "ami-" and 8 or 17 hex digits
Ec2Result<void> check_dry_run(const Params& params);      // DryRunOperation, when it is one

} // namespace flame::sandbox
