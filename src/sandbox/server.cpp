#include "sandbox/server.hpp"

#include "base/text.hpp"
#include "sandbox/sockets.hpp"

#include <fmt/format.h>

#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace flame::sandbox {
namespace {

using std::chrono::milliseconds;

constexpr time_t k_idle_seconds = 20; // as AWS does, longer than clients pause between two polls
constexpr std::size_t k_body_limit = 256UL * 1024 * 1024; // more than one part of an upload
constexpr std::size_t k_chunk = 256UL * 1024;
constexpr auto k_hang = std::chrono::minutes(10);
constexpr auto k_dribble = milliseconds(500); // a byte

Request to_request(const httplib::Request& from, std::string body)
{
  Request request{.method = from.method, .target = from.target, .body = std::move(body)};
  for (const auto& [name, value] : from.headers) {
    request.headers.emplace_back(to_lower(name), value);
  }
  return request;
}

Request read_body(const httplib::Request& request, const httplib::ContentReader& read)
{
  // Without a length there is no body (RFC 9112, 6.3), as in `curl -X PUT`; the library waits for
  // one.
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
    return to_request(request, "");
  }
  if (!request.is_multipart_form_data()) {
    std::string body;
    read([&](const char* data, std::size_t size) {
      body.append(data, size);
      return true;
    });
    return to_request(request, std::move(body));
  }
  Request form = to_request(request, "");
  read(
    [&](const httplib::MultipartFormData& field) {
      form.form.emplace_back(field.name, "");
      return true;
    },
    [&](const char* data, std::size_t size) {
      form.form.back().second.append(data, size);
      return true;
    });
  return form;
}

// The library would cut ranges out of replies and compress them. The object is its own, and no
// constant, but handlers only see it as one.
void keep_reply_as_it_is(const httplib::Request& request)
{
  auto& own =
    const_cast<httplib::Request&>(request); // NOLINT(cppcoreguidelines-pro-type-const-cast)
  own.ranges.clear();
  own.headers.erase("Accept-Encoding");
}

void send_file(httplib::Response& response, const FileSlice& file, const std::string& type)
{
  auto stream = std::make_shared<std::ifstream>(file.path, std::ios::binary);
  stream->seekg(static_cast<std::streamoff>(file.offset));
  response.set_content_provider(
    file.length, type,
    [stream, buffer = std::string()](std::size_t, std::size_t left,
                                     httplib::DataSink& sink) mutable {
      buffer.resize(std::min(left, k_chunk));
      stream->read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      return stream->gcount() > 0
             && sink.write(buffer.data(), static_cast<std::size_t>(stream->gcount()));
    });
}

void send_half(httplib::Response& response, std::string body, const std::string& type)
{
  const std::size_t size = body.size();
  response.set_content_provider(
    size, type, [body = std::move(body)](std::size_t at, std::size_t, httplib::DataSink& sink) {
      return at == 0 && body.size() > 1 && sink.write(body.data(), body.size() / 2);
    });
}

void send_slowly(httplib::Response& response, std::string body, const std::string& type, Stop& stop)
{
  const std::size_t size = body.size();
  response.set_content_provider(
    size, type,
    [body = std::move(body), &stop](std::size_t at, std::size_t, httplib::DataSink& sink) {
      return sink.write(body.data() + at, 1) && !stop.wait_for(k_dribble);
    });
}

void send_huge(httplib::Response& response, std::string body, std::uint64_t padding,
               const std::string& type)
{
  const std::size_t size = body.size() + padding;
  response.set_content_provider(
    size, type,
    [body = std::move(body)](std::size_t at, std::size_t left, httplib::DataSink& sink) {
      static const std::string blanks(k_chunk, ' ');
      return at < body.size() ? sink.write(body.data() + at, body.size() - at)
                              : sink.write(blanks.data(), std::min(left, blanks.size()));
    });
}

