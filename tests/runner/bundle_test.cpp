#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "support/temp_folder.hpp"
#include "table.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

bool has_program(const std::string& name)
{
  return std::system(("test -x " + machine_system() + "/usr/bin/" + name).c_str()) == 0;
}

// One file, with a name that no folder gives it.
std::string archive_of(const std::string& name)
{
  const flame::test::TempFolder folder;
  const std::string command =
    "cd " + folder.path() + " && echo x >x && tar -czPf t.tgz --transform 's,^x$," + name + ",' x";
  REQUIRE(std::system(command.c_str()) == 0);
  std::ifstream file(folder.path() + "/t.tgz", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Scene in_format(const std::string& format, const std::string& program)
{
  flame::boot::Runner runner = least_runner();
  runner.fetch.format = format;
  Scene here = scene(runner, "");
  here.bundle = recompressed(tarball({{"release/bin/hello", "#!/bin/sh\nexit 6\n"}}), program);
  runner.fetch.sha256 = flame::to_hex(flame::sha256(here.bundle));
  runner.fetch.size = here.bundle.size();
  here.script = flame::boot::render_user_data(runner);
  return here;
}

} // namespace

TEST_SUITE_BEGIN("table");

TEST_CASE_FIXTURE(RunnerMachines, "a bundle in every format, and an image that cannot unpack it")
{
  std::vector<Row> rows;
  const auto add = [&](const std::string& format, const std::string& program, const Scene& here,
                       bool possible) {
    Row row{.name = format, .scene = here, .stage = "stopped", .status = 6, .stages = k_whole_life};
    if (!possible) {
      row = {.name = format, .scene = here, .at = "unpack", .status = 1};
      row.says = program == "xz" ? "msg=the image has no xz" : "msg=the image has no zstd";
    }
    rows.push_back(row);
  };
  add("tar.gz", "gzip", in_format("tar.gz", "gzip"), true);
  add("tar", "cat", in_format("tar", "cat"), true);
  for (const std::string program : {"zstd", "xz"}) {
    const std::string format = program == "xz" ? "tar.xz" : "tar.zst";
    const Scene here = in_format(format, program);
    add(format, program, here, has_program(program));
    if (has_program(program)) {
      add(format, program, after("mount --bind /dev/null /usr/bin/" + program, here), false);
    }
  }
  check_table(*this, rows);
}

TEST_CASE_FIXTURE(RunnerMachines,
                  "a bundle that the user data carries needs no curl, and is looked at as any")
{
  const std::string good =
    tarball({{"bin/hello", "#!/bin/sh\nexit 6\n"}, {"./-n $(id) \xE2\x82\xAC", "x"}});
  const auto carried = [&](std::string bytes, const std::string& format = "tar.gz") {
    flame::boot::Runner runner = least_runner();
    runner.fetch = {.format = format, .carried = std::move(bytes)};
    runner.fetch.sha256 = flame::to_hex(flame::sha256(runner.fetch.carried));
    runner.fetch.size = runner.fetch.carried.size();
    return runner;
  };
  const auto without_curl = [](const flame::boot::Runner& runner) {
    return after("mount --bind /dev/null \"$(readlink -f /usr/bin/curl)\"", scene(runner, ""));
  };
  const auto bad = [&](std::string name, std::string bytes, std::string_view reason) {
    return Row{.name = std::move(name),
               .scene = without_curl(carried(std::move(bytes))),
               .at = "unpack",
               .status = 1,
               .reason = reason};
  };
  flame::boot::Runner another = carried(good);
  another.fetch.sha256 = std::string(64, '0');
  std::vector<Row> rows = {
    {.name = "gzip",
     .scene = without_curl(carried(good)),
     .stage = "stopped",
     .status = 6,
     .stages = k_whole_life},
    {.name = "another digest",
     .scene = without_curl(another),
     .at = "unpack",
     .status = 1,
     .reason = "the SHA-256 of the bundle is "},
    bad("cut", good.substr(0, good.size() / 2), "unexpected end of file"),
    bad("no archive", "#!/bin/sh\n", "not in gzip format"),
    bad("absolute", archive_of("/etc/flame-x"), "emoving leading"),
    bad("upwards", archive_of("../../etc/flame-x"), "emoving leading"),
  };
  if (has_program("xz")) {
    rows.push_back({.name = "xz",
                    .scene = without_curl(carried(recompressed(good, "xz"), "tar.xz")),
                    .stage = "stopped",
                    .status = 6});
  }
  rows.push_back({.name = "what is fetched does need it",
                  .scene = without_curl(least_runner()),
                  .at = "boot",
                  .status = 1,
                  .reason = "the image has no curl"});
  check_table(*this, rows);
}

TEST_CASE_FIXTURE(RunnerMachines, "a machine reads the bundle by its role, or says what it lacks")
{
  flame::boot::Runner runner = least_runner();
  runner.fetch.url = "http://127.0.0.1:4566/signed/hello%20%2B.tar.gz";
  runner.fetch.bucket = "signed";
  runner.fetch.key = "hello +.tar.gz";
  runner.fetch.region = "eu-west-1";
  runner.fetch.endpoint = "http://127.0.0.1:4566"; // which the AWS CLI has from nowhere else
  const Scene here = scene(runner, "exit 6");
  const std::string plain = runner.fetch.url;
  runner.fetch.url = plain + "?versionId=v%2B1&x-amz-request-payer=requester";
  const Scene paying = scene(runner, "exit 6");
  Scene no_role = here;
  no_role.role_status = 404;
  const std::string no_signer = "for program in python3 aws; do\n"
                                "file=$(readlink -f /usr/bin/$program) && [ -e \"$file\" ] && "
                                "mount --bind /dev/null \"$file\"\ndone";
  std::vector<Row> rows = {
    {.name = "nothing to sign with",
     .scene = after(no_signer, here),
     .at = "fetch",
     .reason = "the image has neither python3 nor aws"},
  };
  if (has_program("python3")) {
    rows.push_back({.name = "python3", .scene = here, .stage = "stopped", .status = 6});
    rows.push_back(
      {.name = "a version, of which we pay", .scene = paying, .stage = "stopped", .status = 6});
    rows.push_back({.name = "no role",
                    .scene = no_role,
                    .at = "fetch",
                    .reason = "no credentials of a role: HTTP Error 404"});
  }
  if (has_program("aws") && has_program("python3")) {
    // Debian's needs a python3 of another name then.
    const std::string aws_alone =
      "cp \"$(readlink -f /usr/bin/python3)\" /opt/python\n"
      "sed '1s:.*:#!/opt/python:' /usr/bin/aws >/opt/aws.real\n"
      "printf '#!/bin/sh\\nexport PYTHONHOME=/usr\\nexec /opt/aws.real \"$@\"\\n' >/opt/aws\n"
      "chmod 755 /opt/aws /opt/aws.real\n"
      "mount --bind /opt/aws \"$(readlink -f /usr/bin/aws)\"\n"
      "mount --bind /dev/null \"$(readlink -f /usr/bin/python3)\"";
    rows.push_back(
      {.name = "aws", .scene = after(aws_alone, here), .stage = "stopped", .status = 6});
    rows.push_back({.name = "aws, of which we pay",
                    .scene = after(aws_alone, paying),
                    .at = "fetch",
                    .reason = "aws signs for no bucket whose requesters pay"});
    rows.push_back({.name = "aws without a role",
                    .scene = after(aws_alone, no_role),
                    .at = "fetch",
                    .reason = "aws: "});
  }
  check_table(*this, rows);
}

TEST_SUITE_END();
