#include "runner_machine.hpp"

#include "aws/sigv4.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <httplib.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace flame::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::uint16_t k_port = 4566;
constexpr std::string_view k_missing =
  R"(<?xml version="1.0" encoding="UTF-8"?>)"
  "\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>"
  "<Key>hello.tar.gz</Key></Error>";
constexpr std::string_view k_expired =
  R"(<?xml version="1.0" encoding="UTF-8"?>)"
  "\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>"
  "<Expires>2026-01-15T08:15:30Z</Expires></Error>";

std::string temporary_folder()
{
  std::string path = "/tmp/flame-ec2-runner-XXXXXX";
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  return path;
}

std::string read_file(const std::string& path)
{
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Condition> bool becomes_true(Condition condition, std::chrono::seconds limit)
{
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

void serve_metadata(httplib::Server& server, const Scene& scene)
{
  server.Get("/latest/meta-data/instance-id", [](const auto&, auto& answer) {
    answer.set_content("i-0123456789abcdef0", "text/plain");
  });
  const std::string roles = "/latest/meta-data/iam/security-credentials/";
  server.Get(roles, [status = scene.role_status](const auto&, auto& answer) {
    answer.status = status;
    answer.set_content("reader", "text/plain");
  });
  server.Get(roles + "reader", [](const auto&, auto& answer) {
    answer.set_content(R"({"AccessKeyId": "AKIDROLE", "SecretAccessKey": "s3cret/+key",
                           "Token": "to/k+en==", "Code": "Success", "Type": "AWS-HMAC",
                           "LastUpdated": "2026-01-15T08:15:30Z",
                           "Expiration": "2099-01-15T08:15:30Z"})",
                       "application/json");
  });
  server.Put("/latest/api/token",
             [](const auto&, auto& answer) { answer.set_content("t0ken", "text/plain"); });
  server.Get("/latest/meta-data/local-ipv4", [](const auto& request, auto& answer) {
    const bool allowed = request.get_header_value("X-aws-ec2-metadata-token") == "t0ken";
    answer.status = allowed ? 200 : 401;
    answer.set_content(allowed ? "10.1.2.3" : "", "text/plain");
  });
}

// What EC2 tells a spot machine, once `told`. No time of a notice changes any more.
void serve_spot_news(httplib::Server& server, const Scene& scene, std::function<bool()> told)
{
  server.Get("/latest/meta-data/instance-life-cycle", [scene](const auto&, auto& answer) {
    answer.set_content(scene.is_spot ? "spot" : "on-demand", "text/plain");
  });
  const auto news = [told = std::move(told)](bool there, const std::function<std::string()>& text) {
    return [=](const auto& request, auto& answer) {
      const bool allowed = request.get_header_value("X-aws-ec2-metadata-token") == "t0ken";
      const bool shown = allowed && there && told();
      answer.status = shown ? 200 : allowed ? 404 : 401;
      answer.set_content(shown ? text() : "<html>Not Found</html>", "application/json");
    };
  };
  const auto time = std::make_shared<std::string>();
  server.Get("/latest/meta-data/spot/instance-action",
             news(scene.notice > 0s, [time, notice = scene.notice] {
               if (time->empty()) {
                 *time = iso8601(
                   std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
                   + notice);
               }
               return R"({"action": "terminate", "time": ")" + *time + "\"}";
             }));
  server.Get("/latest/meta-data/events/recommendations/rebalance",
             news(scene.hinted, [] { return R"({"noticeTime": "2026-01-15T08:15:30Z"})"; }));
}

// Of a body whose end never comes: the connection closes before.
void send_cut(httplib::Response& answer, const std::string& bundle, std::size_t cut)
{
  answer.set_content_provider(bundle.size(), "application/gzip",
                              [bundle, cut](std::size_t at, std::size_t, httplib::DataSink& sink) {
                                if (at == 0) {
                                  sink.write(bundle.data(), bundle.size() - cut);
                                  return true;
                                }
                                return false;
                              });
}