void send_body(httplib::Response& response, Reply reply, Stop& stop)
{
  const std::string& type = reply.content_type;
  if (reply.file && reply.file->length > 0) {
    send_file(response, *reply.file, type);
  } else if (reply.manner == Manner::cut_half && !reply.body.empty()) {
    send_half(response, std::move(reply.body), type);
  } else if (reply.manner == Manner::dribble && !reply.body.empty()) {
    send_slowly(response, std::move(reply.body), type, stop);
  } else if (reply.manner == Manner::huge) {
    send_huge(response, std::move(reply.body), reply.huge_size, type);
  } else {
    response.set_content(reply.body, type);
  }
}

void send(const httplib::Request& request, httplib::Response& response, Reply reply, Stop& stop)
{
  if (reply.delay > milliseconds(0) && stop.wait_for(reply.delay)) {
    reply = {.manner = Manner::cut};
  }
  if (reply.later) {
    reply = reply.later();
  }
  if (reply.manner == Manner::reset) {
    reset_connections(request.local_port, request.remote_port);
    return;
  }
  if (reply.manner == Manner::hang) {
    stop.wait_for(k_hang);
  }
  if (reply.manner == Manner::hang || reply.manner == Manner::cut) {
    shut_connections(request.local_port, request.remote_port);
    return;
  }
  keep_reply_as_it_is(request);
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) {
    response.headers.emplace(name, value);
  }
  send_body(response, std::move(reply), stop);
}

} // namespace

void attach(httplib::Server& server, const Handler& handler, Stop& stop)
{
  const std::string any = "[\\s\\S]*"; // "." would not match a line feed in a key
  const auto plain = [handler, &stop](const httplib::Request& request,
                                      httplib::Response& response) {
    send(request, response, handler(to_request(request, "")), stop);
  };
  // Forms of more than 8 KiB are refused unless the body is read like this.
  const auto with_body = [handler, &stop](const httplib::Request& request,
                                          httplib::Response& response,
                                          const httplib::ContentReader& read) {
    send(request, response, handler(read_body(request, read)), stop);
  };
  server.Get(any, plain).Options(any, plain);
  server.Post(any, with_body).Put(any, with_body).Delete(any, with_body).Patch(any, with_body);
  server.set_payload_max_length(k_body_limit);
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000);
}

struct Listener::Running {
  std::unique_ptr<httplib::Server> server = {};
  std::thread thread = {};
};

Listener::Listener() : running_(std::make_unique<Running>()) {}

Result<std::unique_ptr<Listener>> Listener::start(std::uint16_t port, const Handler& handler,
                                                  Stop& stop, const TlsFiles& tls)
{
  std::unique_ptr<Listener> listener(new Listener);
  auto& server = listener->running_->server;
  if (tls.certificate.empty()) {
    server = std::make_unique<httplib::Server>();
  } else {
    server = std::make_unique<httplib::SSLServer>(tls.certificate.c_str(), tls.key.c_str());
  }
  server->new_task_queue = [] { return new httplib::ThreadPool(64); }; // a thread a connection
  // Not SO_REUSEPORT, as the library would: two sandboxes must not share a port.
  server->set_socket_options([](int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  });
  attach(*server, handler, stop);
  server->set_keep_alive_timeout(k_idle_seconds);
  const int bound = port != 0 ? (server->bind_to_port("127.0.0.1", port) ? port : -1)
                              : server->bind_to_any_port("127.0.0.1");
  if (bound <= 0) {
    return fail(ErrorKind::config, fmt::format("cannot listen on 127.0.0.1:{}", port),
                "give another --port, or 0 for a free one");
  }
  listener->port_ = static_cast<std::uint16_t>(bound);
  listener->running_->thread = std::thread([&server = *server] { server.listen_after_bind(); });
  while (!server->is_running()) { // else a stop() would be missed
    std::this_thread::sleep_for(milliseconds(1));
  }
  return listener;
}

Listener::~Listener()
{
  if (running_->thread.joinable()) {
    running_->server->stop();
    shut_connections(port_); // else each idle one is waited for
    running_->thread.join();
  }
}

} // namespace flame::sandbox
