#include "sandbox/app.hpp"

#include "base/text.hpp"
#include "io/files.hpp"
#include "sandbox/random.hpp"
#include "sandbox/tls.hpp"
#include "sandbox/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace flame::sandbox {
namespace {

namespace fs = std::filesystem;

Result<void> make_folder(const std::string& path)
{
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed) {
    return fail(ErrorKind::config,
                fmt::format("cannot make the folder {}: {}", path, failed.message()));
  }
  return {};
}

std::string shell_quoted(const std::string& text) // for a shell
{
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

void print_request(const JournalEntry& entry)
{
  if (entry.service == "imds" && entry.fault.empty()) {
    return; // a machine asks often
  }
  fmt::print(stderr, "{} {}{}{}{}{}\n", entry.action.empty() ? entry.service : entry.action,
             entry.status == 0 ? "no answer" : fmt::format("{}", entry.status),
             entry.code.empty() ? "" : " ", entry.code, entry.fault.empty() ? "" : " by fault ",
             entry.fault);
}

} // namespace

Result<std::unique_ptr<App>> App::start(const Options& options)
{
  std::unique_ptr<App> app(new App(options));
  if (const auto begun = app->begin(); !begun) {
    return tl::unexpected(begun.error());
  }
  return app;
}

Result<void> App::make_folders()
{
  auto folder = StateFolder::take(options_.state);
  if (!folder) {
    return tl::unexpected(folder.error());
  }
  folder_ = std::move(*folder);
  if (options_.tls) {
    const auto files = make_tls_files(folder_->path());
    if (!files) {
      return tl::unexpected(files.error());
    }
    tls_ = *files;
  }
  const bool known = options_.s3_folder.empty() || fs::exists(options_.s3_folder);
  if (options_.s3_folder.empty()) {
    options_.s3_folder = folder_->path() + "/s3";
  }
  const Result<void> buckets = make_folder(options_.s3_folder);
  if (buckets && !known) {
    fmt::print(stderr,
               "flame-ec2-sandbox: the folder {} was not there; it is made, without a bucket\n",
               options_.s3_folder);
  }
  return buckets && !options_.console_folder.empty() ? make_folder(options_.console_folder)
                                                     : buckets;
}

Result<void> App::begin()
{
  if (auto made = make_folders(); !made) {
    return made;
  }
  user_ = keys_.add_user("sandbox");
  for (const Fault& fault : options_.faults) {
    faults_.add(fault);
  }
  if (!options_.quiet) {
    journal_.on_entry(print_request);
  }
  host_ = options_.real_machines ? make_nspawn_host(folder_->path() + "/machines", options_.system)
                                 : make_paper_host();
  StateFolder::remove_left_behind(); // the host has ended the machines that were in them
  const Ec2Rules rules{.pending_time = options_.pending_time,
                       .shutdown_time = options_.shutdown_time,
                       .reused_token_is_error = options_.reused_token_is_error,
                       .has_default_vpc = !options_.no_default_vpc,
                       .scenario = options_.scenario};
  state_ =
    std::make_unique<Ec2State>(clock_, *host_, faults_, rules,
                               [this](const Instance& instance) { return machine_of(instance); });
  const S3Store store{.folder = options_.s3_folder,
                      .region = options_.regions.front(),
                      .regions = options_.bucket_regions};
  front_ = std::make_unique<Front>(
    FrontConfig{.regions = options_.regions,
                .store = store,
                .control_secret = user_.secret,
                .host = options_.host},
    FrontWorld{
      .clock = clock_, .keys = keys_, .state = *state_, .faults = faults_, .journal = journal_});
  parent_ = std::make_unique<Imds>(
    metadata_of(parent_instance(options_.regions.front(), clock_.wall())), clock_, keys_);
  if (auto listening = listen(); !listening) {
    return listening;
  }
  watcher_ = std::thread([this] { watch(); });
  if (options_.env_file.empty()) {
    return {};
  }
  return io::write_file(options_.env_file, environment()).map([this] { env_file_written_ = true; });
}

