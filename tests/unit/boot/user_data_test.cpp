#include "base/encoding.hpp"
#include "base/gzip.hpp"
#include "boot/user_data.hpp"
#include "support/reference_values.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace flame;
using namespace flame::boot;
using namespace flame::tests;

namespace {

bool holds(std::string_view text, std::string_view part)
{
  return text.find(part) != std::string_view::npos;
}

} // namespace

TEST_CASE("boot::environment_line escapes what is special between double quotes, and nothing else")
{
  CHECK(environment_line("A", "") == "A=\"\"\n");
  CHECK(environment_line("A", "a b  c#;'%!*~") == "A=\"a b  c#;'%!*~\"\n");
  CHECK(environment_line("A", "\"") == "A=\"\\\"\"\n");
  CHECK(environment_line("A", "\\") == "A=\"\\\\\"\n");
  CHECK(environment_line("A", "`$") == "A=\"\\`\\$\"\n");
  CHECK(environment_line("A", "1\n2") == "A=\"1\n2\"\n");
}

TEST_CASE("boot::render_user_data")
{
  const Runner runner = full_runner();
  const std::string script = render_user_data(runner);

  SUBCASE("is a script by its first bytes, in plain ASCII")
  {
    CHECK(script.starts_with("#!/bin/sh\n"));
    CHECK(std::ranges::all_of(script, [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
  }
  SUBCASE("gives the same bytes for the same runner")
  {
    CHECK(script == render_user_data(full_runner()));
  }
  SUBCASE("arms the timers before it does anything that can fail")
  {
    const auto armed = script.find("\ntimer bootstrap ");
    REQUIRE(armed != std::string::npos);
    for (const std::string_view later : {"\nmkdir ", "\ncat ", "curl", "\nrm ", "\nln "}) {
      CAPTURE(later);
      CHECK(script.find(later) > armed);
    }
    CHECK(script.find("\ntrap ") < armed);
  }
  SUBCASE("uses nothing that some image lacks or that would hang or leave the machine on")
  {
    for (const std::string_view word : {"pipefail", "awk", "hostname -i", "halt", "aws s3",
                                        "apt-get", "systemctl enable", "set -x", "mime-version:"}) {
      CAPTURE(word);
      CHECK(!holds(script, word));
    }
    CHECK(holds(script, "systemctl start --no-block"));
  }
  SUBCASE("shows no value in plain text")
  {
    for (const std::string_view secret : {"s3cret", "cookie-of-the-release", "echo set up"}) {
      CAPTURE(secret);
      CHECK(!holds(script, secret));
    }
  }
  SUBCASE("asks for the address only when a variable needs it")
  {
    Runner plain = runner;
    plain.variables = {{"A", "1"}};
    CHECK(holds(script, "local-ipv4"));
    CHECK(!holds(render_user_data(plain), "local-ipv4"));
  }
  SUBCASE("asks for systemd 248 only for control characters that older ones drop")
  {
    CHECK(!holds(script, "systemctl --version"));
    for (const char c : {'\r', '\x1B', '\x7F'}) {
      Runner odd = runner;
      odd.variables.push_back({"ODD", std::string(1, c)});
      CHECK(holds(render_user_data(odd), "systemctl --version"));
    }
  }
  SUBCASE("rounds times up to whole seconds, at least one")
  {
    Runner quick = runner;
    quick.bootstrap_timeout = Millis(1001);
    quick.max_lifetime = Millis(0);
    const std::string text = render_user_data(quick);
    CHECK(holds(text, "\ntimeout='2'\nlifetime='1'\n"));
    quick.max_lifetime = std::nullopt;
    CHECK(holds(render_user_data(quick), "\nlifetime=''\n"));
  }
  SUBCASE("cannot be taken for an e-mail, which cloud-init would do near the top")
  {
    Runner mail = runner;
    mail.fetch.url = "http://MIME-Version:80/mime-version:'\"\\x";
    CHECK(holds(render_user_data(mail),
                "url='http://MIME-Version'':80/mime-version'':'\\''\\\"\\\\x'\n"));
  }
}

TEST_CASE("boot::check_variables takes what systemd can load")
{
  std::vector<child::Variable> variables = {{"_a1", "x"}, {"PATH", "/bin"}};
  for (const std::string_view value : k_values) {
    variables.push_back({"A", std::string(value)});
  }
  variables.push_back(
    {"A", "\xEF\xBF\xBD \xEF\xB7\x8F \xF4\x8F\xBF\xBD"}); // U+FFFD U+FDCF U+10FFFD
  CHECK(check_variables(variables));
}

TEST_CASE("boot::check_variables refuses what would not arrive, without showing it")
{
  struct Row {
    child::Variable variable;
    std::string_view message;
  };
  const Row rows[] = {
    {{"A", std::string("s3cret\0x", 8)}, "the value of environment variable A holds a NUL byte"},
    {{"A", "s3cret\xFF"}, "the value of environment variable A is not valid UTF-8"},
    {{"A", "\xED\xA0\x80"}, "the value of environment variable A is not valid UTF-8"},
    {{"A", "s3cret\xEF\xBB\xBF"}, "the value of environment variable A holds U+FEFF"},
    {{"A", "\xEF\xBF\xBE"}, "the value of environment variable A holds U+FFFE"},
    {{"A", "\xEF\xB7\x90"}, "the value of environment variable A holds U+FDD0"},
    {{"A", "\xF0\x9F\xBF\xBF"}, "the value of environment variable A holds U+1FFFF"},
    {{"", "x"}, "environment variable \"\" has a name that systemd does not take"},
    {{"1A", "x"}, "environment variable \"1A\" has a name that systemd does not take"},
    {{"my.var", "x"}, "environment variable \"my.var\" has a name that systemd does not take"},
    {{"A", std::string(131'070, 'x')}, "environment variable A is 1 bytes too long"},
  };
  for (const Row& row : rows) {
    const auto checked = check_variables({row.variable});
    REQUIRE(!checked);
    CHECK(checked.error().kind == ErrorKind::config);
    CHECK(checked.error().message == row.message);
    CHECK(!holds(checked.error().hint, "s3cret"));
  }
  CHECK(check_variables({{"A", std::string(131'069, 'x')}}));
  CHECK(!check_variables({{"A", std::string(131'069, 'x'), true}})); // the address comes behind
}

TEST_CASE("boot::check_variables reports all mistakes at once")
{
  const auto checked = check_variables({{"a-b", ""}, {"B", "\xFF"}, {"C", ""}});
  REQUIRE(!checked);
  REQUIRE(checked.error().also.size() == 1);
  CHECK(checked.error().also[0].message
        == "the value of environment variable B is not valid UTF-8");
}

TEST_CASE("boot::make_user_data gives the script, its gzip over 16,384 bytes, and then an error")
{
  std::mt19937_64 random(1);
  Runner runner = full_runner();
  const auto set = [&](std::size_t size) {
    std::string noise(size, ' ');
    std::ranges::generate(noise, [&] { return static_cast<char>('!' + random() % 90); });
    runner.variables[0].value = noise;
  };
  for (std::size_t size = 0; size < 5000; size += 100) {
    set(size);
    const std::string script = render_user_data(runner);
    const auto sent = make_user_data(runner);
    REQUIRE(sent);
    CHECK(*sent == (script.size() <= 16'384 ? script : gzip(script)));
    CHECK(sent->size() <= 16'384);
  }
  set(20'000);
  runner.start_command = std::string(500, 'x');
  runner.setup_commands = {std::string(300, 'x'), std::string(300, 'x')};
  const auto over = make_user_data(runner);
  REQUIRE(!over);
  CHECK(over.error().kind == ErrorKind::config);
  const std::size_t by = gzip(render_user_data(runner)).size() - 16'384;
  CHECK(over.error().message
        == "the user data is " + std::to_string(by)
             + " bytes over EC2's limit of 16384 bytes, in gzip too");
  CHECK(over.error().hint
        == "the largest parts are the variable GREETING (20000 bytes), setup_commands (600 bytes), "
           "start_command (500 bytes)");
}

TEST_CASE("boot::make_user_data leaves 8000 bytes of the limit to the user")
{
  Runner runner = full_runner();
  runner.fetch.url = placeholder_url();
  CHECK(placeholder_url().size() == 2560);
  CHECK(gzip(placeholder_url()).size() > 1800);
  const std::size_t ours = gzip(render_user_data(runner)).size();
  CAPTURE(ours);
  CHECK(ours <= 16'384 - 8000);
}

TEST_CASE("boot::without_secrets hides every value, the URL and the nonce")
{
  const Runner shown = without_secrets(full_runner());
  for (const child::Variable& variable : shown.variables) {
    CHECK(variable.value == "***");
  }
  CHECK(shown.fetch.url == "***");
  CHECK(shown.nonce == "***");
  CHECK(shown.start_command == full_runner().start_command);
}
