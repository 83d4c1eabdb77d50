#include "support/fake_ec2.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::test {
namespace {

template <typename T> T take_front(std::deque<T>& answers, T otherwise)
{
  if (answers.empty()) {
    return otherwise;
  }
  T answer = std::move(answers.front());
  answers.pop_front();
  return answer;
}

bool is_ended(aws::InstanceState state)
{
  return state == aws::InstanceState::terminated || state == aws::InstanceState::shutting_down;
}

} // namespace

aws::Outcome<FakeEc2::Machines> FakeEc2::run_instances(const aws::Params& params, aws::CallLimit)
{
  const std::string token = value_of(params, "ClientToken");
  auto known = std::ranges::find(tokens_, token);
  if (known == tokens_.end()) {
    tokens_.push_back(token);
    known = tokens_.end() - 1;
  }
  calls.push_back(
    fmt::format("run {} token {}", value_of(params, "InstanceType"), known - tokens_.begin() + 1));
  launched_with.push_back(params);
  const Answer answer = take_front(launches, Answer(api_failure(aws::ErrorClass::unknown)));
  if (const auto* error = std::get_if<aws::ApiError>(&answer)) {
    return tl::unexpected(*error);
  }
  const auto& machines = std::get<Machines>(answer);
  for (const aws::Instance& launched : machines) {
    if (!is_ended(launched.state)) {
      alive.insert(launched.id);
    }
  }
  return machines;
}

aws::Outcome<FakeEc2::Machines> FakeEc2::describe_instances(const aws::DescribeQuery& query,
                                                            aws::CallLimit)
{
  queries.push_back(query);
  calls.push_back(query.ids.empty() ? fmt::format("lookup {}", query.filters.front().first)
                                    : fmt::format("describe {}", fmt::join(query.ids, " ")));
  const Answer answer = take_front(looks, Answer(Machines{}));
  if (on_describe) {
    on_describe();
  }
  if (const auto* error = std::get_if<aws::ApiError>(&answer)) {
    return tl::unexpected(*error);
  }
  const auto& machines = std::get<Machines>(answer);
  for (const aws::Instance& seen : machines) {
    if (is_ended(seen.state)) {
      alive.erase(seen.id);
    } else {
      alive.insert(seen.id);
    }
  }
  return machines;
}

aws::Outcome<std::vector<aws::Resource>>
FakeEc2::describe_resources(aws::ResourceKind kind, const aws::DescribeQuery&, aws::CallLimit)
{
  calls.push_back(fmt::format("look for {}s", aws::name(kind)));
  if (!resources) {
    return resources;
  }
  std::vector<aws::Resource> found;
  std::ranges::copy_if(*resources, std::back_inserter(found),
                       [&](const aws::Resource& resource) { return resource.kind == kind; });
  return found;
}

aws::Outcome<std::vector<std::string>> FakeEc2::describe_regions(aws::CallLimit)
{
  calls.emplace_back("regions");
  return regions;
}

aws::Outcome<std::vector<aws::StateChange>>
FakeEc2::terminate_instances(const std::vector<std::string>& ids, aws::CallLimit)
{
  calls.push_back(fmt::format("terminate {}", fmt::join(ids, " ")));
  if (!refusals.empty()) {
    return tl::unexpected(take_front(refusals, aws::ApiError{}));
  }
  for (const std::string& id : ids) {
    if (const auto found = bad.find(id); found != bad.end()) {
      return tl::unexpected(found->second);
    }
  }
  std::vector<aws::StateChange> changes;
  for (const std::string& id : ids) {
    alive.erase(id);
    changes.push_back({.id = id, .current = aws::InstanceState::shutting_down});
  }
  return changes;
}

aws::Outcome<aws::ConsoleOutput> FakeEc2::console_output(const std::string& id, bool latest,
                                                         aws::CallLimit)
{
  calls.push_back(fmt::format("console {}{}", id, latest ? " latest" : ""));
  const auto answer = take_front(consoles, std::variant<std::string, aws::ApiError>(""));
  if (on_console) {
    on_console();
  }
  if (const auto* error = std::get_if<aws::ApiError>(&answer)) {
    return tl::unexpected(*error);
  }
  return aws::ConsoleOutput{.text = std::get<std::string>(answer)};
}

aws::Outcome<std::vector<aws::Image>> FakeEc2::describe_images(const std::vector<std::string>& ids,
                                                               aws::CallLimit)
{
  calls.push_back(fmt::format("image {}", fmt::join(ids, " ")));
  if (refused.contains("image")) {
    return tl::unexpected(refused.at("image"));
  }
  std::vector<aws::Image> found;
  for (const std::string& id : ids) {
    if (images.contains(id)) {
      found.push_back(images.at(id));
    }
  }
  return found;
}

aws::Outcome<aws::LaunchTemplate>
FakeEc2::launch_template(const std::string& id_or_name, const std::string& version, aws::CallLimit)
{
  calls.push_back(fmt::format("template {} {}", id_or_name, version));
  if (refused.contains("template")) {
    return tl::unexpected(refused.at("template"));
  }
  if (!templates.contains(id_or_name)) {
    return tl::unexpected(
      api_failure(aws::ErrorClass::parameter, "InvalidLaunchTemplateId.NotFound"));
  }
  return templates.at(id_or_name);
}

aws::Outcome<std::string> FakeSsm::parameter(const std::string& name, aws::CallLimit)
{
  calls.push_back(name);
  if (refused) {
    return tl::unexpected(*refused);
  }
  if (!parameters.contains(name)) {
    return tl::unexpected(api_failure(aws::ErrorClass::parameter, "ParameterNotFound"));
  }
  return parameters.at(name);
}

aws::Outcome<std::string> FakeSecrets::secret(const std::string& id, aws::CallLimit)
{
  if (!secrets.contains(id)) {
    return tl::unexpected(api_failure(aws::ErrorClass::parameter, "ResourceNotFoundException"));
  }
  return secrets.at(id);
}

Result<void> FakeEc2::renew(aws::ErrorClass reason)
{
  calls.push_back(fmt::format("renew {}", aws::info(reason).name));
  return renewal;
}

aws::Instance machine(std::string id, aws::InstanceState state, std::string reason_code)
{
  return {.id = std::move(id), .state = state, .state_reason_code = std::move(reason_code)};
}

aws::ApiError api_failure(aws::ErrorClass error_class, std::string code, bool may_have_happened)
{
  const auto& row = aws::info(error_class);
  return {.error = {.kind = row.kind,
                    .message = fmt::format("EC2 said {}", code.empty() ? row.name : code),
                    .aws_code = std::move(code)},
          .error_class = error_class,
          .may_have_happened = may_have_happened};
}

std::string value_of(const aws::Params& params, std::string_view name)
{
  const auto found = std::ranges::find(params, name, &std::pair<std::string, std::string>::first);
  return found == params.end() ? "" : found->second;
}

} // namespace flame::test
