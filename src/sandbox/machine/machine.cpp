#include "sandbox/machine/machine.hpp"

#include "sandbox/machine/cgroup.hpp"
#include "sandbox/machine/network.hpp"
#include "sandbox/machine/root_folder.hpp"
#include "sandbox/machine/servers.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <optional>
#include <system_error>

namespace flame::sandbox::machine {

using std::chrono::steady_clock;

Machine::Machine(MachineSpec spec, Place place)
  : spec_(std::move(spec)), place_(std::move(place)),
    wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
  thread_ = std::thread([this] { live(); });
}

Machine::~Machine()
{
  pull_plug();
  thread_.join();
}

void Machine::pull_plug()
{
  wish(Wish::end);
}

void Machine::press_power_button()
{
  if (wish_ == Wish::run) {
    wish(Wish::power_off);
  }
}

void Machine::wish(Wish wish)
{
  wish_ = wish;
  ::eventfd_write(wake_.get(), 1);
}

void Machine::say(const std::string& line)
{
  console_.append("flame-ec2-sandbox: " + line + "\r\n");
}

void Machine::live()
{
  Servers servers; // in the machine's network; they end after the machine
  const Result<void> outcome = enter_own_network(spec_.private_ip)
                                 .and_then([&] { return servers.start(spec_); })
                                 .and_then([&] { return run(); });
  if (!outcome) {
    say(outcome.error().message);
  }
  if (spec_.on_off) {
    spec_.on_off();
  }
  servers.stop();
  if (const auto removed = remove_cgroup(place_.cgroup); !removed) {
    say(removed.error().message);
  }
  std::error_code error;
  std::filesystem::remove_all(place_.folder, error);
}

Result<void> Machine::run()
{
  const std::string root = place_.folder + "/root";
  if (auto made = make_root_folder(root, {spec_.id, spec_.private_ip, spec_.user_data,
                                          place_.system.root, place_.system.cloud_init});
      !made) {
    return made;
  }
  if (auto made = make_cgroup(place_.cgroup); !made) {
    return made;
  }
  const Result<Process> process = boot(place_);
  if (!process) {
    return tl::unexpected(process.error());
  }
  watch(*process);
  int status = 0;
  while (::waitpid(process->pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {};
}

// Until the console is closed, that is until the last process has ended. The button is pressed
// again and again: an init that is just starting misses it.
void Machine::watch(const Process& process)
{
  std::optional<steady_clock::time_point> pressed;
  for (bool open = true; open;) {
    pollfd events[] = {{process.console.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    ::poll(events, 2, pressed ? 500 : -1);
    if (events[0].revents != 0) {
      read_console(process.console.get(), open);
    }
    if (events[1].revents != 0) {
      eventfd_t count = 0;
      ::eventfd_read(wake_.get(), &count);
    }
    const Wish wish = wish_;
    if (wish == Wish::run) {
      continue;
    }
    const bool first = !pressed;
    pressed = pressed.value_or(steady_clock::now());
    if (wish == Wish::end || steady_clock::now() - *pressed > k_power_off_grace) {
      ::kill(process.pid, SIGKILL);
    } else if (first || events[0].revents == 0) { // not at every line
      ::kill(process.pid, SIGTERM);
    }
  }
}

void Machine::read_console(int fd, bool& open)
{
  char bytes[16384];
  const ssize_t count = ::read(fd, bytes, sizeof bytes);
  open = count > 0 || (count < 0 && errno == EINTR);
  if (count > 0) {
    console_.append({bytes, static_cast<std::size_t>(count)});
  }
}

} // namespace flame::sandbox::machine