FrontWorld App::world()
{
  return {.clock = clock_, .keys = keys_, .state = *state_, .faults = faults_, .journal = journal_};
}

Result<void> App::listen()
{
  const Handler api = [this](const Request& request) { return front_->handle(request); };
  const Handler metadata = [this](const Request& request) {
    return serve_metadata(*parent_, request, world());
  };
  auto plain = Listener::start(options_.port, api, stop_);
  auto parent = Listener::start(options_.metadata_port, metadata, stop_);
  if (!plain || !parent) {
    return tl::unexpected(plain ? parent.error() : plain.error());
  }
  api_ = std::move(*plain);
  metadata_ = std::move(*parent);
  if (options_.tls) {
    auto secure = Listener::start(0, api, stop_, tls_);
    if (!secure) {
      return tl::unexpected(secure.error());
    }
    api_tls_ = std::move(*secure);
  }
  return {};
}

MachineSpec App::machine_of(const Instance& instance)
{
  auto imds = std::make_shared<Imds>(metadata_of(instance), clock_, keys_,
                                     [this, id = instance.id] { return state_->spot_news(id); });
  MachineSpec spec{
    .id = instance.id, .private_ip = instance.private_ip, .user_data = instance.launch.user_data};
  spec.serve_metadata = [this, imds](httplib::Server& server) {
    attach(
      server,
      [this, imds](const Request& request) { return serve_metadata(*imds, request, world()); },
      stop_);
  };
  spec.serve_endpoint = [this](httplib::Server& server) {
    attach(
      server, [this](const Request& request) { return front_->handle(request); }, stop_);
  };
  spec.port = api_->port();
  return spec;
}

App::~App()
{
  stop_.request();
  if (watcher_.joinable()) {
    watcher_.join();
  }
  api_.reset(); // no new machines
  api_tls_.reset();
  metadata_.reset();
  if (host_ && state_) {
    copy_consoles();
  }
  host_.reset(); // may still call state_
  if (env_file_written_) {
    std::error_code ignored;
    fs::remove(options_.env_file, ignored); // its keys are worth nothing now
  }
}

std::string App::url() const
{
  return fmt::format("http://127.0.0.1:{}", api_->port());
}

std::string App::environment() const
{
  // With its last slash: botocore joins the path to it as it is.
  const std::string endpoint =
    api_tls_ ? fmt::format("https://127.0.0.1:{}", api_tls_->port()) : url();
  std::string text =
    fmt::format("export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\n"
                "export AWS_REGION={}\nexport AWS_ENDPOINT_URL={}\n"
                "export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:{}/\n",
                user_.id, user_.secret, options_.regions.front(), endpoint, metadata_->port());
  if (api_tls_) {
    text += fmt::format("export AWS_CA_BUNDLE={}\n", shell_quoted(tls_.certificate));
  }
  return text;
}

void App::watch()
{
  while (!stop_.wait_for(Millis(100))) {
    state_->tick();
    copy_consoles();
  }
}

void App::copy_consoles()
{
  if (!options_.console && options_.console_folder.empty()) {
    return;
  }
  for (const Instance& instance : state_->instances("", true)) {
    const std::string all = host_->console(instance.id);
    std::size_t& shown = shown_[instance.id];
    std::string_view fresh = std::string_view(all).substr(std::min(shown, all.size()));
    if (!options_.console_folder.empty() && !fresh.empty()) {
      std::ofstream(fmt::format("{}/{}.log", options_.console_folder, instance.id),
                    std::ios::app | std::ios::binary)
        << fresh;
    }
    const std::size_t whole = fresh.rfind('\n') + 1; // lines only; 0 when there is none
    fresh = options_.console ? fresh.substr(0, whole) : fresh;
    shown += fresh.size();
    for (const std::string& line : options_.console&& whole > 0
                                     ? split(fresh.substr(0, whole - 1), '\n')
                                     : std::vector<std::string>()) {
      fmt::print("{} {}\n", instance.id, trim(line));
    }
  }
  std::fflush(stdout);
}

} // namespace flame::sandbox
