#include "cli/real_world.hpp"

#include "cli/real_cloud.hpp"
#include "io/clock.hpp"
#include "io/env.hpp"
#include "io/files.hpp"
#include "io/terminal.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>

namespace flame::cli {
namespace {

Result<client::ThisMachine> this_machine(const config::Settings& settings, client::Asked asked,
                                         const World& world)
{
  auto options = client::imds_options(world.env, imds_place(settings));
  if (!options) {
    return tl::unexpected(std::move(options.error()));
  }
  const auto http = io::make_http({.ca_bundle = settings.ca_bundle});
  client::Imds imds(*std::move(options), *http, *world.clock, world.cancel);
  return client::this_machine(imds, asked);
}

constexpr std::size_t k_longest_line = 1024UL * 1024; // of a longer one the rest is the next

// Byte for byte, so that nothing behind the line is taken; a signal ends the waiting.
std::optional<std::string> read_line(const Cancel& cancel)
{
  std::string line;
  while (line.size() < k_longest_line) {
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
  return line;
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
  world.read_hidden = [&cancel] {
    const io::HiddenInput hidden(STDIN_FILENO);
    return read_line(cancel);
  };
  world.attach = [&cancel] { return io::attach(STDIN_FILENO, cancel); };
  world.find_file = [](const std::string& path) { return io::read_file(path); };
  world.read_file = [](const std::string& path) { return io::read_named_file(path); };
  world.write_file = io::write_file;
  world.make_folder = io::make_folder;
  world.others_can_read = io::others_can_read;
  world.run = io::run_process;
  world.connect = connect_to_aws;
  world.this_machine = this_machine;
  world.env = io::environment();
  world.home = io::home_folder(world.env);
  world.terminal = {.input = io::is_terminal(STDIN_FILENO) && io::is_terminal(STDERR_FILENO),
                    .errors = io::is_terminal(STDERR_FILENO),
                    .width = [] { return io::terminal_width(STDERR_FILENO).value_or(80); },
                    .out_width = io::terminal_width(STDOUT_FILENO)};
  world.local_time = io::local_time;
  world.clock = &clock;
  world.cancel = &cancel;
  world.random = &random;
  return world;
}

} // namespace flame::cli
