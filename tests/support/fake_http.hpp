#pragma once

#include "io/http.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <vector>

namespace flame::test {

// Answers in order and notes each request. Once the answers are used up, the server is gone.
class FakeHttp : public io::Http {
public:
  using Answer = tl::expected<io::HttpResponse, io::HttpFailure>;

  Answer send(const io::HttpRequest& request) override
  {
    requests.push_back(request);
    if (on_send) {
      on_send(request);
    }
    if (answers.empty()) {
      return failure(io::HttpFailure::Reason::connect, false);
    }
    Answer answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }

  static Answer response(int status, std::string body,
                         std::vector<std::pair<std::string, std::string>> headers = {})
  {
    return io::HttpResponse{
      .status = status, .headers = std::move(headers), .body = std::move(body)};
  }
  static Answer failure(io::HttpFailure::Reason reason, bool request_sent)
  {
    return tl::unexpected(io::HttpFailure{reason, "no answer of the fake", request_sent});
  }

  std::deque<Answer> answers = {};
  std::vector<io::HttpRequest> requests = {};
  std::function<void(const io::HttpRequest&)> on_send = {};
};

// "" when the request has no such header. Names as sent.
inline std::string header(const io::HttpRequest& request, std::string_view name)
{
  const auto found =
    std::ranges::find(request.headers, name, &std::pair<std::string, std::string>::first);
  return found == request.headers.end() ? std::string() : found->second;
}

} // namespace flame::test
