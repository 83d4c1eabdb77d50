#include "base/encoding.hpp"
#include "cli/app.hpp"
#include "flame/parent.hpp"
#include "support/etf_writer.hpp"
#include "support/fake_world.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::test;

namespace {

using List = std::vector<std::string>;

int run(FakeWorld& fake, const List& arguments)
{
  fake.out.clear();
  fake.err.clear();
  return cli::run(arguments, fake.world);
}

bool has(const std::string& text, std::string_view part)
{
  return text.find(part) != std::string::npos;
}

const std::string k_good = to_base64(etf::flame_parent_otp26());
const std::string k_loopback = to_base64(etf::flame_parent_otp25());

} // namespace

TEST_CASE("cli decode-parent: a good parent, as text, JSON and variables")
{
  FakeWorld fake;
  CHECK(run(fake, {"decode-parent", k_good}) == 0);
  CHECK(fake.err.empty());
  CHECK(fake.out
        == "node: parent@10.0.0.7\nhost: 10.0.0.7\nlong_name: yes\nloopback: no\n"
           "backend: FlameEC2\nbackend_app: -\nbackend_vsn: -\nflame_vsn: 0.5.3\n"
           "node_base: app-flame-00\nhost_env: -\n");
  CHECK(run(fake, {"decode-parent", k_good, "--json"}) == 0);
  CHECK(fake.out
        == R"({"node":"parent@10.0.0.7","host":"10.0.0.7","long_name":true,"loopback":false,)"
           R"("backend":"FlameEC2","backend_app":null,"backend_vsn":null,"flame_vsn":"0.5.3",)"
           R"("node_base":"app-flame-00","host_env":null})"
           "\n");
  CHECK(run(fake, {"decode-parent", k_good, "--output", "env"}) == 0);
  CHECK(has(fake.out, "FLAME_PARENT_NODE=parent@10.0.0.7\n"));
  CHECK(has(fake.out, "FLAME_PARENT_LONG_NAME=true\n"));
  CHECK(fake.connected.empty());
}

TEST_CASE("cli decode-parent: the value is the operand, standard input or the variable")
{
  FakeWorld fake;
  fake.world.env = {{"FLAME_PARENT", k_good}};
  CHECK(run(fake, {"decode-parent"}) == 0);
  CHECK(has(fake.out, "parent@10.0.0.7"));
  CHECK(run(fake, {"decode-parent", k_loopback}) == 3); // it wins
  List lines = {k_good.substr(0, 76), k_good.substr(76)};
  fake.world.read_line = [&]() -> std::optional<std::string> {
    if (lines.empty()) {
      return std::nullopt;
    }
    const std::string line = lines.front();
    lines.erase(lines.begin());
    return line;
  };
  CHECK(run(fake, {"decode-parent", "-"}) == 3);
  CHECK(has(fake.err, "holds blanks or line breaks"));
  lines = {k_good + "\r"};
  CHECK(run(fake, {"decode-parent", "-"}) == 0);
  CHECK(run(fake, {"decode-parent", "-"}) == 3);
  CHECK(has(fake.err, "FLAME_PARENT is empty"));
  fake.world.read_line = [] { return std::optional(std::string(1000, 'A')); };
  CHECK(run(fake, {"decode-parent", "-"}) == 3); // and does not read for ever
  CHECK(fake.out.empty());
}

TEST_CASE("cli decode-parent: a signal while it reads is an interruption")
{
  FakeWorld fake;
  fake.world.read_line = [&]() -> std::optional<std::string> {
    fake.cancel.now = {.signal = 2};
    return std::nullopt;
  };
  CHECK(run(fake, {"decode-parent", "-"}) == 130);
}

TEST_CASE("cli decode-parent: what is wrong is said beside what is known")
{
  FakeWorld fake;
  CHECK(run(fake, {"decode-parent", k_loopback, "--json"}) == 3);
  CHECK(fake.out.starts_with(R"({"node":"parent@127.0.0.1","host":"127.0.0.1","long_name":true,)"
                             R"("loopback":true,)"));
  CHECK(
    has(fake.out, R"("error":{"kind":"config","message":"FLAME_PARENT is of the node parent@)"));
  CHECK(fake.out.find('\n') == fake.out.size() - 1);
  CHECK(has(fake.err, "on the loopback interface"));
  CHECK(run(fake, {"decode-parent", "AAAA", "--json"}) == 3);
  CHECK(fake.out.starts_with(R"({"error":{"kind":"config","message":"FLAME_PARENT is not an)"));
  fake.out_is_full = true;
  CHECK(run(fake, {"decode-parent", k_good}) == 74);
}

TEST_CASE("cli decode-parent: mistakes of the command line never show the value")
{
  FakeWorld fake;
  CHECK(run(fake, {"decode-parent"}) == 2);
  CHECK(has(fake.err, "FLAME_PARENT is not set"));
  CHECK(run(fake, {"decode-parent", k_good, k_good}) == 2);
  CHECK(!has(fake.err, k_good.substr(0, 20)));
  CHECK(run(fake, {"decode-parent", "--example", "app@10.0.0.7", k_good}) == 2);
  CHECK(!has(fake.err, k_good.substr(0, 20)));
  CHECK(run(fake, {"decode-parent", "--example", "app"}) == 2);
  CHECK(has(fake.err, "write it as app@10.0.0.7"));
}

TEST_CASE("cli decode-parent: a text that moves the cursor is defused")
{
  FakeWorld fake;
  std::string bytes = etf::flame_parent_otp26();
  bytes.replace(bytes.find("0.5.3"), 2, "\x1b[");
  CHECK(run(fake, {"decode-parent", to_base64(bytes)}) == 0);
  CHECK(has(fake.out, "flame_vsn: ?[5.3\n"));
  CHECK(run(fake, {"decode-parent", to_base64(bytes), "--output", "env"}) == 0);
  CHECK(has(fake.out, "FLAME_PARENT_FLAME_VSN='?[5.3'\n"));
}

TEST_CASE("cli decode-parent: an example goes back in")
{
  FakeWorld fake;
  CHECK(run(fake, {"decode-parent", "--example", "app@10.0.0.7"}) == 0);
  CHECK(fake.err.empty());
  const std::string value = fake.out.substr(0, fake.out.size() - 1);
  CHECK(run(fake, {"decode-parent", value}) == 0);
  CHECK(has(fake.out, "node: app@10.0.0.7\n"));
  CHECK(run(fake, {"decode-parent", "--example", "app@10.0.0.7", "--json"}) == 0);
  CHECK(fake.out.starts_with(R"({"flame_parent":"g3)"));
  CHECK(run(fake, {"decode-parent", "--example", "app@10.0.0.7", "--output", "env"}) == 0);
  CHECK(fake.out.starts_with("FLAME_PARENT="));
  CHECK(has(fake.out.substr(0, 16), "g3")); // quoted when it has a letter that eval could take
  CHECK(run(fake, {"decode-parent", "--example", "app@web"}) == 0);
  CHECK(has(fake.err, "warning: FLAME_PARENT is of the node app@web, a short name"));
}
