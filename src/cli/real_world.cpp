#include "cli/real_world.hpp"

#include "aws/endpoints.hpp"
#include "base/version.hpp"
#include "client/credentials/chain.hpp"
#include "client/sts.hpp"
#include "io/env.hpp"
#include "io/files.hpp"
#include "io/terminal.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <unistd.h>

#include <array>

namespace flame::cli {
namespace {

Result<aws::Endpoint> endpoint_of(std::string_view service, const config::Settings& settings)
{
  const auto custom = settings.endpoints.find(std::string(service));
  if (custom == settings.endpoints.end()) {
    return aws::service_endpoint(service, settings.region);
  }
  return aws::parse_endpoint(custom->second, settings.allow_http);
}

class RealCloud : public Cloud {
public:
  RealCloud(const config::Settings& settings, const World& world, aws::Endpoint ec2,
            aws::Endpoint sts)
    : world_(world), region_(settings.region), sts_(std::move(sts)),
      http_(io::make_http({.ca_bundle = settings.ca_bundle})), sources_{.env = world.env,
                                                                        .profile = settings.profile,
                                                                        .read_file =
                                                                          world.find_file,
                                                                        .http = http_.get(),
                                                                        .clock = world.clock,
                                                                        .cancel = world.cancel},
      ec2_(client::make_ec2_client({.endpoint = std::move(ec2),
                                    .region = settings.region,
                                    .user_agent = fmt::format("flame-ec2/{}", version())},
                                   {.http = *http_,
                                    .clock = *world.clock,
                                    .cancel = *world.cancel,
                                    .random = *world.random,
                                    .find_credentials = [this] {
                                      return client::find_credentials(client::default_chain(),
                                                                      sources_);
                                    }}))
  {
  }

  client::Ec2Client& ec2() override { return *ec2_; }

  Result<std::string> account() override
  {
    const auto credentials = ec2_->credentials();
    if (!credentials) {
      return tl::unexpected(credentials.error());
    }
    if (!credentials->account_id.empty()) {
      return credentials->account_id;
    }
    return client::caller_identity(*http_, *world_.clock, sts_, region_, *credentials)
      .map([](const client::CallerIdentity& identity) { return identity.account; })
      .map_error([](const aws::ApiError& error) { return error.error; });
  }

private:
  const World& world_;
  std::string region_;
  aws::Endpoint sts_;
  std::unique_ptr<io::Http> http_;
  client::Sources sources_;
  std::unique_ptr<client::Ec2Client> ec2_;
};

Result<std::unique_ptr<Cloud>> connect(const config::Settings& settings, const World& world)
{
  if (const auto region = aws::check_region(settings.region); !region) {
    return tl::unexpected(region.error());
  }
  auto ec2 = endpoint_of("ec2", settings);
  auto sts = endpoint_of("sts", settings);
  if (!ec2 || !sts) {
    return tl::unexpected(!ec2 ? ec2.error() : sts.error());
  }
  return std::make_unique<RealCloud>(settings, world, std::move(*ec2), std::move(*sts));
}

// Byte for byte, so that nothing behind the line is taken; a signal ends the waiting.
std::optional<std::string> read_line(const Cancel& cancel)
{
  std::string line;
  for (;;) {
    std::array<pollfd, 2> ready = {{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                                    {.fd = cancel.wake_fd(), .events = POLLIN, .revents = 0}}};
    ::poll(ready.data(), ready.size(), -1);
    if (cancel.state().signal != 0) {
      return std::nullopt;
    }
    char byte = 0;
    if (ready[0].revents == 0) {
      continue;
    }
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got <= 0 || byte == '\n') {
      return got <= 0 && line.empty() ? std::nullopt : std::optional(line);
    }
    line += byte;
  }
}

} // namespace

World real_world(Clock& clock, const Cancel& cancel, Random& random)
{
  World world;
  world.write_out = [&cancel](std::string_view text) {
    return io::write_result(STDOUT_FILENO, text, "standard output", &cancel);
  };
  world.write_err = [](std::string_view text) {
    static_cast<void>(io::write_result(STDERR_FILENO, text, "standard error"));
  };
  world.read_line = [&cancel] { return read_line(cancel); };
  world.find_file = [](const std::string& path) { return io::read_file(path); };
  world.read_file = [](const std::string& path) { return io::read_named_file(path); };
  world.write_file = io::write_file;
  world.make_folder = io::make_folder;
  world.others_can_read = io::others_can_read;
  world.connect = connect;
  world.env = io::environment();
  world.home = io::home_folder(world.env);
  world.terminal = {.input = io::is_terminal(STDIN_FILENO) && io::is_terminal(STDERR_FILENO),
                    .errors = io::is_terminal(STDERR_FILENO),
                    .width = io::terminal_width(STDERR_FILENO).value_or(80)};
  world.clock = &clock;
  world.cancel = &cancel;
  world.random = &random;
  return world;
}

} // namespace flame::cli
