#include "client/secrets_client.hpp"

#include "base/encoding.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace flame::client {
namespace {

constexpr std::string_view k_action = "GetSecretValue";

std::string body_of(const std::string& id)
{
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("SecretId");
  writer.String(id.data(), static_cast<rapidjson::SizeType>(id.size()));
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

// {"SecretString": "…"} or {"SecretBinary": "base64"}
aws::Outcome<std::string> value_in(std::string_view text)
{
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(
    text.data(), text.size());
  if (document.HasParseError() || !document.IsObject()) {
    return tl::unexpected(aws::answer_error(k_action, "is no JSON object"));
  }
  const auto of = [&](const char* name) -> std::optional<std::string> {
    if (!document.HasMember(name) || !document[name].IsString()) {
      return std::nullopt;
    }
    return std::string(document[name].GetString(), document[name].GetStringLength());
  };
  if (auto plain = of("SecretString")) {
    return *std::move(plain);
  }
  if (auto bytes = from_base64(of("SecretBinary").value_or("*"))) {
    return *std::move(bytes);
  }
  return tl::unexpected(aws::answer_error(k_action, "has no value"));
}

class HttpSecretsClient : public aws::SecretsApi {
public:
  HttpSecretsClient(ClientOptions options, ClientParts parts)
    : service_("secretsmanager", std::move(options), std::move(parts))
  {
  }

  aws::Outcome<std::string> secret(const std::string& id, aws::CallLimit limit) override
  {
    const std::string body = body_of(id);
    return service_.call(
      {.action = k_action, .body = body, .target = "secretsmanager.GetSecretValue"}, limit,
      value_in);
  }

private:
  Service service_;
};

} // namespace

std::unique_ptr<aws::SecretsApi> make_secrets_client(ClientOptions options, ClientParts parts)
{
  return std::make_unique<HttpSecretsClient>(std::move(options), std::move(parts));
}

} // namespace flame::client
