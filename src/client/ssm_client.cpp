#include "client/ssm_client.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace flame::client {
namespace {

constexpr std::string_view k_action = "GetParameter";

std::string body_of(const std::string& name, bool decrypt)
{
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("Name");
  writer.String(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  if (decrypt) {
    writer.Key("WithDecryption");
    writer.Bool(true);
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

// {"Parameter": {"Name": …, "Value": "ami-…"}}
aws::Outcome<std::string> value_in(std::string_view text)
{
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
    text.data(), text.size());
  if (document.HasParseError() || !document.IsObject()) {
    return tl::unexpected(aws::answer_error(k_action, "is no JSON object"));
  }
  if (!document.HasMember("Parameter") || !document["Parameter"].IsObject()) {
    return tl::unexpected(aws::answer_error(k_action, "has no parameter"));
  }
  const rapidjson::Value& parameter = document["Parameter"];
  if (!parameter.HasMember("Value") || !parameter["Value"].IsString()) {
    return tl::unexpected(aws::answer_error(k_action, "has no value"));
  }
  return std::string(parameter["Value"].GetString(), parameter["Value"].GetStringLength());
}

class HttpSsmClient : public aws::SsmApi {
public:
  HttpSsmClient(ClientOptions options, ClientParts parts)
    : service_("ssm", std::move(options), std::move(parts))
  {
  }

  aws::Outcome<std::string> parameter(const std::string& name, aws::CallLimit limit) override
  {
    return ask(body_of(name, false), limit);
  }
  aws::Outcome<std::string> decrypted(const std::string& name, aws::CallLimit limit) override
  {
    return ask(body_of(name, true), limit);
  }

private:
  aws::Outcome<std::string> ask(const std::string& body, aws::CallLimit limit)
  {
    return service_.call({.action = k_action, .body = body, .target = "AmazonSSM.GetParameter"},
                         limit, value_in);
  }

  Service service_;
};

} // namespace

std::unique_ptr<aws::SsmApi> make_ssm_client(ClientOptions options, ClientParts parts)
{
  return std::make_unique<HttpSsmClient>(std::move(options), std::move(parts));
}

} // namespace flame::client
