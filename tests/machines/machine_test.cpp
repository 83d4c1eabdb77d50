#include "base/encoding.hpp"
#include "machine_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace flame::tests;
using namespace std::chrono_literals;

namespace {

// Generous: the computer may be busy with other machines. Quiet, a machine boots in half a second.
constexpr auto k_soon = 60s;

std::string script(const std::string& body)
{
  return "#!/bin/sh\n" + body;
}

} // namespace

TEST_CASE_FIXTURE(HostFixture, "a machine runs its script, reaches its services and powers off")
{
  start("i-1",
        script("echo \"id: $(curl -s http://169.254.169.254/latest/meta-data/instance-id)\"\n"
               "echo \"endpoint: $(curl -s http://127.0.0.1:4566/hello)\"\n"
               "echo \"in $(pwd) as $(id -un) on $(hostname)\"\n"
               "echo \"awk: $(echo 1 2 | awk '{print $2}')\"\n"
               "systemctl poweroff\n"));
  CHECK(off_within("i-1", k_soon));
  CHECK(says("i-1", "id: i-1"));
  CHECK(says("i-1", "endpoint: hello i-1"));
  CHECK(says("i-1", "in / as root on ip-10-0-0-9"));
  CHECK(says("i-1", "awk: 2"));
}

TEST_CASE_FIXTURE(HostFixture, "user data that is gzipped runs, other user data does nothing")
{
  // printf '#!/bin/sh\necho unpacked\nsystemctl poweroff\n' | gzip -n
  const std::string gzipped =
    flame::from_base64(
      "H4sIAAAAAAAAA1NW1E/KzNMvzuBKTc7IVyjNK0hMzk5N4SquLC5JzU0uyVEoyC9PLcpPS+MCAD9JfYgrAAAA")
      .value();
  start("i-gzip", gzipped);
  start("i-text", "echo this is no script");
  start("i-none", "");
  CHECK(off_within("i-gzip", k_soon));
  CHECK(says("i-gzip", "unpacked"));
  CHECK(says_within("i-text", "Unhandled non-multipart", k_soon));
  CHECK(says_within("i-none", "Finished cloud-final", k_soon));
  CHECK(!is_off("i-text"));
  CHECK(!is_off("i-none"));
}

TEST_CASE_FIXTURE(HostFixture, "a script that fails leaves the machine on")
{
  start("i-1", script("exit 7\n"));
  CHECK(says_within("i-1", "the script ended with 7", k_soon));
  CHECK(!off_within("i-1", 1s));
}

TEST_CASE_FIXTURE(HostFixture,
                  "a rebooted machine keeps its disk and does not run its script again")
{
  start("i-1", script("cat > /etc/systemd/system/after.service <<E\n"
                      "[Service]\n"
                      "ExecStart=/bin/sh -c 'echo after reboot > /dev/console; poweroff'\n"
                      "E\n"
                      "ln -s ../after.service /etc/systemd/system/multi-user.target.wants/\n"
                      "echo run number $((1 + $(cat /opt/runs 2>/dev/null || echo 0)))\n"
                      "echo 1 > /opt/runs\n"
                      "systemctl reboot\n"));
  CHECK(off_within("i-1", k_soon));
  CHECK(says("i-1", "run number 1"));
  CHECK(says("i-1", "after reboot"));
  CHECK(!says("i-1", "run number 2"));
}

TEST_CASE_FIXTURE(HostFixture, "every kind of power off ends a machine")
{
  for (const std::string command :
       {"poweroff", "poweroff -f", "systemctl poweroff -ff", "shutdown -P now",
        "systemd-run --on-active=1 --timer-property=AccuracySec=1ms /usr/bin/systemctl poweroff"}) {
    CAPTURE(command);
    const std::string id = "i-" + std::to_string(command.size());
    start(id, script(command + "\n"));
    const bool off = off_within(id, 8s);
    INFO(host->console(id));
    CHECK(off);
  }
}

TEST_CASE_FIXTURE(HostFixture, "the power button ends a machine in order")
{
  start("i-1", script("trap 'echo script was told; exit' TERM\n"
                      "echo script runs\n"
                      "while :; do sleep 0.1; done\n"));
  REQUIRE(says_within("i-1", "script runs", k_soon));
  host->press_power_button("i-1");
  CHECK(off_within("i-1", 8s)); // before the plug is pulled
  CHECK(says("i-1", "poweroff.target"));
  host->press_power_button("i-1");
  host->press_power_button("i-unknown");
}

