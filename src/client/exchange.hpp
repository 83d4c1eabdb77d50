#pragma once

#include "aws/credentials.hpp"
#include "aws/ec2_api.hpp"
#include "aws/endpoints.hpp"
#include "aws/sigv4.hpp"
#include "io/http.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// One try of one call of an AWS service, a POST (EC2, STS, SSM) or any request (S3): sign, send,
// tell answers from failures.
namespace flame::client {

struct QueryCall {
  std::string_view action;  // "RunInstances"
  std::string_view service; // "ec2"
  std::string_view region;
  std::string_view user_agent;
  const aws::Endpoint& endpoint;
  std::string_view body;
  // Of a service that speaks JSON 1.1: "AmazonSSM.GetParameter". "": a Query service, whose body is
  // a form.
  std::string_view target = {};
  // Of S3: sent as it is in place of such a POST. Not owned.
  const aws::Request* request = nullptr;
  std::size_t longest_answer = 8UL * 1024 * 1024; // bytes
};

// Whom to ask, with whose keys, and for how long.
struct Sending {
  io::Http& http;
  const aws::Credentials& credentials; // without an id: the request is not signed
  Seconds time;                        // of the signature
  aws::CallLimit limit = {};
  const Cancel* cancel = nullptr; // not owned; may be null
};

struct Exchange {
  aws::Outcome<std::string> body; // of a 2xx answer; not read yet
  int status = 0;
  // What the Date header says; nullopt when there is none or the answer came out of a cache.
  std::optional<Seconds> server_time = {};
  aws::Headers headers = {}; // of any answer, names in lower case
};

Exchange exchange(const QueryCall& call, const Sending& sending);
// Its halves, for who sends several at a time.
io::HttpRequest signed_request(const QueryCall& call, const Sending& sending);
Exchange read_answer(const QueryCall& call, io::HttpAnswer answer, const Cancel* cancel);

// Adds to an error of the parser where the answer came from and, for a page, its title: what a
// reader needs to find the proxy that wrote it.
aws::ApiError name_source(aws::ApiError error, const QueryCall& call, int status,
                          std::string_view body);

} // namespace flame::client
