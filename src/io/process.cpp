#include "io/process.hpp"

#include "base/time.hpp"
#include "io/descriptor.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

namespace flame::io {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Millis k_slice = Millis(50); // how late we may notice a signal or an end
constexpr Millis k_blink = Millis(2);
constexpr Millis k_patience = std::chrono::seconds(1); // between SIGTERM and SIGKILL

struct Pipe {
  Descriptor read = Descriptor();
  Descriptor write = Descriptor();
};

std::optional<Pipe> make_pipe()
{
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// What posix_spawn() is told, freed at the end.
class Setup {
public:
  Setup(const Pipe& output, const Pipe& errors, bool at_terminal)
  {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    if (!at_terminal) {
      posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
      posix_spawnattr_setpgroup(&attributes_, 0);
    }
    posix_spawn_file_actions_adddup2(&actions_, output.write.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors.write.get(), STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    sigset_t ours; // ignored or handled by us: not by it
    ::sigemptyset(&ours);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      ::sigaddset(&ours, number);
    }
    posix_spawnattr_setsigdefault(&attributes_, &ours);
    posix_spawnattr_setflags(
      &attributes_,
      static_cast<short>(POSIX_SPAWN_SETSIGDEF | (at_terminal ? 0 : POSIX_SPAWN_SETPGROUP)));
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;
  ~Setup()
  {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  int spawn(pid_t& pid, const std::vector<std::string>& arguments) const
  {
    std::vector<char*> words;
    words.reserve(arguments.size() + 1);
    for (const std::string& word : arguments) {
      words.push_back(const_cast<char*>(word.c_str()));
    }
    words.push_back(nullptr);
    return ::posix_spawnp(&pid, words[0], &actions_, &attributes_, words.data(), environ);
  }

private:
  posix_spawn_file_actions_t actions_ = {};
  posix_spawnattr_t attributes_ = {};
};

// A program that runs. It is ended and waited for at the latest when this goes.
class Child {
public:
  Child(pid_t pid, bool own_group) : pid_(pid), target_(own_group ? -pid : pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { stop(); }

  // Its status once it has ended.
  std::optional<int> ended()
  {
    int status = 0;
    if (pid_ > 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return std::nullopt;
  }

  void stop()
  {
    if (pid_ < 0) {
      return;
    }
    ::kill(target_, SIGTERM);
    const auto until = Clock::now() + k_patience;
    while (Clock::now() < until && !ended()) {
      ::poll(nullptr, 0, 10);
    }
    if (target_ < 0 || pid_ > 0) {
      ::kill(target_, SIGKILL); // also what it has started, which may live on
    }
    if (pid_ > 0) {
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

private:
  pid_t pid_;
  pid_t target_;
};

enum class Read { nothing, some, end };

Read read_some(const Descriptor& from, std::string& into)
{
  std::array<char, 4096> buffer;
  const ssize_t got = ::read(from.get(), buffer.data(), buffer.size());
  if (got < 0) {
    return errno == EINTR || errno == EAGAIN ? Read::nothing : Read::end;
  }
  into.append(buffer.data(), static_cast<std::size_t>(got));
  return got == 0 ? Read::end : Read::some;
}

class Run {
public:
  Run(const Command& command, Child& child, Descriptor output, Descriptor errors)
    : command_(command), child_(child), output_(std::move(output)), errors_(std::move(errors))
  {
  }

  Result<Finished> to_end()
  {
    const auto deadline = Clock::now() + command_.limit;
    for (;;) {
      if (const auto why = reason_to_stop(deadline)) {
        child_.stop();
        return tl::unexpected(*why);
      }
      wait();
      // What it has started may hold the pipes open for as long as it likes.
      if (const auto status = child_.ended()) {
        drain();
        finished_.status = *status;
        const auto why = too_much();
        return why ? Result<Finished>(tl::unexpected(*why)) : std::move(finished_);
      }
    }
  }

private:
  Error failure(std::string_view why) const
  {
    return {.kind = ErrorKind::config,
            .message = fmt::format("\"{}\" {}", command_.arguments.front(), why)};
  }

  std::optional<Error> too_much() const
  {
    const std::size_t limit = command_.output_limit;
    return finished_.output.size() > limit || finished_.errors.size() > limit
             ? std::optional(failure(fmt::format("wrote more than {} bytes", limit)))
             : std::nullopt;
  }

  std::optional<Error> reason_to_stop(TimePoint deadline)
  {
    const auto now = Clock::now();
    const CancelState state = command_.cancel == nullptr ? CancelState{} : command_.cancel->state();
    if (state.signal != 0 && !cancelled_at_) {
      cancelled_at_ = now;
    }
    if (state.at_once || (cancelled_at_ && now >= *cancelled_at_ + command_.cancel_grace)) {
      Error error = failure("was stopped");
      error.kind = ErrorKind::interrupted;
      error.signal = state.signal;
      return error;
    }
    if (now >= deadline) {
      return failure(fmt::format("did not end in {}", format_duration(command_.limit)));
    }
    return too_much();
  }

  void wait()
  {
    std::array<pollfd, 2> ready = {{{.fd = output_.get(), .events = POLLIN, .revents = 0},
                                    {.fd = errors_.get(), .events = POLLIN, .revents = 0}}};
    const bool closed = !output_ && !errors_; // then it is about to end
    ::poll(ready.data(), ready.size(), static_cast<int>((closed ? k_blink : k_slice).count()));
    if (ready[0].revents != 0 && read_some(output_, finished_.output) == Read::end) {
      output_ = Descriptor();
    }
    if (ready[1].revents != 0 && read_some(errors_, finished_.errors) == Read::end) {
      errors_ = Descriptor();
    }
  }

  // What is in the pipes already; never waits.
  void drain()
  {
    for (auto [from, into] :
         {std::pair(&output_, &finished_.output), std::pair(&errors_, &finished_.errors)}) {
      if (*from) {
        ::fcntl(from->get(), F_SETFL, O_NONBLOCK);
        while (into->size() <= command_.output_limit && read_some(*from, *into) == Read::some) {
        }
      }
    }
  }

  const Command& command_;
  Child& child_;
  Descriptor output_;
  Descriptor errors_;
  Finished finished_ = {};
  std::optional<TimePoint> cancelled_at_ = {};
};

} // namespace

Result<Finished> run_process(const Command& command)
{
  auto output = make_pipe();
  auto errors = make_pipe();
  if (!output || !errors) {
    return fail(ErrorKind::config, "cannot make a pipe: " + std::generic_category().message(errno));
  }
  const bool at_terminal = ::isatty(STDIN_FILENO) == 1;
  pid_t pid = -1;
  const int failed = Setup(*output, *errors, at_terminal).spawn(pid, command.arguments);
  if (failed != 0) {
    return fail(ErrorKind::config, fmt::format("cannot run \"{}\": {}", command.arguments.front(),
                                               std::generic_category().message(failed)));
  }
  output->write.close();
  errors->write.close();
  Child child(pid, !at_terminal);
  return Run(command, child, std::move(output->read), std::move(errors->read)).to_end();
}

} // namespace flame::io
