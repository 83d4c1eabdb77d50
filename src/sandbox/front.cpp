#include "sandbox/front.hpp"

#include "base/text.hpp"
#include "sandbox/ec2.hpp"
#include "sandbox/gate.hpp"
#include "sandbox/iam.hpp"
#include "sandbox/random.hpp"
#include "sandbox/ssm.hpp"
#include "sandbox/sts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::sandbox {

struct Front::Asked {
  Service service = Service::ec2;
  std::string action = {};
  Params params = {};
  bool readable = true; // the form is one
  std::string version = {};
  S3Name name = {}; // for S3
  std::string request_id = {};
};

namespace {

// Of an error in XML or, of SSM, in JSON.
std::string code_in(const Reply& reply)
{
  if (reply.status >= 300 && reply.content_type.find("json") != std::string::npos) {
    const auto fields = parse_json_params(reply.body);
    return fields ? get(*fields, "__type") : std::string();
  }
  const std::size_t from = reply.body.find("<Code>");
  const std::size_t to = reply.body.find("</Code>");
  return reply.status < 300 || from == std::string::npos || to == std::string::npos
           ? std::string()
           : reply.body.substr(from + 6, to - from - 6);
}

// Of the services that speak JSON.
struct Target {
  std::string_view start; // of the header that names the action
  Service service;
  Ec2Result<std::string> (*serve)(const std::string& action, const Params& params);
};
constexpr Target k_targets[] = {{"AmazonSSM.", Service::ssm, serve_ssm},
                                {"secretsmanager.", Service::secrets, serve_secrets}};

const Target* target_of(Service service)
{
  const auto* const found = std::ranges::find(k_targets, service, &Target::service);
  return found == std::end(k_targets) ? nullptr : found;
}

bool is_answer(const Reply& reply)
{
  return reply.manner != Manner::cut && reply.manner != Manner::reset
         && reply.manner != Manner::hang && !reply.later;
}

// Unsigned requests have no scope: a form or an Action is for EC2, all else for S3.
Service guess_service(const Request& request, const Claim& claim)
{
  for (const Service service :
       {Service::ec2, Service::sts, Service::ssm, Service::s3, Service::secrets, Service::iam}) {
    if (claim.service == service_name(service)) {
      return service;
    }
  }
  for (const Target& target : k_targets) {
    if (request.header("x-amz-target").starts_with(target.start)) {
      return target.service;
    }
  }
  if (is_form(request)) {
    return Service::s3;
  }
  const bool form =
    request.path() == "/" && (request.method == "POST" || request.query().find("Action=") == 0);
  return form ? Service::ec2 : Service::s3;
}

} // namespace

Front::Asked Front::read(const Request& request)
{
  Asked asked{.service = guess_service(request, read_claim(request).claim),
              .request_id = random_uuid()};
  if (asked.service == Service::s3) {
    asked.name = s3_name(request);
    asked.action = s3_action(request, asked.name);
    asked.params = {{"Bucket", asked.name.bucket}, {"Key", asked.name.key}};
    if (asked.action == "ListObjectsV2") {
      asked.params["Prefix"] = query_value(query_pairs(request.query()), "prefix");
    }
    asked.request_id = random_upper(16);
    return asked;
  }
  if (const Target* speaks = target_of(asked.service)) {
    const std::string_view target = request.header("x-amz-target");
    const auto fields = parse_json_params(request.body);
    asked.readable = fields.has_value();
    asked.params = fields.value_or(Params());
    asked.action = target.starts_with(speaks->start) ? target.substr(speaks->start.size()) : target;
    return asked;
  }
  const auto form = parse_form(request.method == "POST" ? request.body : request.query());
  asked.readable = form.has_value();
  asked.params = form.value_or(Params());
  asked.action = get(asked.params, "Action");
  asked.version = get(asked.params, "Version");
  std::erase_if(asked.params, [](const auto& param) {
    return param.first == "Action" || param.first == "Version" || param.first.starts_with("X-Amz-");
  });
  return asked;
}

Reply Front::answer(const Request& request, const Asked& asked, const Key& key,
                    const std::optional<Ec2Error>& no_capacity)
{
  if (asked.service == Service::s3) {
    return serve_s3(request, asked.name, config_.store, world_.clock.wall());
  }
  if (const Target* speaks = target_of(asked.service)) {
    const auto done = asked.readable && request.path() == "/"
                        ? speaks->serve(asked.action, asked.params)
                        : Ec2Result<std::string>(refuse("SerializationException", ""));
    return done ? Reply{.content_type = "application/x-amz-json-1.1", .body = *done}
                : ssm_error_reply(done.error());
  }
  const bool ec2 = asked.service == Service::ec2;
  const bool iam = asked.service == Service::iam;
  const std::string version = ec2 ? "2016-11-15" : iam ? "2010-05-08" : "2011-06-15";
  Ec2Result<std::string> done;
  if (!asked.readable || request.path() != "/") {
    done = refuse("MalformedQueryString", "The query string contains a syntax error.");
  } else if (asked.version != version) {
    done = refuse("NoSuchVersion",
                  fmt::format("The requested version ({}) of service is not valid", asked.version));
  } else if (ec2) {
    done = serve_ec2(asked.action, {.params = asked.params,
                                    .region = read_claim(request).claim.region,
                                    .request_id = asked.request_id,
                                    .state = world_.state,
                                    .no_capacity = no_capacity,
                                    .regions = config_.regions});
  } else if (iam) {
    done = serve_iam(asked.action, asked.params, asked.request_id);
  } else {
    done = serve_sts(asked.action, asked.params, key, asked.request_id);
  }
  return done ? Reply{.body = *done} : error_reply(asked.service, done.error(), asked.request_id);
}

