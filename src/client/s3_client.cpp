#include "client/s3_client.hpp"

#include "base/encoding.hpp"
#include "client/s3_headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace flame::client {
namespace {

using aws::CallLimit;
using aws::Outcome;
using aws::S3Object;

constexpr int k_forbidden = 403;
constexpr int k_not_found = 404;
constexpr const char* k_payer = "x-amz-request-payer";
constexpr const char* k_we_pay = "requester";
constexpr std::size_t k_answer = 8UL * 1024 * 1024; // a page of 1000 objects is far below
constexpr std::size_t k_any_size = 1ULL << 50U;     // HEAD tells the size of what it does not send

// One call as an action of S3 names it; the request is made anew for the Region of the bucket.
struct Call {
  std::string_view action;
  std::string_view method;
  const S3Object& object;
  aws::Headers headers = {};
  std::vector<std::pair<std::string, std::string>> query = {};
  std::string body = {};
  std::size_t longest = k_answer;
  bool of_bucket = false; // the key is none of the address
};

class HttpS3Client : public aws::S3Api {
public:
  HttpS3Client(ClientOptions options, ClientParts parts, aws::S3Place place)
    : find_credentials_(parts.find_credentials), place_(std::move(place)),
      service_("s3", std::move(options), std::move(parts))
  {
  }

  Outcome<aws::S3Head> head(const S3Object& object, CallLimit limit) override
  {
    aws::Headers headers;
    return read({.action = "HeadObject",
                 .method = "HEAD",
                 .object = object,
                 .headers = {{"x-amz-checksum-mode", "ENABLED"}},
                 .longest = k_any_size},
                limit, &headers)
      .map([&](const std::string& /*body*/) { return head_in(headers); });
  }

  Outcome<std::string> get(const S3Object& object, std::size_t longest, CallLimit limit) override
  {
    return read({.action = "GetObject", .method = "GET", .object = object, .longest = longest},
                limit);
  }

  std::vector<Outcome<std::string>> get_all(std::span<const S3Object> objects, std::size_t longest,
                                            CallLimit limit) override
  {
    std::vector<Outcome<std::string>> all;
    std::vector<std::size_t> moved; // whose bucket has said that it is elsewhere
    Many many = many_in_known_places(objects);
    for (Outcome<std::string>& outcome : get_from(many, longest, limit)) {
      const std::size_t i = all.size();
      const std::string& said = many.said[i];
      if (!said.empty() && said != many.at[i]) {
        regions_[objects[i].bucket] = said;
        if (!outcome) {
          moved.push_back(i);
        }
      }
      all.push_back(std::move(outcome));
    }
    for (const std::size_t i : moved) { // seldom: a bucket is known by its first answer
      all[i] = get(objects[i], longest, limit);
    }
    return all;
  }

  Outcome<void> put(const S3Object& object, std::string bytes, const aws::S3Put& how,
                    CallLimit limit) override
  {
    return done(send({.action = "PutObject",
                      .method = "PUT",
                      .object = object,
                      .headers = put_headers(how),
                      .body = std::move(bytes)},
                     limit));
  }

  Outcome<void> remove(const S3Object& object, CallLimit limit) override
  {
    return done(send({.action = "DeleteObject", .method = "DELETE", .object = object}, limit));
  }

  Outcome<std::vector<aws::S3Entry>> list(const S3Object& folder, CallLimit limit) override
  {
    std::vector<aws::S3Entry> entries;
    std::string token;
    do {
      Call call{.action = "ListObjectsV2",
                .method = "GET",
                .object = folder,
                .query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", folder.key}},
                .of_bucket = true};
      if (!token.empty()) {
        call.query.emplace_back("continuation-token", token);
      }
      auto page = read(call, limit).and_then([](const std::string& body) {
        return aws::parse_s3_page(body);
      });
      if (!page) {
        return tl::unexpected(page.error());
      }
      std::ranges::move(page->entries, std::back_inserter(entries));
      token = page->next_token;
    } while (!token.empty());
    return entries;
  }

  Outcome<std::string> begin_upload(const S3Object& object, const aws::S3Put& how,
                                    CallLimit limit) override
  {
    return send({.action = "CreateMultipartUpload",
                 .method = "POST",
                 .object = object,
                 .headers = upload_headers(how),
                 .query = {{"uploads", ""}}},
                limit)
      .and_then([](const std::string& body) { return aws::parse_upload_id(body); });
  }

