#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "sigv4_vector.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

// check_sigv4_vectors FILE: signs each vector of the file and compares stage by stage. A vector
// counts once, however many of its stages differ. Status: 0 all passed, 1 some failed, 2 no
// vectors.
namespace {

using namespace flame;
using namespace flame::vectors;

void compare(const Json& output, const char* stage, const std::string& got, Report& report)
{
  if (const auto expected = text_of(output, stage); expected && *expected != got) {
    report.fail(stage, "expected " + in_quotes(*expected) + ", got " + in_quotes(got));
  }
}

// Stages 1 to 4, which both forms share.
void check_stages(const aws::Request& prepared, const Inputs& in, const Json& output,
                  Report& report)
{
  const std::string canonical = aws::canonical_request(prepared, in.scope(), in.options);
  compare(output, "canonical_request", canonical, report);
  compare(output, "canonical_request_sha256", to_hex(sha256(canonical)), report);
  const std::string text = aws::string_to_sign(canonical, in.scope());
  compare(output, "string_to_sign", text, report);
  compare(output, "signature", aws::signature(text, in.scope(), in.credentials.secret_access_key),
          report);
}

using Added = std::set<std::pair<std::string, std::string>>;

// Headers of the signed request that the caller did not set.
Added added_headers(const aws::Request& signed_request, const aws::Request& request)
{
  Added added;
  for (const auto& [name, value] : signed_request.headers) {
    if (name != "host" && name != "authorization") {
      added.emplace(to_lower(name), value);
    }
  }
  for (const auto& [name, value] : request.headers) {
    added.erase({to_lower(name), value});
  }
  return added;
}

void check_header_form(const Inputs& in, const Json& output, Report& report)
{
  check_stages(aws::prepare(in.request, in.scope(), in.credentials, in.options), in, output,
               report);
  const aws::Request done = aws::sign(in.request, in.scope(), in.credentials, in.options);
  for (const auto& [name, value] : done.headers) {
    if (name == "authorization") {
      compare(output, "authorization", value, report);
    }
  }
  if (!output.HasMember("added_headers") || !output["added_headers"].IsObject()) {
    return;
  }
  Added expected;
  for (const auto& member : output["added_headers"].GetObject()) {
    const std::string name = member.name.GetString();
    expected.emplace(to_lower(name), text_of(output["added_headers"], name.c_str()).value_or(""));
  }
  if (expected != added_headers(done, in.request)) {
    report.fail("added_headers", "not the headers expected");
  }
}

// A service reads the parameters in any order.
std::multiset<std::string> parameters(const Url& url)
{
  std::multiset<std::string> pieces;
  for (const std::string& piece : split(url.query, '&')) {
    pieces.insert(uri_decode(piece.find('=') == std::string::npos ? piece + '=' : piece));
  }
  return pieces;
}

void check_presigned_form(const Inputs& in, const Json& output, Report& report)
{
  check_stages(
    aws::prepare_presigned(in.request, in.scope(), in.credentials, in.expires, in.options), in,
    output, report);
  const std::string got =
    aws::presign(in.request, in.scope(), in.credentials, in.expires, in.options);
  const std::string wanted = text_of(output, "url").value_or("");
  const auto a = split_url(got);
  const auto b = split_url(wanted);
  if (!a || !b || a->scheme != b->scheme || authority_of(*a) != authority_of(*b)
      || a->path != (b->path.empty() ? "/" : b->path) || parameters(*a) != parameters(*b)) {
    report.fail("url", "expected " + in_quotes(wanted) + ", got " + in_quotes(got));
  }
}

bool check_vector(const Json& vector, std::size_t number)
{
  Report report(text_of(vector, "name").value_or(fmt::format("vector {}", number)));
  const bool readable = vector.IsObject() && vector.HasMember("input") && vector.HasMember("output")
                        && text_of(vector["output"], "signature");
  if (!readable) {
    report.fail("input", "there is no input or no output.signature");
    return false;
  }
  const auto in = inputs_of(vector["input"], report);
  const auto kind = text_of(vector, "kind");
  if (in && kind == "header") {
    check_header_form(*in, vector["output"], report);
  } else if (in && kind == "query") {
    check_presigned_form(*in, vector["output"], report);
  } else if (in) {
    report.fail("kind", "neither header nor query");
  }
  return report.passed();
}

bool check_key(const Json& key, std::size_t number)
{
  Report report(fmt::format("signing_keys[{}]", number));
  const auto secret = text_of(key, "secret");
  const auto region = text_of(key, "region");
  const auto service = text_of(key, "service");
  const auto time = time_of(text_of(key, "date").value_or("") + "T000000Z");
  if (!secret || !region || !service || !time || !text_of(key, "kSigning")) {
    report.fail("input", "secret, date, region, service or kSigning cannot be read");
    return false;
  }
  const aws::SigningScope scope{*region, *service, *time};
  const aws::SigningKeys keys = aws::derive_keys(*secret, scope);
  compare(key, "kDate", to_hex(keys.date), report);
  compare(key, "kRegion", to_hex(keys.region), report);
  compare(key, "kService", to_hex(keys.service), report);
  compare(key, "kSigning", to_hex(keys.signing), report);
  compare(key, "kSigning", to_hex(aws::signing_key(*secret, scope)), report);
  return report.passed();
}

struct Count {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

void check_all(const Json& file, const char* list, bool (*check)(const Json&, std::size_t),
               Count& count)
{
  if (!file.HasMember(list) || !file[list].IsArray()) {
    return;
  }
  std::size_t number = 0;
  for (const Json& item : file[list].GetArray()) {
    ++(check(item, number) ? count.passed : count.failed);
    ++number;
  }
}

int no_vectors(const char* path, std::string_view why)
{
  fmt::print(stderr, "check_sigv4_vectors: {}: {}\n", path, why);
  return 2;
}

int run(const char* path)
{
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream || text.empty()) {
    return no_vectors(path, "cannot be read");
  }
  rapidjson::Document file;
  file.Parse(text.data(), text.size());
  if (file.HasParseError()) {
    return no_vectors(path, rapidjson::GetParseError_En(file.GetParseError()));
  }
  if (!file.IsObject() || !file.HasMember("vectors") || !file["vectors"].IsArray()
      || file["vectors"].Empty()) {
    return no_vectors(path, "holds no vectors");
  }
  Count count;
  check_all(file, "signing_keys", check_key, count);
  check_all(file, "vectors", check_vector, count);
  fmt::print("{} passed, {} failed\n", count.passed, count.failed);
  return count.failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
  if (argc != 2) {
    fmt::print(stderr, "usage: check_sigv4_vectors FILE\n");
    return 2;
  }
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    return no_vectors(argv[1], error.what());
  }
}
