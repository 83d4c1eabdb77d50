#include "client/credentials/command_line.hpp"
#include "client/credentials/profile_kinds.hpp"
#include "client/credentials/program.hpp"

#include <fmt/format.h>

// A program that prints keys, named in the profile.
namespace flame::client {

Found from_process(const ProfileQuery& query)
{
  const std::string line = query.value("credential_process");
  if (line.empty()) {
    return std::nullopt;
  }
  const auto words = split_command(line);
  if (!words || words->empty() || words->front().empty()) {
    return fail(ErrorKind::config,
                fmt::format("the credential_process of AWS profile \"{}\" {}", query.name,
                            words ? "names no program" : "has a quote that is not closed"));
  }
  auto keys = keys_of_program(query.sources, *words,
                              fmt::format("the credential_process of profile {}", query.name));
  if (!keys) {
    return tl::unexpected(std::move(keys.error()));
  }
  if (keys->account_id.empty()) {
    keys->account_id = query.value("aws_account_id");
  }
  keys->provider = fmt::format("profile {} (credential_process)", query.name);
  return *std::move(keys);
}

} // namespace flame::client
