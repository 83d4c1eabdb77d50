#pragma once

#include "boot/user_data.hpp"
#include "fleet/stages.hpp"
#include "sandbox/machine_host.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// The runner's script on real machines, with a bundle of the test's own making. They boot the /usr
// of this computer, or that of $FLAME_TEST_SYSTEM, a tree of tests/machines/make_tree.
namespace flame::tests {

struct BundleFile {
  std::string path = {};
  std::string text = {};
  int mode = 0755;
};

// A .tar.gz of these files, without entries for their folders.
std::string tarball(const std::vector<BundleFile>& files);

// A .tar.gz as `program` packs it: "zstd", "xz"; "cat" is the tar.
std::string recompressed(const std::string& tar_gz, const std::string& program);

// One machine and what it finds in its network: 127.0.0.1:4566 serves the bundle at
// /bucket/hello.tar.gz and takes what the release posts to /report/NAME; the metadata service knows
// the address.
struct Scene {
  std::string script = {};
  std::string bundle = {};
  int status = 200; // of the answers to the first `failing` requests for the bundle
  int failing = 0;
  std::size_t cut = 0; // bytes that the answer announces and does not send
  bool hangs = false;  // the answer never comes
  bool has_metadata = true;
  std::string environment = {}; // served at /bucket/env; "" is a URL that has expired
  int store_status = 204;       // of the answers to the forms that are posted to /bucket; 0: none
  int role_status = 200;        // of the metadata service's answers about roles
  bool is_spot = false;
  bool told_early = false;          // of what follows: not only once the release posts "up"
  bool hinted = false;              // that EC2 may take the machine back
  std::chrono::seconds notice = {}; // EC2 takes the machine back so long after; 0: it does not
};

struct Outcome {
  bool off = false; // within the limit
  std::string console = {};
  std::vector<fleet::StageLine> stages = {};
  std::map<std::string, std::string> reports = {};
  std::map<std::string, std::string> uploads = {}; // by form to the store: the last of each key
  std::vector<std::string> tickets = {};           // the field "policy" of each

  std::vector<std::string> stage_names() const;
  const fleet::StageLine& last() const; // a line without stage when there is none
};

// The root of the file system that machines boot, and the version of its systemd.
std::string machine_system();
int systemd_version();

// In which a machine ends. Generous: the computer may be busy with others.
constexpr std::chrono::seconds k_limit{90};

class RunnerMachines {
public:
  RunnerMachines();
  ~RunnerMachines();
  RunnerMachines(const RunnerMachines&) = delete;
  RunnerMachines& operator=(const RunnerMachines&) = delete;

  std::string start(Scene scene); // gives the machine's id
  bool says_within(const std::string& id, std::string_view text, std::chrono::seconds limit) const;
  void press_power_button(const std::string& id) { host_->press_power_button(id); }
  Outcome wait(const std::string& id, std::chrono::seconds limit = k_limit);
  Outcome run(Scene scene) { return wait(start(std::move(scene))); }
  // Several at once, and no more than the computer can bear; the outcomes in the same order.
  std::vector<Outcome> run_all(const std::vector<Scene>& scenes);

private:
  struct Notes;
  std::shared_ptr<Notes> notes_;
  std::string folder_ = {};
  std::unique_ptr<sandbox::MachineHost> host_ = {};
  int count_ = 0;
};

} // namespace flame::tests
