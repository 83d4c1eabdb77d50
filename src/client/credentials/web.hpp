#pragma once

#include "client/credentials/provider.hpp"

#include <string>

// Requests of providers: bounded in time, size and number.
namespace flame::client {

struct WebRequest {
  std::string whom = {}; // begins messages: "GitHub's token service"
  io::HttpRequest http = {};
  Millis limit = std::chrono::seconds(10); // of one try
};

// Tries three times, a second apart, while nobody answers or the service is busy. Any status is an
// answer. Kind network, or interrupted.
Result<io::HttpResponse> ask(const Sources& sources, WebRequest request);

// "WHOM answers HTTP 500". Kind network when the service is out of order, else credentials.
Error unexpected_answer(const std::string& whom, const io::HttpResponse& response);

} // namespace flame::client
