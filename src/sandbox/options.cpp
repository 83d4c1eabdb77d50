#include "sandbox/options.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "io/files.hpp"
#include "sandbox/machine_host.hpp"
#include "sandbox/world.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {
namespace {

constexpr const char* k_about =
  "A local EC2: serves EC2, STS, SSM and S3 with verified signatures on the loopback "
  "interface,\n"
  "and boots the machines it is asked for. The account in it is small and fixed: see --world.";

constexpr const char* k_footer = R"(
For tests, with "Authorization: Bearer SECRET_ACCESS_KEY":
  GET    /_sandbox/requests                  what was asked, as JSON
  GET    /_sandbox/instances                 the truth about all machines, as JSON
  GET    /_sandbox/instances/ID/user-data    as it came
  GET    /_sandbox/instances/ID/console      whole
  POST   /_sandbox/instances/ID/console      adds to what the machine has printed
  POST   /_sandbox/leftovers/REGION          a volume or network-interface that no machine has;
                                             lines like: volume flame-ec2:run-id=ci-7
  POST   /_sandbox/instances/ID/power-off    the machine switches itself off
  POST   /_sandbox/instances/ID/reclaim      EC2 takes the machine back, without a word
  POST   /_sandbox/instances/ID/interrupt    the same of a spot machine, after a notice; the body
                                             is its time, 2m for none
  POST   /_sandbox/instances/ID/rebalance    the hint that a spot machine may be interrupted soon
  POST   /_sandbox/faults                    adds faults, one a line
  DELETE /_sandbox/faults                    no more faults
  PUT    /_sandbox/scenario                  another scenario, from its beginning

In the folder of buckets, what files cannot say of themselves:
  .s3/buckets/BUCKET      lines of: requester-pays, versions, moved (301 to other regions)
  .s3/about/BUCKET/KEY    headers of the object, as in: x-amz-storage-class: GLACIER

)";

struct Texts { // as typed
  std::vector<std::string> bucket_regions = {};
  std::vector<std::string> faults = {};
  std::vector<std::string> pools = {};
  std::string scenario = {};
  std::string machines = {};
  std::string pending_time = "500ms";
  std::string shutdown_time = "300ms";
  std::string visible_after = {};
  std::string reused_token = "error";
};

void declare_places(CLI::App& app, Options& options, Texts& texts)
{
  app.add_option("--port", options.port, "listen on 127.0.0.1:PORT; 0 is a free port (0)")
    ->type_name("PORT");
  app
    .add_option("--metadata-port", options.metadata_port,
                "port of the parent's metadata service; 0 is a free port (0)")
    ->type_name("PORT");
  app
    .add_option("--host", options.host,
                "answer to HOST too, for what forwards to here; else only to this computer's names")
    ->type_name("HOST");
  app.add_option("--region", options.regions, "regions to be, several with commas (us-east-1)")
    ->delimiter(',')
    ->type_name("REGION");
  app
    .add_option("--s3", options.s3_folder,
                "folder of buckets: each subfolder is one; made when it is not there")
    ->type_name("FOLDER");
  app.add_option("--bucket-region", texts.bucket_regions, "a bucket that is elsewhere; repeatable")
    ->type_name("BUCKET=REGION");
  app.add_option("--state", options.state, "folder for what is written (a temporary one)")
    ->type_name("FOLDER");
  app.add_option("--env-file", options.env_file, "write the variables for clients here when ready")
    ->type_name("FILE");
  app.add_flag("--print-env", options.print_env, "print the variables for clients when ready");
  app.add_flag("--tls", options.tls, "serve HTTPS too, and name that endpoint to clients");
  app.add_flag("--quiet", options.quiet, "do not print a line for each request");
}

void declare_machines(CLI::App& app, Options& options, Texts& texts)
{
  app
    .add_option("--machines", texts.machines,
                "nspawn: boot systemd (root only); none: machines that only exist")
    ->type_name("KIND");
  app
    .add_option("--system", options.system.root,
                "the file system whose systemd machines boot, as debootstrap makes one (/)")
    ->type_name("FOLDER");
  app.add_flag("--cloud-init", options.system.cloud_init,
               "its own cloud-init runs the user data, rather than a stand-in for it");
  app.add_flag("--console", options.console, "print what machines print, each line with its id");
  app
    .add_option("--console-folder", options.console_folder,
                "write what machines print to FOLDER/ID.log")
    ->type_name("FOLDER");
}

void declare_behaviour(CLI::App& app, Options& options, Texts& texts)
{
  app.add_option("--fault", texts.faults, "what shall go wrong, see Faults; repeatable")
    ->type_name("SPEC");
  app.add_option("--pending-time", texts.pending_time, "how long a machine is pending (500ms)")
    ->type_name("TIME");
  app
    .add_option("--shutdown-time", texts.shutdown_time,
                "how long a machine that is off is shutting down (300ms)")
    ->type_name("TIME");
  app
    .add_option("--visible-after", texts.visible_after,
                "how long a new machine is not found by id or filter (0s)")
    ->type_name("TIME");
  app
    .add_option("--reused-token", texts.reused_token,
                R"(a client token of ended machines gives an "error" or the "old" machine (error))")
    ->type_name("KIND");
  app
    .add_option("--capacity", texts.pools,
                "room for so many machines, * for any type, zone or market; repeatable")
    ->type_name("TYPE/ZONE/MARKET=COUNT");
  app
    .add_option("--scenario", texts.scenario,
                "what EC2 has to give, and when, as TOML: see docs/sandbox.md")
    ->type_name("FILE");
  app.add_flag("--no-default-vpc", options.no_default_vpc,
               "no subnet is of a default VPC: launches must name one");
}

