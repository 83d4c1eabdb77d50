#pragma once

#include "aws/sigv4.hpp"
#include "base/time.hpp"
#include "base/url.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

// Reads one vector of a file of signatures: {"name", "kind", "input", "output"}.
namespace flame::vectors {

using Json = rapidjson::Value;

struct Inputs {
  aws::Request request = {};
  aws::Credentials credentials = {};
  std::string region = {};
  std::string service = {};
  Seconds time = {};
  aws::SigningOptions options = {.headers = aws::SignedHeaders::all};
  std::chrono::seconds expires{3600};
  aws::SigningScope scope() const { return {region, service, time}; }
};

// Compares and reports; remembers whether all was equal.
class Report {
public:
  explicit Report(std::string name) : name_(std::move(name)) {}
  void fail(std::string_view stage, std::string_view why)
  {
    passed_ = false;
    fmt::print("FAILED {}: {}: {}\n", name_, stage, why);
  }
  bool passed() const { return passed_; }

private:
  std::string name_;
  bool passed_ = true;
};

inline std::string in_quotes(std::string_view text)
{
  std::string result = "\"";
  for (const char c : text) {
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result + '"';
}

inline std::optional<std::string> text_of(const Json& object, const char* name)
{
  if (!object.IsObject() || !object.HasMember(name) || !object[name].IsString()) {
    return std::nullopt;
  }
  return std::string(object[name].GetString(), object[name].GetStringLength());
}

// "20260115T081530Z"
inline std::optional<Seconds> time_of(std::string_view text)
{
  if (text.size() != 16) {
    return parse_iso8601(text);
  }
  return parse_iso8601(fmt::format("{}-{}-{}:{}:{}", text.substr(0, 4), text.substr(4, 2),
                                   text.substr(6, 5), text.substr(11, 2), text.substr(13)));
}

inline aws::Headers headers_of(const Json& input)
{
  aws::Headers headers;
  if (input.HasMember("headers") && input["headers"].IsArray()) {
    for (const Json& pair : input["headers"].GetArray()) {
      if (pair.IsArray() && pair.Size() == 2 && pair[0].IsString() && pair[1].IsString()) {
        headers.emplace_back(std::string(pair[0].GetString(), pair[0].GetStringLength()),
                             std::string(pair[1].GetString(), pair[1].GetStringLength()));
      }
    }
  }
  return headers;
}

// What is missing or not of its type is named in `report`.
inline std::optional<Inputs> inputs_of(const Json& input, Report& report)
{
  const auto method = text_of(input, "method");
  const auto url = split_url(text_of(input, "url").value_or(""));
  const auto region = text_of(input, "region");
  const auto service = text_of(input, "service");
  const auto time = time_of(text_of(input, "timestamp").value_or(""));
  const bool has_keys = input.IsObject() && input.HasMember("credentials")
                        && text_of(input["credentials"], "access_key")
                        && text_of(input["credentials"], "secret_key");
  if (!method || !url || !region || !service || !time || !has_keys) {
    report.fail("input", "method, url, region, service, timestamp or credentials cannot be read");
    return std::nullopt;
  }
  const Json& keys = input["credentials"];
  Inputs inputs{.region = *region, .service = *service, .time = *time};
  inputs.request = {*method,
                    url->scheme,
                    authority_of(*url),
                    url->path,
                    url->query,
                    headers_of(input),
                    text_of(input, "body").value_or("")};
  inputs.credentials = {.access_key_id = *text_of(keys, "access_key"),
                        .secret_access_key = *text_of(keys, "secret_key"),
                        .session_token = text_of(keys, "token").value_or("")};
  if (input.HasMember("expires") && input["expires"].IsInt64()) {
    inputs.expires = std::chrono::seconds(input["expires"].GetInt64());
  }
  if (input.HasMember("unsigned_payload") && input["unsigned_payload"].IsTrue()) {
    inputs.options.payload = aws::Payload::unsigned_payload;
  }
  return inputs;
}

} // namespace flame::vectors
