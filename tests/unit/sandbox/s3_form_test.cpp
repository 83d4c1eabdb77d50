#include "base/encoding.hpp"
#include "unit/sandbox/s3_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace flame;
using namespace flame::sandbox;

namespace {

// Machines may write below runs/.
struct Forms : S3Fixture {
  Keyring keys = {};
  Key user = keys.add_user("sandbox");

  HeaderList form(const std::string& key, const std::string& file,
                  std::string_view expires = "2026-01-15T09:00:00.000Z",
                  std::string_view prefix = "runs/") const
  {
    const std::string policy = to_base64(fmt::format(
      R"({{"expiration":"{}","conditions":[{{"bucket":"bundles"}},["starts-with","$key","{}"],)"
      R"(["content-length-range",0,10],["eq","$x-amz-server-side-encryption","AES256"],)"
      R"({{"x-amz-algorithm":"AWS4-HMAC-SHA256"}},{{"x-amz-credential":"{}"}},)"
      R"({{"x-amz-date":"20260115T081530Z"}}]}})",
      expires, prefix, credential()));
    const Claim claim{
      .date = "20260115", .region = "us-east-1", .service = "s3", .timestamp = "20260115T081530Z"};
    return {{"key", key},
            {"x-amz-server-side-encryption", "AES256"},
            {"x-amz-algorithm", "AWS4-HMAC-SHA256"},
            {"x-amz-credential", credential()},
            {"x-amz-date", "20260115T081530Z"},
            {"policy", policy},
            {"x-amz-signature", signature(policy, claim, user.secret)},
            {"file", file}};
  }
  std::string credential() const { return user.id + "/20260115/us-east-1/s3/aws4_request"; }
  Reply post(HeaderList fields) const
  {
    return ask({.method = "POST", .target = "/bundles", .form = std::move(fields)});
  }
  Flaw flaw(HeaderList fields) const
  {
    const std::vector<std::string> regions = {"us-east-1"};
    return verify_form({.method = "POST", .target = "/bundles", .form = std::move(fields)}, keys,
                       regions, now)
      .flaw;
  }
};

void set(HeaderList& fields, const std::string& name, const std::string& value)
{
  std::ranges::find(fields, name, &HeaderList::value_type::first)->second = value;
}

} // namespace

TEST_CASE("sandbox: a form with a policy writes an object")
{
  const Forms s3;
  const HeaderList form = s3.form("runs/i-1/status", "ready");
  CHECK(s3.flaw(form) == Flaw::none);
  CHECK(s3.post(form).status == 204);
  const Reply got = s3.send("/bundles/runs/i-1/status");
  CHECK(s3.content(got) == "ready");
  CHECK(header_of(got, "x-amz-server-side-encryption") == "AES256");
  CHECK(s3.post(s3.form("runs/i-1/status", "stopped")).status == 204);
  CHECK(s3.content(s3.send("/bundles/runs/i-1/status")) == "stopped");
}

TEST_CASE("sandbox: a policy escapes what it names")
{
  const Forms s3;
  const auto post = [&](std::string_view prefix) {
    return s3.post(s3.form("a$b\\$/i-1", "x", "2026-01-15T09:00:00.000Z", prefix)).status;
  };
  CHECK(post(R"(a\$b\\\$/)") == 204);
  CHECK(post(R"(a\$b\\\\$/)") == 403);
  CHECK(post(R"(a\%)") == 400);
}

TEST_CASE("sandbox: a form that its policy does not allow writes nothing")
{
  const Forms s3;
  CHECK(has_code(s3.post(s3.form("other/i-1", "x")), "AccessDenied"));
  CHECK(has_code(s3.post(s3.form("runs/i-1", "12345678901")), "EntityTooLarge"));
  CHECK(has_code(s3.post(s3.form("runs/i-1", "x", "2026-01-15T08:15:29Z")), "AccessDenied"));
  CHECK(has_code(s3.post(s3.form("runs/i-1", "x", "soon")), "InvalidPolicyDocument"));
  HeaderList plain = s3.form("runs/i-1", "x");
  set(plain, "x-amz-server-side-encryption", "aws:kms");
  CHECK(has_code(s3.post(plain), "AccessDenied"));
  HeaderList more = s3.form("runs/i-1", "x");
  more.emplace_back("x-amz-meta-of", "me");
  CHECK(has_code(s3.post(more), "AccessDenied"));
  HeaderList broken = s3.form("runs/i-1", "x");
  set(broken, "policy", to_base64("{"));
  CHECK(has_code(s3.post(broken), "InvalidPolicyDocument"));
  CHECK(s3.send("/bundles/runs/i-1").status == 404);
}

TEST_CASE("sandbox: a form is believed by the signature of its policy")
{
  const Forms s3;
  const auto changed = [&](const std::string& name, const std::string& value) {
    HeaderList form = s3.form("runs/i-1", "x");
    set(form, name, value);
    return s3.flaw(form);
  };
  CHECK(changed("policy", to_base64("{}")) == Flaw::mismatch);
  CHECK(changed("policy", "") == Flaw::missing);
  CHECK(changed("x-amz-signature", std::string(64, '0')) == Flaw::mismatch);
  CHECK(changed("x-amz-credential", "AKIAOTHER/20260115/us-east-1/s3/aws4_request")
        == Flaw::unknown_key);
  CHECK(changed("x-amz-credential", s3.user.id + "/20260115/eu-west-1/s3/aws4_request")
        == Flaw::wrong_region);
  CHECK(changed("x-amz-algorithm", "MD5") == Flaw::incomplete);
  CHECK(changed("x-amz-date", "20260116T081530Z") == Flaw::incomplete);
  HeaderList token = s3.form("runs/i-1", "x");
  token.emplace_back("x-amz-security-token", "other");
  CHECK(s3.flaw(token) == Flaw::bad_token);
}
