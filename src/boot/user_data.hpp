#pragma once

#include "base/error.hpp"
#include "flame/runner_env.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The runner's script: what EC2 gets as user data and cloud-init runs as root. Pure.
//
// On the machine: /opt/flame/<app>/ holds release, guard (0600, writes stage lines and powers off),
// store (0600, the form for that), start, stop and ready (the user's commands, for sh); the stage
// lines go to the console, to /var/log/flame-ec2.log (0600) and to the store; the units are
// flame-<app>, -rebooted and -ended.service, and the timers flame-<app>-bootstrap and -lifetime.
// Of `run` there are also artifacts (a folder), stdout and stderr (what was not sent yet), their
// pipes, and the unit flame-<app>-output. Of what may be a spot machine also interruption (the
// user's command) and the unit flame-<app>-spot. In memory, /run/flame-<app> holds env (0600,
// systemd's EnvironmentFile) and what the guard notes: started, ended, failed, stage, rebalance,
// interrupted.
namespace flame::boot {

// EC2's limit on user data before base64. Source: EC2 User Guide, "Run commands at launch".
inline constexpr std::size_t k_user_data_limit = 16'384;

// Linux's limit on one string of an environment, "NAME=value" and its NUL (MAX_ARG_STRLEN).
inline constexpr std::size_t k_variable_limit = 131'072;

// One of the files of a folder on S3.
struct FetchFile {
  std::string path = {};  // in the release; plain, see wrong_with_path
  std::string url = {};   // presigned GET; secret
  std::string etag = {};  // as S3 gives it; "" when unknown
  std::uint64_t size = 0; // bytes
  bool program = false;   // to be made executable; scripts are so by their first line too
};

// How the bundle comes to the machine: by its URL, or as an object that the machine itself may
// read, or file by file.
struct Fetch {
  std::string format = {};  // of a row of boot/bundle, "tar.gz"
  std::string url = {};     // presigned GET or https, or the placeholder; secret. Of a role: plain
  std::string carried = {}; // the bundle itself, when the user data carries it; "" else
  std::string sha256 = {};  // lower-case hex; "" when unknown
  std::string etag = {};    // as S3 gives it, with its quotes; "" when unknown
  std::uint64_t size = 0;   // bytes; 0 when unknown
  std::string bucket = {};  // of the object that the machine's own role reads; else ""
  std::string key = {};
  std::string region = {};
  std::string endpoint = {};         // of S3, for the role; "" is the region's own
  std::vector<FetchFile> files = {}; // of a folder that no store has packed; then format is "tar"
};

// Where the machine writes its stages and logs: an S3 POST policy, for keys that begin with
// `prefix` and go on with the machine's id.
struct StoreChannel {
  std::string url = {};
  std::vector<std::pair<std::string, std::string>> fields = {}; // of the form, in order; secret
  std::string prefix = {};                                      // "flame/runs/RUN/BOOT/"
};

// A command of the user's in place of the release: what it prints is sent, and its status is said.
struct Job {
  std::string command = {};    // for sh, in the bundle's folder
  bool artifacts = false;      // send what it leaves in $FLAME_EC2_ARTIFACTS; needs a store
  bool keep = false;           // leave the machine after it, to its lifetime
  bool is_one_of_many = false; // the metadata service tells its FLAME_EC2_INDEX, else it is 0
  std::size_t first_index = 0; // of one of many: that of the first machine of its launch
};

struct Runner {
  std::string app = {};    // part of unit and folder names; see check_app_name
  std::string run_id = {}; // for people who read the script
  std::string nonce = {};  // hex; in every stage line, so that a release cannot forge one
  Fetch fetch = {};        // without a format: no bundle, an empty folder; only with a job
  std::vector<child::Variable> variables = {};
  std::string run_as = {};        // "" is root; created when the machine has no such user
  std::string start_command = {}; // for sh, in the release's folder; "" is bin/<app> start
  // For sh, while the release runs; then SIGTERM ends what is left, after 30 s SIGKILL. "" is
  // SIGTERM alone: a BEAM takes it as init:stop(), with no need of the distribution, as bin/<app>
  // stop has.
  std::string stop_command = {};
  std::vector<std::string> setup_commands = {}; // for sh, as root, in the release's folder
  std::optional<Millis> max_lifetime = {};      // from the script's first line; nullopt: none
  Millis bootstrap_timeout = std::chrono::minutes(15); // from the script's first line to the start
  bool keep_on_failure = false;     // leave a machine whose release never started to its lifetime
  std::optional<Job> job = {};      // nullopt: the release is started
  std::string ready_command = {};   // for sh, as run_as, in the release's folder: 0 is ready
  std::string other_user_data = {}; // of a launch template, run beside; may hold secrets
  std::optional<StoreChannel> store = {}; // nullopt: console and log alone
  std::string env_url = {};               // presigned GET of what `variables` gives; secret
  bool deny_metadata = false;             // keep the release from the metadata service
  // Of what may become a spot machine: for sh, as run_as, in the release's folder, with the time in
  // FLAME_EC2_INTERRUPTION, before the release is stopped because EC2 takes the machine back; "" is
  // the stop alone. nullopt: nobody watches for that.
  std::optional<std::string> on_interruption = {};
};

// Stands where a presigned URL will be, and is as long as one with a session token gets.
std::string placeholder_url();

// The runner with "***" for each value, the URL and the nonce: to be shown. Shorter than the real
// one, so the size is to be taken from that.
Runner without_secrets(Runner runner);

// Names [A-Za-z_][A-Za-z0-9_]*; values without NUL, invalid UTF-8, U+FEFF and noncharacters, which
// systemd cannot load; each within k_variable_limit. All mistakes at once, naming the variable and
// never the value. Kind config.
Result<void> check_variables(const std::vector<child::Variable>& variables);

// The same bytes for the same runner. Values are carried so that no shell and no parser of systemd
// can change them. The runner has passed the checks above.
std::string render_user_data(const Runner& runner);

// What stands at `env_url`: the variables, less those that end in the machine's address, as a file
// of systemd's.
std::string environment_object(const std::vector<child::Variable>& variables);

// The line of systemd's EnvironmentFile that gives exactly `value`, with its newline.
std::string environment_line(std::string_view name, std::string_view value);

// What EC2 gets: the script, with other user data as one message, or its gzip when the script is
// over the limit; cloud-init unpacks that. The same bytes for the same runner. Kind config when it
// is too long in gzip too: by how many bytes, and the three largest parts.
Result<std::string> make_user_data(const Runner& runner);

} // namespace flame::boot
