#include "io/signals.hpp"
#include "sandbox/app.hpp"
#include "sandbox/options.hpp"

#include <fmt/format.h>

#include <poll.h>

#include <cstdio>

namespace {

using namespace flame;

int complain(const Error& error)
{
  fmt::print(stderr, "flame-ec2-sandbox: error: {}\n", error.message);
  if (!error.hint.empty()) {
    fmt::print(stderr, "hint: {}\n", error.hint);
  }
  for (const Mistake& mistake : error.also) {
    fmt::print(stderr, "also: {}\n", mistake.message);
  }
  return exit_status(error);
}

void wait_for(const io::Signals& signals)
{
  pollfd wake{.fd = signals.wake_fd(), .events = POLLIN, .revents = 0};
  while (signals.state().signal == 0) {
    ::poll(&wake, 1, -1);
  }
}

} // namespace

int main(int argc, char** argv)
{
  const Result<sandbox::Parsed> parsed = sandbox::parse_options(argc, argv);
  if (!parsed) {
    return complain(parsed.error());
  }
  if (!parsed->options) {
    fmt::print("{}", parsed->output);
    return 0;
  }
  const io::Signals signals; // from here on, a signal ends machines and removes files
  const auto app = sandbox::App::start(*parsed->options);
  if (!app) {
    return complain(app.error());
  }
  if (parsed->options->print_env) {
    fmt::print("{}", (*app)->environment());
    std::fflush(stdout);
  }
  fmt::print(stderr, "flame-ec2-sandbox: ready at {}, machines {}\n", (*app)->url(),
             parsed->options->real_machines ? "boot systemd" : "only exist");
  if (parsed->options->env_file.empty() && !parsed->options->print_env) {
    fmt::print(stderr, "flame-ec2-sandbox: nobody is told its keys; they are by --env-file FILE or "
                       "--print-env\n");
  }
  wait_for(signals);
  return 0;
}