  Outcome<std::string> put_part(const S3Object& object, const std::string& upload, int part,
                                std::string bytes, CallLimit limit) override
  {
    aws::Headers headers;
    const auto sent =
      send({.action = "UploadPart",
            .method = "PUT",
            .object = object,
            .query = {{"partNumber", fmt::format("{}", part)}, {"uploadId", upload}},
            .body = std::move(bytes)},
           limit, &headers);
    if (!sent) {
      return tl::unexpected(sent.error());
    }
    std::string etag = header_in(headers, "etag");
    if (etag.empty()) {
      return tl::unexpected(aws::answer_error("UploadPart", "has no ETag"));
    }
    return etag;
  }

  Outcome<void> complete_upload(const S3Object& object, const std::string& upload,
                                std::span<const std::pair<int, std::string>> parts,
                                const aws::S3Put& how, CallLimit limit) override
  {
    return send({.action = "CompleteMultipartUpload",
                 .method = "POST",
                 .object = object,
                 .headers = put_headers({.only_new = how.only_new}),
                 .query = {{"uploadId", upload}},
                 .body = aws::completed_upload(parts)},
                limit)
      .and_then([](const std::string& body) { return aws::parse_completed(body); });
  }

  Outcome<void> abort_upload(const S3Object& object, const std::string& upload,
                             CallLimit limit) override
  {
    return done(send({.action = "AbortMultipartUpload",
                      .method = "DELETE",
                      .object = object,
                      .query = {{"uploadId", upload}}},
                     limit));
  }

  std::string region(const std::string& bucket) const override
  {
    const auto found = regions_.find(bucket);
    return found == regions_.end() ? s3_region({.bucket = bucket}, place_) : found->second;
  }

  bool pays(const std::string& bucket) const override { return payers_.contains(bucket); }

  Result<std::string> address(const S3Object& object) const override
  {
    return plain_get(object).map([](const aws::Request& request) { return aws::url_of(request); });
  }

  Result<std::string> presigned_get(const S3Object& object, Seconds now,
                                    std::chrono::seconds lifetime) override
  {
    auto request = plain_get(object);
    const auto keys = credentials(now, lifetime);
    if (!request || !keys) {
      return tl::unexpected(request ? keys.error() : request.error());
    }
    return aws::presign(std::move(*request), {region(object.bucket), "s3", now}, *keys,
                        aws::presign_lifetime(lifetime, now, *keys));
  }

  Result<aws::S3Form> form(const std::string& bucket, const std::string& prefix,
                           std::uint64_t longest, Seconds now,
                           std::chrono::seconds lifetime) override
  {
    const std::string at = region(bucket);
    const auto request = aws::s3_request("POST", {.bucket = bucket}, place_in(at));
    const auto keys = credentials(now, lifetime);
    if (!request || !keys) {
      return tl::unexpected(request ? keys.error() : request.error());
    }
    return aws::sign_s3_form({.bucket = bucket,
                              .prefix = prefix,
                              .longest = longest,
                              .expires = now + aws::presign_lifetime(lifetime, now, *keys)},
                             aws::url_of(*request), {at, "s3", now}, *keys);
  }

private:
  // For what others will use: not those that calls remember, which may have been renewed since.
  Result<aws::Credentials> credentials(Seconds now, std::chrono::seconds lifetime)
  {
    auto keys = find_credentials_();
    if (keys && aws::presign_lifetime(lifetime, now, *keys) <= std::chrono::seconds(0)) {
      return fail(ErrorKind::credentials, "the AWS credentials have expired", "get new ones");
    }
    return keys;
  }

  static Outcome<void> done(const Outcome<std::string>& outcome)
  {
    return outcome ? Outcome<void>() : tl::unexpected(outcome.error());
  }

  // Of a URL, which has its say in the query.
  Result<aws::Request> plain_get(const S3Object& object) const
  {
    auto request = aws::s3_request("GET", object, place_in(region(object.bucket)));
    if (request && pays(object.bucket)) {
      aws::add_query(*request, k_payer, k_we_pay);
    }
    return request;
  }

  void add_payer(aws::Request& request, const std::string& bucket) const
  {
    if (pays(bucket)) {
      request.headers.emplace_back(k_payer, k_we_pay);
    }
  }

  aws::S3Place place_in(const std::string& at) const
  {
    aws::S3Place place = place_;
    place.region = at;
    return place;
  }

