#include "support/socket_server.hpp"

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace flame::test {
namespace {

// Bound to a free port of 127.0.0.1; the port goes to `port`.
int bound_socket(int& port)
{
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, generic, size) != 0 || ::getsockname(fd, generic, &size) != 0) {
    throw std::runtime_error("no socket");
  }
  port = ntohs(address.sin_port);
  return fd;
}

// Of the body that follows the head.
std::size_t content_length(std::string_view head)
{
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string_view::npos
           ? 0
           : std::strtoul(std::string(head.substr(at + 16, 12)).c_str(), nullptr, 10);
}

SSL_CTX* tls_context(const TestCertificate& certificate)
{
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  BIO* text = BIO_new_mem_buf(certificate.certificate.data(),
                              static_cast<int>(certificate.certificate.size()));
  BIO* key_text = BIO_new_mem_buf(certificate.key.data(), static_cast<int>(certificate.key.size()));
  X509* parsed = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, parsed);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(parsed);
  EVP_PKEY_free(key);
  BIO_free(text);
  BIO_free(key_text);
  return context;
}

} // namespace

long Peer::read(char* bytes, std::size_t size)
{
  return tls_ != nullptr ? SSL_read(tls_, bytes, static_cast<int>(size))
                         : ::recv(fd_, bytes, size, 0);
}

std::string Peer::read_request()
{
  std::string text = std::move(read_ahead_);
  std::array<char, 65536> buffer;
  for (;;) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t whole = end + 4 + content_length(text.substr(0, end + 2));
      if (text.size() >= whole) {
        read_ahead_ = text.substr(whole);
        return text.substr(0, whole);
      }
    }
    const long got = read(buffer.data(), buffer.size());
    if (got <= 0) {
      return {};
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

bool Peer::write(std::string_view bytes)
{
  while (!bytes.empty()) {
    const long done = tls_ != nullptr
                        ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                        : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

bool Peer::pause(std::chrono::milliseconds time)
{
  const auto end = std::chrono::steady_clock::now() + time;
  while (!server_->ending_ && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return !server_->ending_;
}

void Peer::wait_for_end()
{
  std::array<char, 4096> ignored;
  while (read(ignored.data(), ignored.size()) > 0) {
  }
}

void Peer::reset()
{
  const linger now = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

SocketServer::SocketServer(Talk talk) : talk_(std::move(talk))
{
  listen();
}

SocketServer::SocketServer(Talk talk, const TestCertificate& certificate)
  : talk_(std::move(talk)), tls_(tls_context(certificate))
{
  listen();
}

void SocketServer::listen()
{
  ::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
  listener_ = bound_socket(port_);
  ::listen(listener_, 256);
  acceptor_ = std::thread([this] { accept_all(); });
}

SocketServer::~SocketServer()
{
  ending_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) {
      ::shutdown(fd, SHUT_RDWR);
    }
  }
  for (std::thread& thread : threads_) {
    thread.join();
  }
  ::close(listener_);
  SSL_CTX_free(tls_);
}

std::string SocketServer::url(std::string_view path) const
{
  return (tls_ != nullptr ? "https://" : "http://") + name() + std::string(path);
}

void SocketServer::accept_all()
{
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    ++connections_;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void SocketServer::serve(int fd)
{
  Peer peer;
  peer.fd_ = fd;
  peer.server_ = this;
  bool ready = true;
  if (tls_ != nullptr) {
    peer.tls_ = SSL_new(tls_);
    SSL_set_fd(peer.tls_, fd);
    ready = SSL_accept(peer.tls_) == 1;
  }
  if (ready) {
    talk_(peer);
  }
  if (peer.tls_ != nullptr) {
    if (ready) {
      SSL_shutdown(peer.tls_);
    }
    SSL_free(peer.tls_);
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

int refusing_port()
{
  int port = 0;
  ::close(bound_socket(port));
  return port;
}

} // namespace flame::test
