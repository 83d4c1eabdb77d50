#pragma once

#include "base/error.hpp"
#include "sandbox/message.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Faults on demand:  ACTION[NAME=VALUE,…]:WHAT  with "=N" (the first N times), "@N" (the Nth
// call only) or "@N+" (from the Nth on) at its end. Without either: each time.
namespace flame::sandbox {

enum class FaultKind {
  error,        // an error of EC2, STS or S3 by its code; nothing is done
  status,       // a bare HTTP status; nothing is done
  delay,        // the answer comes later; goes with any other fault
  late,         // it is done only later, and answered then
  lost_before,  // the connection is cut, nothing is done
  lost_after,   // it is done, but the connection is cut without an answer
  reset_before, // the same with a reset of the connection
  reset_after,
  hang,        // nothing is done, no answer, the connection stays
  html,        // 200 and a page of somebody else; nothing is done
  bad_gateway, // 502 and such a page
  garbage,     // 200 and bytes that are no XML; nothing is done
  redirect,    // 307 to elsewhere; nothing is done
  truncated,   // it is done; the connection is cut in the middle of the answer
  cut_xml,     // it is done; the XML ends in its middle, the HTTP is whole
  dribble,     // it is done; the answer comes byte by byte, two a second
  huge,        // it is done; padding follows the answer
  date_ahead,  // it is done; the answer's Date is so far ahead
  date_behind, // or behind
  no_date,     // it is done; the answer has no Date
  power_off    // a machine switches itself off, so long after its start
};

struct Fault {
  std::string action = {}; // "RunInstances", "GetObject", "imds", "machine", "*"
  Params conditions = {};  // all must hold; values may have * and ?
  FaultKind kind = FaultKind::error;
  std::string code = {};  // for error
  int status = 0;         // for status
  Millis duration = {};   // for delay, late, dates and power_off
  std::uint64_t size = 0; // for huge, bytes
  int first = 0;          // 0: no limit
  int only = 0;           // 0: any call
  int from = 0;           // 0: the first
  std::string spec = {};  // as given
};

Result<Fault> parse_fault(std::string_view spec); // kind usage
std::string fault_help();                         // the grammar, for --help

struct Trouble {
  Millis delay = {};               // of all delays together
  std::optional<Fault> fault = {}; // the first other one
  std::string specs = {};          // of all that struck, for the journal
};

// Counts calls. Thread-safe.
class FaultBook {
public:
  void add(Fault fault);
  void clear();
  // What strikes this call; `params` are what conditions look at.
  Trouble strike(std::string_view action, const Params& params);

private:
  struct Entry {
    Fault fault = {};
    int seen = 0; // calls that it is about
    int used = 0; // times it struck
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

// `pattern` may have * (any text) and ? (one character), and \ before one that is meant.
bool matches_wildcard(std::string_view pattern, std::string_view text);

} // namespace flame::sandbox
