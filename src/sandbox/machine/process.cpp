#include "sandbox/machine/process.hpp"

#include "sandbox/machine/cgroup.hpp"
#include "sandbox/machine/supervisor.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

namespace flame::sandbox::machine {
namespace {

// The machine's private view of the host. /run and /tmp are covered, so that nspawn leaves nothing
// in the host's and asks nothing of the host's systemd; the machine's folder, which may be below
// one of them, is reached as the working folder.
struct MountStep {
  const char* source;
  const char* target;
  const char* type;
  unsigned long flags;
};
constexpr unsigned long k_plain = MS_NOSUID | MS_NODEV;
constexpr const char* k_system = "the system's root"; // stands for Place::system
// clang-format off
constexpr MountStep k_mounts[] = {
  {nullptr,   "/",            nullptr,   MS_REC | MS_PRIVATE},
  {"proc",    "/proc",        "proc",    k_plain | MS_NOEXEC},
  {"tmpfs",   "/run",         "tmpfs",   k_plain},
  {".",       "/run/machine", nullptr,   MS_BIND | MS_REC},
  {k_system,  "/run/system",  nullptr,   MS_BIND | MS_REC},
  {"tmpfs",   "/tmp",         "tmpfs",   k_plain},
};
// clang-format on

struct ChildEnds {
  int nothing; // /dev/null
  int console;
  int go; // one byte: the parent was alive after we had tied our life to it
};

// From here to execve: system calls only, since other threads may hold any lock of the C library.
[[noreturn]] void give_up(std::string_view step)
{
  const auto say = [](std::string_view text) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  };
  say("flame-ec2-sandbox: the machine cannot start: ");
  say(step);
  say("\n");
  ::_exit(1);
}

void take_descriptors(const ChildEnds& ends)
{
  constexpr int k_go = 3;
  ::dup2(ends.nothing, STDIN_FILENO);
  ::dup2(ends.console, STDOUT_FILENO);
  ::dup2(ends.console, STDERR_FILENO);
  if (ends.go != k_go) {
    ::dup2(ends.go, k_go);
  }
  ::syscall(SYS_close_range, k_go + 1, ~0U, 0);
  char byte = 0;
  if (::read(k_go, &byte, 1) != 1) {
    ::_exit(1);
  }
  ::close(k_go);
}

void reset_signals()
{
  for (int number = 1; number < NSIG; number++) {
    ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_machine(const Place& place, const ChildEnds& ends)
{
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  take_descriptors(ends);
  reset_signals();
  ::setsid();
  ::umask(022);
  if (::chdir(place.folder.c_str()) != 0) {
    give_up("its folder is gone");
  }
  for (const MountStep& step : k_mounts) {
    if (step.flags & MS_BIND) {
      ::mkdir(step.target, 0700);
    }
    const char* const source = step.source == k_system ? place.system.root.c_str() : step.source;
    if (::mount(source, step.target, step.type, step.flags, nullptr) != 0) {
      give_up(step.target);
    }
  }
  if (!mount_cgroups()) {
    give_up(k_cgroup_mount);
  }
  const char* const arguments[] = {
    "sh", "-c", k_supervisor, "sh", place.id.c_str(), place.cgroup.c_str(), nullptr};
  const char* const environment[] = {
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
    // nspawn looks for systemd's version on the root folder, where no /usr is mounted yet.
    "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1", nullptr};
  ::execve("/bin/sh", const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  give_up("/bin/sh");
}

} // namespace

Result<Process> boot(const Place& place)
{
  int console[2] = {-1, -1};
  int go[2] = {-1, -1};
  if (::pipe2(console, O_CLOEXEC) != 0 || ::pipe2(go, O_CLOEXEC) != 0) {
    return system_failure("cannot make the console of machine " + place.id);
  }
  Descriptor read_end(console[0]);
  const Descriptor write_end(console[1]);
  const Descriptor go_read(go[0]);
  const Descriptor go_write(go[1]);
  const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));

  // No handler of this process may run in the child, which the button can reach at once.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  // A fork that makes namespaces; glibc's clone() would want a stack.
  constexpr unsigned long k_namespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
  const long pid = ::syscall(SYS_clone, k_namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid == 0) {
    become_machine(place, {nothing.get(), write_end.get(), go_read.get()});
  }
  const int failed = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    errno = failed;
    return system_failure("cannot make the namespaces of machine " + place.id);
  }
  [[maybe_unused]] const auto written = ::write(go_write.get(), "!", 1);
  return Process{static_cast<pid_t>(pid), std::move(read_end)};
}

} // namespace flame::sandbox::machine
