#include "base/text.hpp"
#include "sandbox/front.hpp"
#include "sandbox/signature.hpp"
#include "unit/sandbox/ec2_fixture.hpp"
#include "unit/sandbox/s3_fixture.hpp"

#include <algorithm>

using namespace flame;
using namespace flame::sandbox;

namespace {

struct Fixture {
  explicit Fixture(S3Store buckets = {.folder = "/nonexistent", .region = "us-east-1"})
    : store(std::move(buckets))
  {
  }

  S3Store store;
  Ec2Fixture ec2 = Ec2Fixture();
  Keyring keys = {};
  Key user = keys.add_user("sandbox");
  Journal journal = {};
  Front front =
    Front({.regions = {"us-east-1", "eu-west-1"}, .store = store, .control_secret = user.secret},
          {.clock = ec2.clock,
           .keys = keys,
           .state = ec2.state,
           .faults = ec2.faults,
           .journal = journal});

  Reply send(Request request, const Key& key, const std::string& service = "ec2",
             const std::string& region = "us-east-1")
  {
    request.headers.emplace_back("host", "127.0.0.1:4566");
    request.headers.emplace_back("x-amz-date", iso8601_basic(ec2.clock.wall()));
    Claim claim{.key_id = key.id,
                .date = iso_date_basic(ec2.clock.wall()),
                .region = region,
                .service = service,
                .signed_headers = {"host", "x-amz-date"},
                .timestamp = iso8601_basic(ec2.clock.wall())};
    if (service == "s3") {
      request.headers.emplace_back("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
      claim.signed_headers = {"host", "x-amz-content-sha256", "x-amz-date"};
    }
    if (request.has_header("x-amz-target")) {
      claim.signed_headers.emplace_back("x-amz-target");
    }
    const std::string value =
      signature(string_to_sign(canonical_request(request, claim), claim), claim, key.secret);
    request.headers.emplace_back("authorization",
                                 "AWS4-HMAC-SHA256 Credential=" + key.id + "/" + claim.date + "/"
                                   + region + "/" + service + "/aws4_request, SignedHeaders="
                                   + join(claim.signed_headers, ";") + ", Signature=" + value);
    return front.handle(request);
  }
  Reply ask(const std::string& form) // EC2, signed
  {
    return send({.method = "POST", .body = form + "&Version=2016-11-15"}, user);
  }
  Reply run(const std::string& more = {})
  {
    return ask("Action=RunInstances&ImageId=ami-0123456789abcdef0&InstanceType=t3.nano&MinCount=1"
               "&MaxCount=1"
               + more);
  }
  Reply control(const std::string& method, const std::string& path, const std::string& body = {})
  {
    return front.handle(
      {.method = method,
       .target = "/_sandbox/" + path,
       .headers = {{"host", "localhost"}, {"authorization", "Bearer " + user.secret}},
       .body = body});
  }
  std::size_t machines() { return ec2.state.instances("us-east-1", true).size(); }
  void fault(const char* spec) { ec2.faults.add(*parse_fault(spec)); }
};

} // namespace

TEST_CASE("sandbox: one endpoint serves all services, by the scope of the signature")
{
  Fixture one;
  CHECK(one.run().status == 200);
  const Request identity{.method = "POST", .body = "Action=GetCallerIdentity&Version=2011-06-15"};
  const Reply sts = one.send(identity, one.user, "sts");
  CHECK(sts.body.find("<Account>123456789012</Account>") != std::string::npos);
  CHECK(sts.body.find("<Arn>arn:aws:iam::123456789012:user/sandbox</Arn>") != std::string::npos);
  CHECK(has_code(one.send({.target = "/bucket/key"}, one.user, "s3"), "NoSuchBucket"));
}

TEST_CASE("sandbox: every answer has a date and a request id, which is in its body too")
{
  Fixture one;
  for (const Reply& reply : {one.run(), one.run("&Colour=red")}) {
    CHECK(header_of(reply, "Date") == "Thu, 15 Jan 2026 08:15:30 GMT");
    CHECK(reply.body.find(header_of(reply, "x-amzn-RequestId")) != std::string::npos);
  }
}

TEST_CASE("sandbox: faults reach the date, by region too")
{
  Fixture one;
  one.fault("DescribeInstances[Region=us-east-1]:date-ahead=2h=1");
  one.fault("DescribeInstances[Region=us-east-1]:date-behind=1h=1");
  one.fault("DescribeInstances[Region=us-east-1]:no-date");
  const Request look{.method = "POST", .body = "Action=DescribeInstances&Version=2016-11-15"};
  CHECK(header_of(one.send(look, one.user), "Date") == "Thu, 15 Jan 2026 10:15:30 GMT");
  CHECK(header_of(one.send(look, one.user), "Date") == "Thu, 15 Jan 2026 07:15:30 GMT");
  const Reply last = one.send(look, one.user);
  CHECK(last.status == 200);
  CHECK(header_of(last, "Date").empty());
  CHECK(header_of(one.send(look, one.user, "ec2", "eu-west-1"), "Date")
        == "Thu, 15 Jan 2026 08:15:30 GMT");
}

TEST_CASE("sandbox: its own pages plant leftovers and console lines")
{
  Fixture one;
  REQUIRE(one.run().status == 200);
  const std::string id = one.ec2.state.instances("us-east-1", true).front().id;
  CHECK(one.control("POST", "instances/" + id + "/console", "hello\n").status == 200);
  CHECK(one.control("GET", "instances/" + id + "/console").body.ends_with("\nhello\n"));
  const Reply planted =
    one.control("POST", "leftovers/eu-west-1", "volume a=b\nnetwork-interface\n");
  CHECK(planted.status == 200);
  CHECK(planted.body.starts_with("vol-"));
  CHECK(one.ec2.state.resources("eu-west-1", ResourceKind::volume).size() == 1);
  CHECK(one.ec2.state.resources("us-east-1", ResourceKind::volume).size() == 1); // of the machine
  CHECK(one.control("POST", "leftovers/eu-west-1", "disk").status == 400);
}

TEST_CASE("sandbox: the request's region is where its machines are")
{
  Fixture one;
  CHECK(one.run().status == 200);
  const Request look{.method = "POST", .body = "Action=DescribeInstances&Version=2016-11-15"};
  CHECK(one.send(look, one.user).body.find("<instanceId>") != std::string::npos);
  CHECK(one.send(look, one.user, "ec2", "eu-west-1").body.find("<instanceId>")
        == std::string::npos);
}

TEST_CASE("sandbox: each service refuses a request that it does not believe in its own words")
{
  Fixture one;
  Key wrong = one.user;
  wrong.secret = "wrong";
  const Key unknown{.id = "AKIAUNKNOWN", .secret = "x"};
  const Request form{.method = "POST", .body = "Action=DescribeInstances&Version=2016-11-15"};
  const Request get{.target = "/bucket/key"};
  struct Row {
    Reply reply;
    int status;
    const char* code;
  };
  const Row rows[] = {
    {one.send(form, wrong), 403, "SignatureDoesNotMatch"},
    {one.send(form, unknown), 401, "AuthFailure"},
    {one.send(form, one.user, "ec2", "us-west-2"), 401, "AuthFailure"},
    {one.send(form, unknown, "sts"), 403, "InvalidClientTokenId"},
    {one.send(form, wrong, "sts"), 403, "SignatureDoesNotMatch"},
    {one.send(get, wrong, "s3"), 403, "SignatureDoesNotMatch"},
    {one.send(get, unknown, "s3"), 403, "InvalidAccessKeyId"},
    {one.send(get, one.user, "s3", "eu-west-1"), 400, "AuthorizationHeaderMalformed"},
    {one.front.handle({.target = "/bucket/key", .headers = {{"host", "localhost"}}}), 403,
     "AccessDenied"},
    {one.front.handle({.method = "POST", .headers = {{"host", "localhost"}}}), 400,
     "MissingParameter"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.code);
    CHECK(row.reply.status == row.status);
    CHECK(has_code(row.reply, row.code));
  }
  const Reply region = one.send(get, one.user, "s3", "eu-west-1");
  CHECK(region.body.find("<Region>us-east-1</Region>") != std::string::npos);
  CHECK(header_of(region, "x-amz-bucket-region") == "us-east-1");
}

TEST_CASE("sandbox: web pages and other names are refused before anything is looked at")
{
  Fixture one;
  const auto status = [&](HeaderList headers) {
    return one.front.handle({.target = "/_sandbox/requests", .headers = std::move(headers)}).status;
  };
  const std::pair<std::string, std::string> bearer = {"authorization", "Bearer " + one.user.secret};
  for (const char* host : {"localhost", "127.0.0.1", "127.0.0.1:80", "[::1]:80", "b.localhost"}) {
    CAPTURE(host);
    CHECK(status({{"host", host}, bearer}) == 200);
  }
  for (const char* host : {"evil.example", "localhost.evil.example", "10.0.0.1", ""}) {
    CAPTURE(host);
    CHECK(status({{"host", host}, bearer}) == 403);
  }
  CHECK(status({bearer}) == 403);
  CHECK(status({{"host", "localhost"}, {"host", "evil.example"}, bearer}) == 403);
  CHECK(status({{"host", "localhost"}, {"origin", "null"}, bearer}) == 403);
  CHECK(status({{"host", "localhost"}}) == 401);
}

TEST_CASE("sandbox: faults before the deed do nothing, faults after it only spoil the answer")
{
  struct Row {
    const char* what;
    std::size_t machines;
    int status;
    Manner manner;
  };
  const Row rows[] = {
    {"InternalError", 0, 500, Manner::whole},
    {"RequestLimitExceeded", 0, 503, Manner::whole},
    {"UnauthorizedOperation", 0, 403, Manner::whole},
    {"502", 0, 502, Manner::whole},
    {"lost-before", 0, 200, Manner::cut},
    {"reset-before", 0, 200, Manner::reset},
    {"bad-gateway", 0, 502, Manner::whole},
    {"hang", 0, 200, Manner::hang},
    {"html", 0, 200, Manner::whole},
    {"garbage", 0, 200, Manner::whole},
    {"redirect", 0, 307, Manner::whole},
    {"lost-after", 1, 200, Manner::cut},
    {"reset-after", 1, 200, Manner::reset},
    {"truncated", 1, 200, Manner::cut_half},
    {"cut-xml", 1, 200, Manner::whole},
    {"dribble", 1, 200, Manner::dribble},
    {"huge=1MB", 1, 200, Manner::huge},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Fixture one;
    one.fault((std::string("RunInstances:") + row.what + "=1").c_str());
    const Reply reply = one.run();
    CHECK(one.machines() == row.machines);
    CHECK(reply.status == row.status);
    CHECK(reply.manner == row.manner);
    CHECK(one.run().status == 200); // it is over
  }
}

TEST_CASE("sandbox: what is late is done only when its time has come")
{
  Fixture one;
  one.fault("RunInstances:late=3s=1");
  const Reply reply = one.run();
  CHECK(reply.delay == std::chrono::seconds(3));
  CHECK(one.machines() == 0);
  REQUIRE(reply.later);
  CHECK(reply.later().status == 200);
  CHECK(one.machines() == 1);
}

TEST_CASE("sandbox: a delay is added to the answer")
{
  Fixture one;
  one.fault("RunInstances:delay=3s");
  const Reply reply = one.run();
  CHECK(reply.status == 200);
  CHECK(reply.delay == std::chrono::seconds(3));
}

TEST_CASE("sandbox: a capacity fault comes after the checks and binds the token")
{
  Fixture one;
  one.fault("RunInstances:InsufficientInstanceCapacity=1");
  const Reply refused = one.run("&ClientToken=t");
  CHECK(refused.status == 500);
  CHECK(has_code(refused, "InsufficientInstanceCapacity"));
  CHECK(has_code(one.run("&ClientToken=t&KeyName=sandbox-key"), "IdempotentParameterMismatch"));
}

TEST_CASE("sandbox: a redirect leads to a place that notes who followed")
{
  Fixture one;
  one.fault("RunInstances:redirect");
  const std::string location = header_of(one.run(), "Location");
  CHECK(location == "http://127.0.0.1:4566/_sandbox/followed");
  CHECK(
    one.front.handle({.target = "/_sandbox/followed", .headers = {{"host", "localhost"}}}).status
    == 403);
  CHECK(one.journal.json().find("\"Followed\"") != std::string::npos);
}

TEST_CASE("sandbox: the journal tells each request without its secrets")
{
  Fixture one;
  one.fault("RunInstances:lost-after");
  one.run("&UserData=c2VjcmV0&ClientToken=t-1");
  const std::string json = one.control("GET", "requests").body;
  CHECK(json.find("\"action\":\"RunInstances\"") != std::string::npos);
  CHECK(json.find("\"ClientToken\":\"t-1\"") != std::string::npos);
  CHECK(json.find("\"fault\":\"RunInstances:lost-after\"") != std::string::npos);
  CHECK(json.find("\"status\":0") != std::string::npos);
  CHECK(json.find("\"UserData\":\"6 bytes, sha256 ") != std::string::npos);
  CHECK(json.find("c2VjcmV0") == std::string::npos);
  CHECK(json.find(one.user.secret) == std::string::npos);
}

TEST_CASE("sandbox: tests see the truth, and change what goes wrong")
{
  Fixture one;
  one.run("&UserData=c2VjcmV0");
  const std::string id = one.ec2.state.instances("us-east-1").front().id;
  CHECK(one.control("GET", "instances").body.find("\"id\":\"" + id + "\"") != std::string::npos);
  CHECK(one.control("GET", "instances/" + id + "/user-data").body == "secret");
  CHECK(one.control("GET", "instances/i-1/user-data").status == 404);
  CHECK(one.control("POST", "instances/" + id + "/interrupt").status == 409); // it is no spot one
  CHECK(one.control("POST", "instances/" + id + "/rebalance").status == 409);
  CHECK(one.control("POST", "instances/" + id + "/interrupt", "soon").status == 400);
  CHECK(one.control("POST", "instances/" + id + "/power-off").status == 200);
  CHECK(one.control("POST", "instances/" + id + "/power-off").status == 409);

  CHECK(one.control("POST", "faults", "RunInstances:500\n\nRunInstances:nonsense").status == 400);
  CHECK(one.run().status == 200); // all or nothing
  CHECK(one.control("POST", "faults", "RunInstances:500\n").status == 200);
  CHECK(one.run().status == 500);
  CHECK(one.control("DELETE", "faults").status == 200);
  CHECK(one.run().status == 200);
  CHECK(one.control("GET", "nothing").status == 404);
}

TEST_CASE("sandbox: a form that is none, another path and another version are refused")
{
  Fixture one;
  CHECK(has_code(one.ask("Action=DescribeInstances&a=%zz"), "MalformedQueryString"));
  CHECK(has_code(one.ask("Action=DescribeInstances&Action=x"), "MalformedQueryString"));
  const std::string form = "Action=DescribeInstances&Version=2016-11-15";
  CHECK(has_code(one.send({.method = "POST", .target = "/x", .body = form}, one.user),
                 "MalformedQueryString"));
  const Request old{.method = "POST", .body = "Action=DescribeInstances&Version=2006-01-01"};
  CHECK(has_code(one.send(old, one.user), "NoSuchVersion"));
  CHECK(one.send({.target = "/?" + form}, one.user).status == 200); // GET is as good
}

TEST_CASE("sandbox: faults reach metadata too, by its paths")
{
  Fixture one;
  const FrontWorld world{.clock = one.ec2.clock,
                         .keys = one.keys,
                         .state = one.ec2.state,
                         .faults = one.ec2.faults,
                         .journal = one.journal};
  Imds imds(metadata_of(parent_instance("us-east-1", {})), one.ec2.clock, one.keys);
  one.fault("imds[Path=*token]:403=1");
  one.fault("imds[Path=*/mac]:hang");
  const Request put{
    .method = "PUT",
    .target = "/latest/api/token",
    .headers = {{"host", "169.254.169.254"}, {"x-aws-ec2-metadata-token-ttl-seconds", "60"}}};
  CHECK(serve_metadata(imds, put, world).status == 403);
  const Reply token = serve_metadata(imds, put, world);
  CHECK(token.status == 200);
  const auto get = [&](const char* path) {
    return serve_metadata(
      imds,
      {.target = path,
       .headers = {{"host", "localhost"}, {"x-aws-ec2-metadata-token", token.body}}},
      world);
  };
  CHECK(get("/latest/meta-data/mac").manner == Manner::hang);
  CHECK(get("/latest/meta-data/instance-id").status == 200);
  CHECK(one.journal.json().find(token.body) == std::string::npos);
}

TEST_CASE("sandbox: a bucket of another region says so, by 400 or by 301")
{
  S3Fixture s3;
  s3.write("s3/old-one/x", "");
  s3.write("s3/.s3/buckets/old-one", "moved\n");
  s3.store.regions = {{"bundles", "eu-west-1"}, {"old-one", "eu-west-1"}};
  Fixture one(s3.store);
  const auto head = [&](const char* target) {
    return one.send({.method = "HEAD", .target = target}, one.user, "s3");
  };
  CHECK(head("/bundles/app.bin").status == 400);
  CHECK(head("/old-one/x").status == 301);
  CHECK(header_of(head("/old-one/x"), "x-amz-bucket-region") == "eu-west-1");
}

TEST_CASE("sandbox: faults strike what is written to S3 too")
{
  S3Fixture s3;
  Fixture one(s3.store);
  one.fault("PutObject[Key=runs/*]:AccessDenied=1");
  one.fault("PutObject:lost-after=1");
  const auto put = [&] {
    return one.send({.method = "PUT", .target = "/bundles/runs/1", .body = "x"}, one.user, "s3");
  };
  CHECK(has_code(put(), "AccessDenied"));
  CHECK(s3.send("/bundles/runs/1").status == 404);
  CHECK(put().manner == Manner::cut);
  CHECK(s3.send("/bundles/runs/1").status == 200);
}

TEST_CASE("sandbox: what is kept secret is told to who asks for it in the clear")
{
  Fixture one;
  const auto ask = [&](const char* target, const char* service, std::string body) {
    Request request{.method = "POST", .headers = {{"x-amz-target", target}}, .body = body};
    return one.send(std::move(request), one.user, service).body;
  };
  constexpr const char* k_get = "AmazonSSM.GetParameter";
  const std::string name = R"({"Name":"/sandbox/database-url")";
  CHECK(ask(k_get, "ssm", name + R"(,"WithDecryption":true})").find("opensesame")
        != std::string::npos);
  CHECK(ask(k_get, "ssm", name + "}").find("opensesame") == std::string::npos);
  constexpr const char* k_secret = "secretsmanager.GetSecretValue";
  CHECK(ask(k_secret, "secretsmanager", R"({"SecretId":"sandbox/api-key"})").find("sandbox-api-key")
        != std::string::npos);
  CHECK(ask(k_secret, "secretsmanager", R"({"SecretId":"other"})").find("ResourceNotFound")
        != std::string::npos);
}