  Outcome<std::string> send_to(const std::string& at, const Call& call, CallLimit limit,
                               const std::function<void(const aws::Headers&)>& heard)
  {
    const S3Object bucket{.bucket = call.object.bucket};
    auto request =
      aws::s3_request(call.method, call.of_bucket ? bucket : call.object, place_in(at));
    if (!request) {
      return tl::unexpected(
        aws::ApiError{.error = request.error(), .error_class = aws::ErrorClass::parameter});
    }
    for (const auto& [name, value] : call.query) {
      aws::add_query(*request, name, value);
    }
    request->headers = call.headers;
    add_payer(*request, call.object.bucket);
    request->body = call.body;
    return service_.call({.action = call.action,
                          .body = {},
                          .request = &*request,
                          .region = at,
                          .longest_answer = call.longest,
                          .heard = heard},
                         limit, [](std::string_view body) { return Outcome<std::string>(body); });
  }

  // Many objects, with what the calls point to.
  struct Many {
    std::vector<Result<aws::Request>> requests = {};
    std::vector<std::string> at = {};   // Regions
    std::vector<std::string> said = {}; // what answers have said of these
  };

  Many many_in_known_places(std::span<const S3Object> objects) const
  {
    Many many;
    for (const S3Object& object : objects) {
      many.at.push_back(region(object.bucket));
      many.requests.push_back(aws::s3_request("GET", object, place_in(many.at.back())));
      if (many.requests.back()) {
        add_payer(*many.requests.back(), object.bucket);
      }
    }
    many.said.resize(objects.size());
    return many;
  }

  std::vector<Outcome<std::string>> get_from(Many& many, std::size_t longest, CallLimit limit)
  {
    std::vector<ServiceCall> calls;
    for (std::size_t i = 0; i < many.requests.size(); ++i) {
      if (!many.requests[i]) {
        const aws::ApiError why{.error = many.requests[i].error(),
                                .error_class = aws::ErrorClass::parameter};
        std::vector<Outcome<std::string>> all(many.requests.size(), tl::unexpected(why));
        return all;
      }
      calls.push_back({.action = "GetObject",
                       .body = {},
                       .request = &*many.requests[i],
                       .region = many.at[i],
                       .longest_answer = longest,
                       .heard = [&said = many.said[i]](const aws::Headers& headers) {
                         said = aws::bucket_region(header_in(headers, "x-amz-bucket-region"), "");
                       }});
    }
    return service_.call_all(calls, limit);
  }

  // Without a word of who pays, S3 refuses as it does without a right: what it gives or says to one
  // who pays tells the two apart.
  Outcome<std::string> read(const Call& call, CallLimit limit, aws::Headers* headers = nullptr)
  {
    auto outcome = send(call, limit, headers);
    const std::string& bucket = call.object.bucket;
    const bool may_ask = !outcome && outcome.error().http_status == k_forbidden
                         && outcome.error().error_class == aws::ErrorClass::permission;
    if (!may_ask || !payers_.insert(bucket).second) {
      return outcome;
    }
    outcome = send(call, limit, headers);
    if (!outcome && outcome.error().http_status != k_not_found) {
      payers_.erase(bucket);
    }
    return outcome;
  }

  // A bucket of another Region is asked there, once, and from then on.
  Outcome<std::string> send(const Call& call, CallLimit limit, aws::Headers* headers = nullptr)
  {
    const std::string at = region(call.object.bucket);
    std::string said;
    const auto heard = [&](const aws::Headers& answer) {
      said = aws::bucket_region(header_in(answer, "x-amz-bucket-region"), "");
      if (headers != nullptr) {
        *headers = answer;
      }
    };
    auto outcome = send_to(at, call, limit, heard);
    if (said.empty() || said == at) {
      return outcome;
    }
    regions_[call.object.bucket] = said;
    return outcome ? std::move(outcome) : send_to(said, call, limit, heard);
  }

  std::function<Result<aws::Credentials>()> find_credentials_;
  aws::S3Place place_;
  Service service_;
  std::map<std::string, std::string> regions_ = {}; // of buckets that have said theirs
  std::set<std::string> payers_ = {};               // buckets of which we pay what we read
};

} // namespace

std::unique_ptr<aws::S3Api> make_s3_client(ClientOptions options, ClientParts parts,
                                           aws::S3Place place)
{
  return std::make_unique<HttpS3Client>(std::move(options), std::move(parts), std::move(place));
}

} // namespace flame::client