void serve_bundle(httplib::Server& server, const Scene& scene)
{
  const auto failures = std::make_shared<std::atomic<int>>(scene.failing);
  server.Get("/bucket/hello.tar.gz", [scene, failures](const auto&, auto& answer) {
    if (scene.hangs) {
      std::this_thread::sleep_for(10s); // longer than the timers of the tests
    }
    if ((*failures)-- > 0) {
      answer.status = scene.status;
      answer.set_content(std::string(scene.status == 404 ? k_missing : k_expired),
                         "application/xml");
    } else if (scene.cut > 0) {
      send_cut(answer, scene.bundle, scene.cut);
    } else {
      answer.set_content(scene.bundle, "application/gzip");
    }
  });
}

aws::Credentials role_credentials()
{
  aws::Credentials credentials;
  credentials.access_key_id = "AKIDROLE";
  credentials.secret_access_key = "s3cret/+key";
  credentials.session_token = "to/k+en==";
  return credentials;
}

// As S3 does: what the machine signed by its role, and nothing else.
void serve_role_bundle(httplib::Server& server, const Scene& scene)
{
  server.Get(R"(/signed/.*)", [scene](const httplib::Request& request, auto& answer) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    const aws::Request plain{.method = "GET",
                             .scheme = "http",
                             .host = request.get_header_value("Host"),
                             .path = path,
                             .query = request.has_param("versionId")
                                        ? "versionId=v%2B1&x-amz-request-payer=requester"
                                        : ""};
    std::string time = request.get_param_value("X-Amz-Date"); // 20260115T081530Z
    for (const std::size_t at : {13, 11, 6, 4}) {
      time.insert(std::min(at, time.size()), at > 8 ? ":" : "-");
    }
    const Seconds now = parse_iso8601(time).value_or(Seconds());
    const std::string wanted =
      aws::presign(plain, {"eu-west-1", "s3", now}, role_credentials(), 1h);
    const auto signature = "X-Amz-Signature=" + request.get_param_value("X-Amz-Signature");
    answer.status = wanted.ends_with(signature) ? 200 : 403;
    answer.set_content(answer.status == 200 ? scene.bundle : std::string(k_expired),
                       "application/gzip");
  });
}

void serve_environment(httplib::Server& server, const Scene& scene)
{
  server.Get("/bucket/env", [scene](const auto&, auto& answer) {
    answer.status = scene.environment.empty() ? 403 : 200;
    answer.set_content(scene.environment.empty() ? std::string(k_expired) : scene.environment,
                       "application/octet-stream");
  });
}

} // namespace

std::string machine_system()
{
  const char* const given = std::getenv("FLAME_TEST_SYSTEM");
  return given != nullptr ? fs::canonical(given).string() : "/";
}

int systemd_version()
{
  const std::string command = "chroot '" + machine_system() + "' systemctl --version";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  int version = 0;
  REQUIRE(pipe);
  REQUIRE(std::fscanf(pipe.get(), "systemd %d", &version) == 1);
  return version;
}

struct RunnerMachines::Notes {
  std::mutex mutex = {};
  std::map<std::string, bool> off = {};
  std::map<std::string, std::map<std::string, std::string>> reports = {};
  std::map<std::string, std::map<std::string, std::string>> uploads = {};
  std::map<std::string, std::vector<std::string>> tickets = {};
};

std::string tarball(const std::vector<BundleFile>& files)
{
  const std::string folder = temporary_folder();
  std::string names;
  for (const BundleFile& file : files) {
    const fs::path path = fs::path(folder) / "tree" / file.path;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << file.text;
    fs::permissions(path, static_cast<fs::perms>(file.mode));
    names += " '" + file.path + "'";
  }
  const std::string command = "tar -czf " + folder + "/t.tgz -C " + folder + "/tree" + names;
  REQUIRE(std::system(command.c_str()) == 0);
  std::string bytes = read_file(folder + "/t.tgz");
  fs::remove_all(folder);
  return bytes;
}

std::string recompressed(const std::string& tar_gz, const std::string& program)
{
  const std::string folder = temporary_folder();
  std::ofstream(folder + "/t.tgz", std::ios::binary) << tar_gz;
  const std::string command = "cd " + folder + " && gzip -dc <t.tgz | " + program + " >t";
  REQUIRE(std::system(command.c_str()) == 0);
  std::string bytes = read_file(folder + "/t");
  fs::remove_all(folder);
  return bytes;
}

