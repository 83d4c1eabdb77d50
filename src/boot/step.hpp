#pragma once

#include "aws/ec2_errors.hpp"
#include "aws/ec2_types.hpp"
#include "base/ports.hpp"
#include "boot/plan.hpp"
#include "boot/request.hpp"
#include "fleet/stages.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

// The boot as a state machine that decides and does nothing. A fact is noted before it is judged:
// a machine that is answered in the instant of the deadline is still ended.
//
// The promise: the boot finishes with the machines it was asked for and that were reported, all of
// them, or every machine that it may have made is ended or named in the error. Any event may come
// in any state; one that nobody has asked for is noted, and the boot goes on with what it stands
// at.
//
//   greeting    nothing is launched before EC2 has answered something
//   launching   one token at a time; the same token means the same candidate and the same bytes.
//               One candidate after another gives what it has, until no machine is missing
//   watching    the machines live and are looked at, and once all run listened to, until they are
//               what is waited for; one that EC2 takes back is launched again, and when one of
//               several fails otherwise, all have
//   reported    the result is written; it is watched on until the caller is satisfied
//   ending      `why` is set: last words, terminate, find out what an unsure launch has made
namespace flame::boot {

// What the world has told us.
struct Begin {};
struct Elapsed {}; // a Wait is over
struct Launched {
  std::vector<aws::Instance> instances = {};
}; // RunInstances answered
struct LaunchFailed {
  aws::ApiError error = {};
};
struct Described {
  std::vector<aws::Instance> instances = {};
};
struct DescribeFailed {
  aws::ApiError error = {};
};
struct Terminated {
  std::vector<std::string> ids = {}; // EC2 has accepted to end these
};
struct TerminateFailed {
  aws::ApiError error = {};
};
struct ConsoleRead {
  std::string text = {};
};
struct ConsoleFailed {
  aws::ApiError error = {};
};
struct Unheard {
  std::string id = {};
  aws::ApiError error = {};
};
struct Heard {
  std::map<std::string, std::vector<fleet::StageLine>> lines = {}; // by machine: all so far
  std::optional<Unheard> unheard = {};                             // one that could not be heard
};
struct Renewed {
  std::optional<Error> error = {};
};                  // new credentials or clock, or not
struct Reported {}; // the result is written
struct ReportFailed {
  Error error = {};
};
using Event =
  std::variant<Begin, Elapsed, Launched, LaunchFailed, Described, DescribeFailed, Terminated,
               TerminateFailed, ConsoleRead, ConsoleFailed, Heard, Renewed, Reported, ReportFailed>;

// What to do about it.
struct Launch {
  std::size_t candidate = 0;
  int token = 0;  // serial of the client token; the same serial is the same token
  int render = 0; // serial of the user data; the same serial and place are the same bytes
  Group group = {};
};
struct Describe {
  std::vector<std::string> ids = {};
};
struct Lookup {
  std::vector<int> tokens = {};
}; // machines by client token
struct Terminate {
  std::vector<std::string> ids = {};
};
struct ReadConsole {
  std::string id = {};
  bool latest = true; // what it says now; not every type can
};
struct Listen { // how far are they?
  std::vector<std::string> ids = {};
};
struct Renew {
  aws::ErrorClass reason = aws::ErrorClass::credentials;
};
struct Wait {
  Millis base = Millis(0);
  bool jitter = true; // the runner sleeps a random part of it, else all of it
};
struct Report { // write the result
  std::vector<aws::Instance> machines = {};
};
struct Done {
  std::vector<aws::Instance> machines = {};
};
using Outcome = Result<Done>;
struct Finish {
  Outcome outcome = Done{};
};
using Action = std::variant<Launch, Describe, Lookup, Terminate, ReadConsole, Listen, Renew, Wait,
                            Report, Finish>;

// What a candidate answered.
struct Attempt {
  std::size_t candidate = 0;
  aws::ErrorClass error_class = aws::ErrorClass::unknown;
  std::string code = {};
  std::string message = {};
};

// Which launch has made a machine.
struct Origin {
  int token = 0;
  std::size_t candidate = 0;
  std::size_t place = 0; // among all machines of the boot, from 0
};

// When the console of a machine that failed is read.
enum class Words {
  none,   // there is no machine, or its console says nothing of the failure
  before, // before the machine is ended, since the live console tells most
  after   // once it is ended
};

struct State {
  TimePoint deadline = {}; // of the boot; set by Begin
  bool greeted = false;    // EC2 has answered something: endpoint, keys, clock and rights are good
  bool launching = true;   // at `launch`, else at the machines
  Launch launch = {};      // at hand, else the last
  std::size_t candidate = 0; // the next to be asked; behind the last when none is left
  std::size_t wanted = 0;    // machines; fewer than the plan's once those of min_count are enough
  int tries = 0;             // failures of the current call, for the pause before the next
  int lost = 0;              // of these launches and looks the ones without an answer of EC2
  int polls = 0;             // looks at the machines, for the pause before the next
  std::size_t replacements = 0;        // machines that EC2 itself took back
  std::set<int> unsure = {};           // tokens whose launch may have had its effect; one at most
  TimePoint unsure_since = {};         // when the last of them was sent and not answered
  std::vector<std::string> alive = {}; // machines of this boot that are not known to be ended
  std::vector<Attempt> attempts = {};
  std::set<aws::ErrorClass> renewed = {};
  std::optional<Error> last_failure = {};         // of the current call; why a deadline passed
  std::vector<aws::Instance> machines = {};       // that count, as last seen
  std::map<std::string, Origin> origins = {};     // theirs
  std::vector<aws::Instance> result = {};         // what is, or was, to be reported
  std::map<std::string, std::string> stages = {}; // by machine, once it was heard
  std::set<std::string> asked = {};               // machines listened to after the last look
  std::set<std::string> ready = {};               // these have told so
  bool reported = false;                          // the result is written
  std::optional<Error> why = {}; // set: we end what there is, then finish with this
  TimePoint end_by = {};         // when `why` is set: the end of the grace
  TimePoint words_by = {};       // when `why` is set: the end of waiting for words
  bool asked_again = false;      // when `why` is set: the unsure launch has been sent once more
  std::string watched = {};      // the machine whose console would tell
  Words words = Words::none;
  bool latest = true;                  // the console has not been refused as it is now
  bool was_asked = false;              // EC2 was asked for its last words
  std::string console = {};            // they, "" when there were none
  std::optional<Action> next = {};     // what a Wait or a Renew delays
  std::vector<std::string> notes = {}; // sentences for people, since the last step
};

struct Step {
  State state = {};
  Action action = Finish{};
};

// A launch that EC2 has made is visible to every caller by then.
// Source: EC2 Developer Guide, "Eventual consistency"; it gives no figure, 20 s is ours.
inline constexpr Millis k_visible_within = std::chrono::seconds(20);

// How long ending may take once the boot has been given up.
inline constexpr Millis k_grace = std::chrono::seconds(30);

// How much of the grace a launch in flight may take when a signal comes: its answer tells what to
// end.
inline constexpr Millis k_launch_patience = std::chrono::seconds(5);

// How long the last words of a machine are waited for before it is ended.
inline constexpr Millis k_words_limit = std::chrono::seconds(15);

Step step(State state, const Event& event, const Plan& plan, TimePoint now, CancelState cancel);

} // namespace flame::boot