void set_time(Mistakes& mistakes, Millis& into, std::string_view flag, const std::string& text)
{
  const Result<Millis> time = parse_duration(text);
  if (time) {
    into = *time;
  } else {
    mistakes.add(fmt::format("{}: {}", flag, time.error().message), time.error().hint);
  }
}

void set_machines(Mistakes& mistakes, Options& options, const std::string& machines)
{
  if (machines == "none") {
    return;
  }
  const Result<void> can = can_run_machines();
  options.real_machines = can.has_value();
  if (!machines.empty() && machines != "nspawn") {
    mistakes.add(fmt::format("--machines \"{}\" is neither nspawn nor none", machines));
  } else if (machines == "nspawn" && !can) {
    mistakes.add(can.error());
  } else if (!can) {
    fmt::print(stderr, "flame-ec2-sandbox: machines will only exist: {}\n", can.error().message);
  }
  if (const auto boots = check_system(options.system); options.real_machines && !boots) {
    mistakes.add(boots.error());
  }
}

// The file, and over it in each of its stages what flags say.
void set_scenario(Mistakes& mistakes, Options& options, const Texts& texts)
{
  if (!texts.scenario.empty()) {
    const Result<std::string> text = io::read_named_file(texts.scenario);
    const Result<Scenario> scenario =
      text ? parse_scenario(*text, texts.scenario) : tl::unexpected(text.error());
    if (scenario) {
      options.scenario = *scenario;
    } else {
      mistakes.add(scenario.error());
    }
  }
  Millis visible_after = Millis(0);
  if (!texts.visible_after.empty()) {
    set_time(mistakes, visible_after, "--visible-after", texts.visible_after);
  }
  for (Stage& stage : options.scenario) {
    stage.supply.visible_after = std::max(stage.supply.visible_after, visible_after);
  }
  for (const std::string& text : texts.pools) {
    const auto pool = parse_pool(text);
    for (Stage& stage : options.scenario) {
      stage.supply.pools[pool ? name(*pool) : ""] = pool.value_or(Pool());
    }
    if (!pool) {
      mistakes.add(pool.error().message, pool.error().hint);
    }
  }
}

Result<Options> finish(Options options, const Texts& texts)
{
  Mistakes mistakes(ErrorKind::usage);
  set_time(mistakes, options.pending_time, "--pending-time", texts.pending_time);
  set_time(mistakes, options.shutdown_time, "--shutdown-time", texts.shutdown_time);
  set_scenario(mistakes, options, texts);
  for (const std::string& spec : texts.faults) {
    if (const Result<Fault> fault = parse_fault(spec)) {
      options.faults.push_back(*fault);
    } else {
      mistakes.add(fault.error());
    }
  }
  for (const std::string& text : texts.bucket_regions) {
    const std::vector<std::string> pieces = split(text, '=');
    if (pieces.size() != 2 || pieces[0].empty() || pieces[1].empty()) {
      mistakes.add(fmt::format("--bucket-region \"{}\" is not BUCKET=REGION", text));
    } else {
      options.bucket_regions[pieces[0]] = pieces[1];
    }
  }
  if (std::ranges::any_of(options.regions, &std::string::empty)) {
    mistakes.add("--region is empty");
  }
  if (texts.reused_token != "error" && texts.reused_token != "old") {
    mistakes.add(fmt::format("--reused-token \"{}\" is neither error nor old", texts.reused_token));
  }
  options.reused_token_is_error = texts.reused_token == "error";
  set_machines(mistakes, options, texts.machines);
  return mistakes.empty() ? Result<Options>(options) : tl::unexpected(mistakes.error());
}

} // namespace

Result<Parsed> parse_options(int argc, const char* const* argv)
{
  CLI::App app(k_about, "flame-ec2-sandbox");
  Options options;
  Texts texts;
  bool version_asked = false;
  bool world_asked = false;
  declare_places(app, options, texts);
  declare_machines(app, options, texts);
  declare_behaviour(app, options, texts);
  app.footer(k_footer + fault_help());
  app.add_flag("--version", version_asked, "print the version");
  app.add_flag("--world", world_asked, "print what requests may name: images, subnets, …");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Parsed{.output = app.help()};
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::usage, error.what(), "see flame-ec2-sandbox --help");
  }
  if (version_asked) {
    return Parsed{.output = fmt::format("flame-ec2-sandbox {}\n", version())};
  }
  if (world_asked) {
    return Parsed{.output = world_text()};
  }
  return finish(options, texts).map([](Options ready) {
    return Parsed{.options = std::move(ready)};
  });
}

} // namespace flame::sandbox
