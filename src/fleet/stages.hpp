#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The lines by which a machine says how far it is. The runner's script writes them (guard.sh of
// boot/templates), console and log carry them, this reads them. Pure.
//
//   flame-ec2 NONCE stage=NAME t=SECONDS [at=STAGE] [rc=N] [msg=TEXT] .
//
// A line may stand behind other text, since all programs share the console; the point at its end
// shows that it is whole; the end of a command of `run` also has stdout=N stderr=N packed=N, all
// the bytes there were. In their order: boot, fetch, unpack, setup (only with setup commands),
// start (the release runs), ready (it has for 2 s, and is by its own word), stopped (it ended, with
// rc), failed (why the machine powers off). On a spot machine, at any time: rebalance (EC2's hint
// that it may take the machine back, which changes nothing), interrupted (its notice that it does,
// at=TIME; the release is stopped, and a stopped line may follow). The nonce keeps lines of the
// release's own out; it is no secret from a release that reads the user data from the metadata
// service.
namespace flame::fleet {

// What a command of `run` gives.
enum class Stream { out, err, packed }; // stdout, stderr, its artifacts as .tar.gz
inline constexpr std::size_t k_streams = 3;
inline constexpr std::string_view k_stream_names[] = {"stdout", "stderr", "packed"};

struct StageLine {
  std::string stage = {}; // boot, fetch, unpack, setup, start, ready, stopped, failed, …
  std::string at = {};    // of "failed": the stage, or bootstrap, lifetime, reboot, parent;
                          // of "interrupted": when EC2 takes the machine back, ISO 8601, or ""
  std::optional<int> exit_status = {};                             // "rc=N"
  std::string detail = {};                                         // for people: what failed
  std::optional<double> seconds = {};                              // since the script's first line
  std::array<std::optional<std::uint64_t>, k_streams> totals = {}; // bytes, by Stream
};

// The lines of `console` that carry `nonce`, in order; forged and cut lines are left out.
std::vector<StageLine> parse_stages(std::string_view console, std::string_view nonce);

// What says most about how it is with a machine: the first failure or interruption, which is the
// reason of whatever came after it, else the last line that is no hint. nullptr when there is none;
// else of `stages`.
const StageLine* most_telling(const std::vector<StageLine>& stages);

// EC2's notice that it takes the machine back; nullptr when there was none; else of `stages`.
const StageLine* interruption_in(const std::vector<StageLine>& stages);

// "failed in stage fetch: HTTP 403", "last reached stage unpack", or with what status it stopped.
std::string story_of(const StageLine& line);

// For somebody who does not know the nonce: the one of the first whole line that is the script's
// first, "stage=boot" or a failure "at=boot"; "" when there is none. Nothing of the user's runs
// before that line, so it is the script's own,
// unless the beginning of the console is gone: EC2 keeps the last 64 KiB, and a release that knows
// this can print enough to push the true line out, and a forged one after it.
std::string nonce_in(std::string_view console);

} // namespace flame::fleet
