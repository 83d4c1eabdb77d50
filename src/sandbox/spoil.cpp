#include "sandbox/front.hpp"

#include <fmt/format.h>

// What faults do to replies.
namespace flame::sandbox {
namespace {

constexpr std::string_view k_page =
  "<!DOCTYPE html>\n<html><head><title>Sign in to the network</title></head>\n"
  "<body><h1>Sign in to the network</h1><p>Please accept our terms.</p></body></html>\n";

constexpr std::string_view k_proxy_page =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
  "<center><h1>502 Bad "
  "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

Reply garbage()
{
  Reply reply;
  for (int i = 0; i < 4096; ++i) { // no XML, no text, the same each time
    reply.body += static_cast<char>(i * 37 + i / 7);
  }
  return reply;
}

} // namespace

std::optional<Reply> canned(const Fault& fault, Service service, const std::string& request_id,
                            std::string_view host)
{
  switch (fault.kind) {
  case FaultKind::error:
    return error_reply(
      service,
      {.status = status_of(fault.code), .code = fault.code, .message = message_of(fault.code)},
      request_id);
  case FaultKind::status:
    return Reply{.status = fault.status};
  case FaultKind::lost_before:
    return Reply{.manner = Manner::cut};
  case FaultKind::reset_before:
    return Reply{.manner = Manner::reset};
  case FaultKind::hang:
    return Reply{.manner = Manner::hang};
  case FaultKind::html:
    return Reply{.content_type = "text/html", .body = std::string(k_page)};
  case FaultKind::bad_gateway:
    return Reply{.status = 502, .content_type = "text/html", .body = std::string(k_proxy_page)};
  case FaultKind::garbage:
    return garbage();
  case FaultKind::redirect:
    return Reply{.status = 307,
                 .headers = {{"Location", fmt::format("http://{}/_sandbox/followed", host)}}};
  default:
    return std::nullopt;
  }
}

Reply spoil(Reply reply, const Fault& fault)
{
  switch (fault.kind) {
  case FaultKind::lost_after:
    reply.manner = Manner::cut;
    break;
  case FaultKind::reset_after:
    reply.manner = Manner::reset;
    break;
  case FaultKind::truncated:
    reply.manner = Manner::cut_half;
    break;
  case FaultKind::cut_xml:
    reply.body.resize(reply.body.size() / 2);
    break;
  case FaultKind::dribble:
    reply.manner = Manner::dribble;
    break;
  case FaultKind::huge:
    reply.manner = Manner::huge;
    reply.huge_size = fault.size;
    break;
  case FaultKind::date_ahead:
  case FaultKind::date_behind:
    reply.date_offset = std::chrono::duration_cast<std::chrono::seconds>(
      fault.kind == FaultKind::date_ahead ? fault.duration : -fault.duration);
    break;
  case FaultKind::no_date:
    reply.date_offset.reset();
    break;
  default:
    break;
  }
  return reply;
}

} // namespace flame::sandbox