Reply Front::with_fault(const Request& request, const Asked& asked, const Key& key,
                        const std::optional<Fault>& fault)
{
  if (!fault) {
    return answer(request, asked, key, std::nullopt);
  }
  if (fault->kind == FaultKind::error && asked.action == "RunInstances"
      && is_capacity_code(fault->code)) {
    return answer(request, asked, key,
                  Ec2Error{.status = status_of(fault->code),
                           .code = fault->code,
                           .message = message_of(fault->code)});
  }
  if (fault->kind == FaultKind::late) {
    return {.delay = fault->duration, .later = [this, request, asked, key] {
              return signed_by_service(answer(request, asked, key, std::nullopt), asked,
                                       world_.clock.wall());
            }};
  }
  if (fault->kind == FaultKind::error && fault->code == "UnauthorizedOperation"
      && asked.service == Service::ec2) {
    return error_reply(asked.service, unauthorized(asked.action), asked.request_id);
  }
  if (auto reply = canned(*fault, asked.service, asked.request_id, request.header("host"))) {
    return *reply;
  }
  return spoil(answer(request, asked, key, std::nullopt), *fault);
}

Reply Front::signed_by_service(Reply reply, const Asked& asked, Seconds now)
{
  const bool s3 = asked.service == Service::s3;
  reply.headers.emplace_back(s3 ? "x-amz-request-id" : "x-amzn-RequestId", asked.request_id);
  if (reply.date_offset) {
    reply.headers.emplace_back("Date", http_date(now + *reply.date_offset));
  }
  reply.headers.emplace_back("Server", s3 ? "AmazonS3" : "AmazonEC2");
  return reply;
}

Reply Front::unbelieved(const Asked& asked, const Verdict& verdict)
{
  const std::string region = asked.service == Service::s3
                               ? region_of(config_.store, asked.name.bucket)
                               : config_.regions.front();
  Reply reply = refusal(asked.service, verdict, region, world_.clock.wall(), asked.request_id);
  const bool s3 = asked.service == Service::s3 && !asked.name.bucket.empty();
  if (s3 && verdict.flaw == Flaw::wrong_region && is_moved(config_.store, asked.name.bucket)) {
    reply = error_reply(asked.service,
                        {.status = 301,
                         .code = "PermanentRedirect",
                         .message = "The bucket you are attempting to access must be addressed "
                                    "using the specified endpoint."},
                        asked.request_id);
  }
  if (s3) {
    reply.headers.emplace_back("x-amz-bucket-region", region); // S3 tells it to anybody
  }
  return reply;
}

Reply Front::handle(const Request& request)
{
  if (auto refused = refuse_stranger(request, config_.host)) {
    return *refused;
  }
  if (request.path().starts_with("/_sandbox/")) {
    return serve_control(request, config_.control_secret, world_);
  }
  const Asked asked = read(request);
  std::vector<std::string> regions = config_.regions;
  if (asked.service == Service::s3) {
    regions = {region_of(config_.store, asked.name.bucket)};
  } else if (asked.service == Service::iam) {
    regions = {iam_region(config_.regions.front())};
  }
  const Seconds now = world_.clock.wall();
  const Verdict verdict = is_form(request) ? verify_form(request, world_.keys, regions, now)
                                           : verify(request, world_.keys, regions, now);
  Trouble trouble;
  Reply reply;
  if (verdict.flaw == Flaw::none) {
    Params conditions = asked.params;
    conditions.emplace("Region", verdict.claim.region);
    trouble = world_.faults.strike(asked.action, conditions);
    reply = with_fault(request, asked, verdict.key, trouble.fault);
  } else {
    reply = unbelieved(asked, verdict);
  }
  reply.delay += trouble.delay;
  reply = signed_by_service(std::move(reply), asked, now);
  world_.journal.add({.time = now,
                      .service = std::string(service_name(asked.service)),
                      .action = asked.action,
                      .region = verdict.claim.region,
                      .key_id = verdict.claim.key_id,
                      .user_agent = std::string(request.header("user-agent")),
                      .params = presentable(asked.params),
                      .status = is_answer(reply) ? reply.status : 0,
                      .code = code_in(reply),
                      .fault = trouble.specs,
                      .request_id = asked.request_id});
  return reply;
}

} // namespace flame::sandbox