std::vector<std::string> Outcome::stage_names() const
{
  std::vector<std::string> names;
  for (const fleet::StageLine& line : stages) {
    names.push_back(line.stage);
  }
  return names;
}

const fleet::StageLine& Outcome::last() const
{
  static const fleet::StageLine none;
  return stages.empty() ? none : stages.back();
}

RunnerMachines::RunnerMachines()
  : notes_(std::make_shared<Notes>()), folder_(temporary_folder()),
    host_(sandbox::make_nspawn_host(folder_ + "/state", {.root = machine_system()}))
{
}

RunnerMachines::~RunnerMachines()
{
  host_.reset();
  fs::remove_all(folder_);
}

std::string RunnerMachines::start(Scene scene)
{
  std::string id = fmt::format("i-{}", ++count_);
  sandbox::MachineSpec spec;
  spec.id = id;
  spec.private_ip = "10.1.2.3";
  spec.user_data = scene.script;
  spec.port = k_port;
  if (scene.has_metadata) {
    spec.serve_metadata = [scene, notes = notes_, id](httplib::Server& server) {
      serve_metadata(server, scene);
      serve_spot_news(server, scene, [scene, notes, id] {
        const std::lock_guard lock(notes->mutex);
        return scene.told_early || notes->reports[id].contains("up");
      });
    };
  }
  spec.serve_endpoint = [scene, notes = notes_, id](httplib::Server& server) {
    serve_bundle(server, scene);
    serve_role_bundle(server, scene);
    serve_environment(server, scene);
    server.Post("/bucket", [scene, notes, id](const auto& request, auto& answer) {
      if (scene.store_status == 0) {
        std::this_thread::sleep_for(12s);
      }
      answer.status = scene.store_status == 0 ? 500 : scene.store_status;
      const std::lock_guard lock(notes->mutex);
      notes->uploads[id][request.get_file_value("key").content] =
        request.get_file_value("file").content;
      notes->tickets[id].push_back(request.get_file_value("policy").content);
    });
    server.Post("/report/(.*)", [notes, id](const auto& request, auto&) {
      const std::lock_guard lock(notes->mutex);
      notes->reports[id][request.matches[1]] = request.body;
    });
  };
  spec.on_off = [notes = notes_, id] {
    const std::lock_guard lock(notes->mutex);
    notes->off[id] = true;
  };
  REQUIRE(host_->start(std::move(spec)));
  return id;
}

bool RunnerMachines::says_within(const std::string& id, std::string_view text,
                                 std::chrono::seconds limit) const
{
  return becomes_true([&] { return host_->console(id).find(text) != std::string::npos; }, limit);
}

Outcome RunnerMachines::wait(const std::string& id, std::chrono::seconds limit)
{
  Outcome outcome;
  outcome.off = becomes_true(
    [&] {
      const std::lock_guard lock(notes_->mutex);
      return notes_->off[id];
    },
    limit);
  outcome.console = host_->console(id);
  outcome.stages = fleet::parse_stages(outcome.console, least_runner().nonce);
  const std::lock_guard lock(notes_->mutex);
  outcome.reports = notes_->reports[id];
  outcome.uploads = notes_->uploads[id];
  outcome.tickets = notes_->tickets[id];
  return outcome;
}

std::vector<Outcome> RunnerMachines::run_all(const std::vector<Scene>& scenes)
{
  constexpr std::ptrdiff_t k_at_once = 6;
  std::vector<std::string> ids;
  ids.reserve(scenes.size());
  const auto is_on = [&](const std::string& id) { return !notes_->off[id]; };
  const auto has_room = [&] {
    const std::lock_guard lock(notes_->mutex);
    return std::ranges::count_if(ids, is_on) < k_at_once;
  };
  for (const Scene& scene : scenes) {
    becomes_true(has_room, k_limit); // what never ends is told below
    ids.push_back(start(scene));
  }
  std::vector<Outcome> outcomes;
  outcomes.reserve(ids.size());
  for (const std::string& id : ids) {
    outcomes.push_back(wait(id));
  }
  return outcomes;
}

} // namespace flame::tests
