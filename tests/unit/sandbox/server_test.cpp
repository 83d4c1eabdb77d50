#include "io/http.hpp"
#include "sandbox/server.hpp"
#include "sandbox/state_folder.hpp"
#include "sandbox/tls.hpp"
#include "support/temp_folder.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <thread>

using namespace flame;
using namespace flame::sandbox;
using namespace std::chrono_literals;

namespace {

using Reason = io::HttpFailure::Reason;
using Answer = tl::expected<io::HttpResponse, io::HttpFailure>;

struct Fixture {
  Stop stop = {};
  Reply reply = {};
  Request seen = {};
  std::unique_ptr<Listener> listener = start();

  ~Fixture() { stop.request(); } // for whom hangs; then the listener ends

  std::unique_ptr<Listener> start(const TlsFiles& tls = {})
  {
    const Handler handler = [this](const Request& request) {
      seen = request;
      return reply;
    };
    auto started = Listener::start(0, handler, stop, tls);
    REQUIRE(started);
    return std::move(*started);
  }
  Answer send(io::HttpRequest request, const std::string& path = "/") const
  {
    request.url = fmt::format("http://127.0.0.1:{}{}", listener->port(), path);
    return io::make_http({})->send(request);
  }
};

} // namespace

TEST_CASE("sandbox: forms in parts reach the handler as their fields")
{
  Fixture one;
  one.reply = text_reply(200, "done");
  const std::string large(100'000, 'x');
  const std::string body = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na b\r\n"
                           "--b\r\nContent-Disposition: form-data; name=\"file\"; "
                           "filename=\"f\"\r\n\r\n"
                           + large + "\r\n--b--\r\n";
  const Answer answer = one.send({.method = "POST",
                                  .headers = {{"Content-Type", "multipart/form-data; boundary=b"}},
                                  .body = body});
  REQUIRE(answer);
  CHECK(one.seen.form == HeaderList{{"key", "a b"}, {"file", large}});
  CHECK(one.seen.body.empty());
}

TEST_CASE("sandbox: requests reach the handler as they were sent")
{
  Fixture one;
  const std::string body(100'000, 'x'); // a form of more than 8 KiB
  one.reply = text_reply(201, "done");
  const Answer answer =
    one.send({.method = "POST",
              .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                          {"X-Amz-Thing", "a  b"}},
              .body = body},
             "/a%20b//c%2Fd?x=%7e+1&y");
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(answer->body == "done");
  CHECK(one.seen.method == "POST");
  CHECK(one.seen.target == "/a%20b//c%2Fd?x=%7e+1&y");
  CHECK(one.seen.body == body);
  CHECK(one.seen.header("x-amz-thing") == "a  b");
}

TEST_CASE("sandbox: replies are not compressed and not cut by the library")
{
  Fixture one;
  one.reply = {.body = std::string(5000, 'a')};
  const Answer answer =
    one.send({.headers = {{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-9"}}});
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == one.reply.body);
  CHECK(answer->header("content-encoding").empty());
}

TEST_CASE("sandbox: files are sent by slices, and a HEAD tells their size")
{
  const test::TempFolder folder;
  Fixture one;
  const std::string path = folder.write("object", std::string(1'000'000, 'a') + "end");
  one.reply = {.file = FileSlice{.path = path, .length = 1'000'003}};
  const Answer whole = one.send({});
  REQUIRE(whole);
  CHECK(whole->body.size() == 1'000'003);
  const Answer head = one.send({.method = "HEAD"});
  REQUIRE(head);
  CHECK(head->header("content-length") == "1000003");
  one.reply.file = FileSlice{.path = path, .offset = 1'000'000, .length = 3};
  CHECK(one.send({})->body == "end");
  one.reply.file = FileSlice{.path = path};
  CHECK(one.send({})->body.empty());
}

TEST_CASE("sandbox: a cut connection is one without an answer")
{
  Fixture one;
  one.reply.manner = Manner::cut;
  const Answer answer = one.send({.method = "POST", .body = "x"});
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::broken);
  CHECK(answer.error().request_sent);
}

TEST_CASE("sandbox: a connection is reset")
{
  Fixture one;
  one.reply.manner = Manner::reset;
  const Answer answer = one.send({.method = "POST", .body = "x"});
  REQUIRE(!answer);
  CHECK(answer.error().reason == Reason::broken);
  CHECK(answer.error().message.find("reset") != std::string::npos);
}

TEST_CASE("sandbox: what is done later is answered after the delay")
{
  Fixture one;
  one.reply.delay = 50ms;
  one.reply.later = [] { return text_reply(200, "now"); };
  CHECK(one.send({})->body == "now");
}

TEST_CASE("sandbox: an answer can be cut in its middle, hang, dribble, or be too large")
{
  Fixture one;
  one.reply = text_reply(200, std::string(1000, 'x'));
  io::HttpRequest request;
  SUBCASE("cut")
  {
    one.reply.manner = Manner::cut_half;
    const Answer answer = one.send(request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::broken);
  }
  SUBCASE("hang")
  {
    one.reply.manner = Manner::hang;
    request.deadline = std::chrono::steady_clock::now() + 300ms;
    const Answer answer = one.send(request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::timed_out);
  }
  SUBCASE("dribble")
  {
    one.reply.manner = Manner::dribble;
    request.deadline = std::chrono::steady_clock::now() + 700ms;
    const Answer answer = one.send(request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::timed_out);
  }
  SUBCASE("huge")
  {
    one.reply.manner = Manner::huge;
    one.reply.huge_size = 20'000'000;
    const Answer answer = one.send(request);
    REQUIRE(!answer);
    CHECK(answer.error().reason == Reason::too_large);
  }
  SUBCASE("late")
  {
    one.reply.delay = 200ms;
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(one.send(request));
    CHECK(std::chrono::steady_clock::now() - start >= 200ms);
  }
}

TEST_CASE("sandbox: the end waits for nobody")
{
  Fixture one;
  one.reply.manner = Manner::hang;
  auto asked = std::async(std::launch::async, [&] { return one.send({}).has_value(); });
  std::this_thread::sleep_for(100ms);
  const auto start = std::chrono::steady_clock::now();
  one.stop.request();
  one.listener.reset();
  CHECK(std::chrono::steady_clock::now() - start < 2s);
  CHECK(!asked.get());
}

TEST_CASE("sandbox: a port that is taken is an error that names it")
{
  Fixture one;
  const auto second = Listener::start(
    one.listener->port(), [](const Request&) { return Reply(); }, one.stop);
  REQUIRE(!second);
  CHECK(second.error().kind == ErrorKind::config);
  CHECK(second.error().message.find(fmt::format("{}", one.listener->port())) != std::string::npos);
}

TEST_CASE("sandbox: HTTPS is trusted by whoever trusts its certificate, and by nobody else")
{
  const test::TempFolder folder;
  const auto files = make_tls_files(folder.path());
  REQUIRE(files);
  Fixture one;
  one.listener = one.start(*files);
  one.reply = text_reply(200, "safe");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const std::string url = fmt::format("https://{}:{}/", host, one.listener->port());
    const Answer trusted = io::make_http({.ca_bundle = files->certificate})->send({.url = url});
    REQUIRE(trusted);
    CHECK(trusted->body == "safe");
    const Answer other = io::make_http({})->send({.url = url});
    REQUIRE(!other);
    CHECK(other.error().reason == Reason::tls);
  }
}

TEST_CASE("sandbox: a state folder has one owner, and a temporary one is gone with it")
{
  const test::TempFolder folder;
  {
    const auto first = StateFolder::take(folder.path("state"));
    REQUIRE(first);
    CHECK(!StateFolder::take(folder.path("state")).has_value());
  }
  CHECK(StateFolder::take(folder.path("state")).has_value());
  CHECK(std::filesystem::is_directory(folder.path("state"))); // a named one stays

  std::string temporary;
  {
    const auto one = StateFolder::take("");
    const auto two = StateFolder::take("");
    REQUIRE(one);
    REQUIRE(two);
    temporary = (*one)->path();
    CHECK(temporary != (*two)->path());
    CHECK(std::filesystem::exists(temporary));
  }
  CHECK(!std::filesystem::exists(temporary));
}

TEST_CASE("sandbox: what a killed sandbox left is removed by the next one")
{
  const std::filesystem::path left =
    std::filesystem::temp_directory_path() / "flame-ec2-sandbox.TEST00";
  std::filesystem::create_directories(left / "s3" / "bucket");
  std::ofstream(left / "lock").put('\n');
  std::filesystem::last_write_time(left / "lock",
                                   std::filesystem::file_time_type::clock::now() - 1h);
  REQUIRE(StateFolder::take("").has_value());
  CHECK(!std::filesystem::exists(left));
}