TEST_CASE_FIXTURE(HostFixture, "the power button works at any moment of a boot")
{
  for (const auto pause : {0ms, 20ms, 60ms, 100ms, 150ms, 200ms, 300ms, 400ms}) {
    CAPTURE(pause.count());
    const std::string id = "i-" + std::to_string(pause.count());
    start(id, script("sleep 1000\n"));
    std::this_thread::sleep_for(pause);
    host->press_power_button(id);
    const bool off = off_within(id, 7s);
    INFO(host->console(id));
    CHECK(off);
  }
}

TEST_CASE_FIXTURE(HostFixture, "a machine that does not listen to its power button is cut off")
{
  start("i-1", script("mkdir -p /run/systemd/system/stuck.service.d\n"
                      "printf '[Service]\\nTimeoutStopSec=1000\\nType=oneshot\\n"
                      "RemainAfterExit=yes\\nExecStart=/bin/true\\nExecStop=/bin/sleep 1000\\n'"
                      " > /run/systemd/system/stuck.service\n"
                      "systemctl start stuck.service\n"
                      "echo is stuck\n"));
  REQUIRE(says_within("i-1", "is stuck", k_soon));
  host->press_power_button("i-1");
  CHECK(!off_within("i-1", 5s));
  CHECK(off_within("i-1", 20s));
}

TEST_CASE_FIXTURE(HostFixture, "a machine cannot touch the clock, the kernel or the host's files")
{
  start("i-1",
        script("date -s 2020-01-01 2>/dev/null && echo BROKEN date\n"
               "(echo h > /proc/sysrq-trigger) 2>/dev/null && echo BROKEN sysrq\n"
               "(echo 1 > /proc/sys/kernel/panic) 2>/dev/null && echo BROKEN sysctl\n"
               "(: > /usr/bin/planted) 2>/dev/null && echo BROKEN usr\n"
               "mountpoint -q /etc/ssl && (: > /etc/ssl/planted) 2>/dev/null && echo BROKEN ssl\n"
               "mknod /tmp/disk b 8 0 2>/dev/null && echo BROKEN mknod\n"
               "dmesg > /dev/null 2>&1 && echo BROKEN dmesg\n"
               "modprobe dummy 2>/dev/null && echo BROKEN modprobe\n"
               "ip link add dummy0 type dummy 2>/dev/null && echo BROKEN network\n"
               "curl -sm 2 http://192.0.2.1/ 2>/dev/null && echo BROKEN route\n"
               "[ \"$(ls /home /srv | grep -c .)\" -gt 3 ] && echo BROKEN home\n"
               "echo all tried\n"));
  REQUIRE(says_within("i-1", "all tried", k_soon));
  CHECK(!says("i-1", "BROKEN"));
}

TEST_CASE_FIXTURE(HostFixture, "four machines at once have four networks")
{
  const std::string ask = script("curl -s http://169.254.169.254/latest/meta-data/instance-id\n"
                                 "poweroff\n");
  for (const std::string id : {"i-a", "i-b", "i-c", "i-d"}) {
    start(id, ask);
  }
  for (const std::string id : {"i-a", "i-b", "i-c", "i-d"}) {
    CAPTURE(id);
    const bool off = off_within(id, 8s);
    INFO(host->console(id));
    CHECK(off);
    CHECK(says(id, "]: " + id));
  }
}

TEST_CASE_FIXTURE(HostFixture, "the console keeps the end of what was written")
{
  start("i-1", script("seq 1 400000 > /dev/console\npoweroff -f\n"));
  CHECK(off_within("i-1", k_soon));
  CHECK(host->console("i-1").size() == 1 << 20);
  CHECK(says("i-1", "\n400000\r\n"));
  CHECK(!says("i-1", "\n1000\r\n"));
}

TEST_CASE_FIXTURE(HostFixture, "a machine that cannot boot is off, and its console says why")
{
  flame::sandbox::MachineSpec spec;
  spec.id = "i-1";
  spec.private_ip = "no address";
  std::atomic<int> offs = 0;
  spec.on_off = [&offs] { offs++; };
  REQUIRE(host->start(std::move(spec)));
  CHECK(says_within("i-1", "'no address' is no IPv4 address", 5s));
  host.reset();
  CHECK(offs == 1);
}

TEST_CASE_FIXTURE(HostFixture, "a machine is started once")
{
  start("i-1", "");
  flame::sandbox::MachineSpec again;
  again.id = "i-1";
  CHECK(host->start(std::move(again)).error().message == "machine i-1 is started twice");
}
