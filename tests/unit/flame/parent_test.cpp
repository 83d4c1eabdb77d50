#include "base/encoding.hpp"
#include "flame/parent.hpp"
#include "support/etf_writer.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <random>
#include <sstream>

using namespace flame;
using namespace flame::child;
using etf::new_atom;

namespace {

constexpr std::string_view k_hint = "pass the value on byte for byte as FLAME made it";

// What is wrong with these bytes, without "FLAME_PARENT ".
std::string problem(std::string_view bytes)
{
  const auto parent = decode_parent(to_base64(bytes));
  REQUIRE(!parent);
  CHECK(parent.error().kind == ErrorKind::config);
  CHECK(parent.error().hint == k_hint);
  const std::string_view message = parent.error().message;
  REQUIRE(message.starts_with("FLAME_PARENT "));
  return std::string(message.substr(13));
}

// A parent with one more value, or with another value for a key that a parent has.
std::string parent_with(std::string_view key, const std::string& value)
{
  const std::string node = new_atom("parent@10.0.0.7");
  const auto pick = [&](std::string_view name, const std::string& usual) {
    return std::pair(new_atom(name), name == key ? value : usual);
  };
  return etf::map({pick("ref", etf::reference(node)), pick("pid", etf::pid(node)),
                   pick("backend", new_atom("Elixir.FlameEC2")),
                   pick("host_env", etf::binary("INSTANCE_IP")),
                   pick("node_base", etf::binary("app-flame-00")),
                   pick("backend_vsn", new_atom("nil")), pick("flame_vsn", new_atom("nil"))});
}

// term_to_binary(Map, [compressed]): as parent_with("", ""), with a few more values.
std::string compressed_parent()
{
  std::ifstream in(std::string(FLAME_FIXTURES) + "/../fuzz/corpus/parent/compressed",
                   std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

} // namespace

TEST_CASE("flame: a parent of OTP 25 is read")
{
  const std::string bytes = etf::flame_parent_otp25();
  CHECK(bytes.size() == 265); // as the real one
  const auto parent = decode_parent(to_base64(bytes));
  REQUIRE(parent);
  CHECK(parent->node == "parent@127.0.0.1");
  CHECK(parent->node_base == "my_app-flame-0123456789abcdef0123");
  CHECK(parent->host_env == "INSTANCE_IP");
  CHECK(parent->backend == "Elixir.FlameEC2");
  CHECK(parent->backend_app == "flame_ec2");
  CHECK(parent->backend_vsn == "1.0.0");
  CHECK(parent->flame_vsn == "0.5.3");
}

TEST_CASE("flame: a parent of OTP 26 is read, in any order and with nil")
{
  const auto parent = decode_parent(to_base64(etf::flame_parent_otp26()));
  REQUIRE(parent);
  CHECK(parent->node == "parent@10.0.0.7");
  CHECK(parent->node_base == "app-flame-00");
  CHECK(parent->host_env.empty());
}

TEST_CASE("flame: every kind of term may stand beside what we read")
{
  const std::string node = new_atom("n@h");
  const std::string one = etf::tagged(97, "\x01");
  const std::string zeros(12, '\0');
  const std::string terms[] = {
    one,
    etf::tagged(98, zeros.substr(0, 4)),
    etf::tagged(110, std::string("\x02\x01", 2) + "ab"),
    etf::tagged(111, etf::big_endian(3, 4) + zeros.substr(0, 4)),
    etf::tagged(70, zeros.substr(0, 8)),
    etf::tagged(99, std::string(31, '0')),
    etf::tagged(104, "\x02" + one + one),
    etf::tagged(105, etf::big_endian(1, 4) + one),
    etf::tagged(106, ""),
    etf::tagged(107, etf::big_endian(3, 2) + "abc"),
    etf::tagged(108, etf::big_endian(2, 4) + one + one + etf::tagged(106, "")),
    etf::tagged(115, "\x03xyz"),
    etf::tagged(118, etf::big_endian(2, 2) + "\xc3\xbc"),
    etf::tagged(103, node + zeros.substr(0, 9)),
    etf::tagged(114, etf::big_endian(2, 2) + node + zeros.substr(0, 9)),
    etf::tagged(101, node + zeros.substr(0, 5)),
    etf::tagged(102, node + zeros.substr(0, 5)),
    etf::tagged(89, node + zeros.substr(0, 8)),
    etf::tagged(120, node + zeros.substr(0, 12)),
    etf::tagged(77, etf::big_endian(1, 4) + "\x03x"),
    etf::tagged(112, etf::big_endian(6, 4) + "ab"),
    etf::tagged(117, etf::big_endian(1, 4) + etf::pid(node) + node + one + one + one),
    etf::tagged(113, node + node + one),
    etf::tagged(116, etf::big_endian(1, 4) + one + etf::binary("inner")),
  };
  for (const std::string& term : terms) {
    CAPTURE(static_cast<int>(static_cast<std::uint8_t>(term[0])));
    const auto parent = decode_parent(to_base64(parent_with("backend_vsn", term)));
    REQUIRE(parent);
    CHECK(parent->node_base == "app-flame-00");
  }
}

TEST_CASE("flame: old pids, old references and Latin-1 atoms are read")
{
  const std::string node = etf::old_atom("p\xfc@10.0.0.7");
  const auto old_pid =
    decode_parent(to_base64(parent_with("pid", etf::tagged(103, node + std::string(9, '\0')))));
  REQUIRE(old_pid);
  CHECK(old_pid->node == "p\xc3\xbc@10.0.0.7");
  const std::string old_reference =
    etf::tagged(114, etf::big_endian(3, 2) + node + std::string(13, '\0'));
  CHECK(decode_parent(to_base64(parent_with("ref", old_reference))));
}

TEST_CASE("flame: bytes after the term do not matter, as in Erlang")
{
  CHECK(decode_parent(to_base64(etf::flame_parent_otp26() + "more")));
}

TEST_CASE("flame: what is not base64 says so")
{
  const auto message = [](std::string_view text) { return decode_parent(text).error().message; };
  const std::string good = to_base64(etf::flame_parent_otp25());
  CHECK(message("") == "FLAME_PARENT is empty");
  CHECK(message("hell-") == "FLAME_PARENT is not base64");
  CHECK(message("he=o") == "FLAME_PARENT is not base64");
  for (std::size_t left : {1, 2, 3}) {
    CHECK(message(good.substr(0, 100 + left))
          == "FLAME_PARENT was cut: its base64 ends in the middle of a group");
  }
  CHECK(message(good + "\n") == "FLAME_PARENT holds blanks or line breaks");
  CHECK(message(std::string(131073, 'A'))
        == "FLAME_PARENT has 131073 bytes, more than any that FLAME makes");
}

TEST_CASE("flame: what is no parent says why")
{
  CHECK(problem("") == "is empty");
  CHECK(problem("plain text") == "is not an Erlang term");
  CHECK(problem("\x83") == "was cut: it ends in the middle of a term");
  CHECK(problem(etf::tagged(131, new_atom("hello"))) == "is an Erlang term, but not a map");
  CHECK(problem(etf::map({})) == "has no ref");
  CHECK(problem("\x83\xff") == "has a term of unknown kind 255");
  CHECK(problem(parent_with("ref", new_atom("x"))) == "has a ref that is not a reference");
  CHECK(problem(parent_with("pid", new_atom("x"))) == "has a pid that is not a pid");
  CHECK(problem(parent_with("backend", new_atom("nil"))) == "has a backend that is not a module");
  CHECK(problem(parent_with("host_env", new_atom("x"))) == "has a host_env that is not a string");
  CHECK(problem(parent_with("node_base", new_atom("nil")))
        == "has a node_base that is not a string");
  CHECK(problem(parent_with("node_base", etf::binary("\xff")))
        == "has a node_base that is not text");
  CHECK(problem(parent_with("pid", etf::pid(etf::binary("not an atom"))))
        == "has a node name that is no atom");
  CHECK(problem(parent_with("backend_vsn", etf::tagged(112, etf::big_endian(3, 4))))
        == "has a function shorter than its header");
  for (const char* base : {"", "a@b", "a b", "a\nb"}) {
    CHECK(problem(parent_with("node_base", etf::binary(base)))
          == "has a node_base that no node's name can begin with");
  }
}

TEST_CASE("flame: all that is wrong is said at once")
{
  const auto parent = decode_parent(to_base64(etf::map({{new_atom("backend"), new_atom("nil")}})));
  REQUIRE(!parent);
  std::vector<std::string> messages = {parent.error().message};
  for (const Mistake& mistake : parent.error().also) {
    messages.push_back(mistake.message);
    CHECK(mistake.hint == k_hint);
  }
  CHECK(messages
        == std::vector<std::string>{"FLAME_PARENT has no ref", "FLAME_PARENT has no pid",
                                    "FLAME_PARENT has a backend that is not a module",
                                    "FLAME_PARENT has no host_env",
                                    "FLAME_PARENT has no node_base"});
}

TEST_CASE("flame: what the child does not need may be of any kind")
{
  for (const char* key : {"flame_vsn", "backend_vsn", "backend_app"}) {
    for (const std::string& value :
         {etf::tagged(97, "\x01"), etf::binary("\xff"), etf::tagged(106, "")}) {
      const auto parent = decode_parent(to_base64(parent_with(key, value)));
      REQUIRE(parent);
      CHECK(parent->flame_vsn.empty());
      CHECK(parent->backend_vsn.empty());
      CHECK(parent->backend_app.empty());
    }
  }
}

TEST_CASE("flame: a compressed parent is read, and one that is cut, broken or a bomb is not")
{
  const std::string whole = compressed_parent();
  const auto parent = decode_parent(to_base64(whole));
  REQUIRE(parent);
  CHECK(parent->node == "parent@10.0.0.7");
  CHECK(parent->node_base == "app-flame-00");
  for (std::size_t size = 2; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(problem(whole.substr(0, size))
          == (size < 6 ? "was cut: it ends in the middle of a term"
                       : "is a compressed term that is cut or broken"));
  }
  std::string lies = whole;
  lies[5] = static_cast<char>(lies[5] + 1); // in the size
  CHECK(problem(lies) == "is a compressed term that is cut or broken");
  lies[2] = '\x7f';
  CHECK(problem(lies).ends_with(" bytes"));
  CHECK(problem(parent_with("backend_vsn", whole.substr(1))) == "has a term of unknown kind 80");
}

TEST_CASE("flame: each key that the child needs is missed by name")
{
  for (const char* key : {"ref", "pid", "backend", "host_env", "node_base"}) {
    std::string bytes = parent_with("", "");
    const std::size_t at = bytes.find(new_atom(key));
    REQUIRE(at != std::string::npos);
    bytes[at + 2] = 'X';
    CHECK(problem(bytes) == "has no " + std::string(key));
  }
}

TEST_CASE("flame: a parent cut anywhere is refused")
{
  for (const std::string& whole : {etf::flame_parent_otp25(), etf::flame_parent_otp26()}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      CAPTURE(size);
      CHECK(problem(whole.substr(0, size)) == "was cut: it ends in the middle of a term");
    }
  }
}

TEST_CASE("flame: depth and counts are bounded")
{
  CHECK(problem("\x83" + std::string(10'000, 'l')) == "has terms within terms too deeply");
  std::string nested = "\x83";
  for (int i = 0; i < 10'000; ++i) {
    nested += std::string("h\x01", 2);
  }
  CHECK(problem(nested) == "has terms within terms too deeply");
  CHECK(problem("\x83t\xff\xff\xff\xff") == "was cut: it ends in the middle of a term");
  CHECK(problem("\x83m\xff\xff\xff\xff") == "was cut: it ends in the middle of a term");
  CHECK(problem("\x83o\xff\xff\xff\xff") == "was cut: it ends in the middle of a term");
}

TEST_CASE("flame: a damaged parent never breaks us, and is never shown")
{
  std::mt19937 random(25); // NOLINT: the same bytes in every run
  const std::string whole = etf::flame_parent_otp25();
  for (int round = 0; round < 5'000; ++round) {
    std::string bytes = whole;
    for (int change = 0; change < 1 + round % 4; ++change) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto parent = decode_parent(to_base64(bytes));
    if (!parent) {
      REQUIRE(parent.error().kind == ErrorKind::config);
      REQUIRE(parent.error().message.find("0123456789abcdef") == std::string::npos);
      REQUIRE(parent.error().message.size() < 100);
    }
  }
}
