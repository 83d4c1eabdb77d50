#pragma once

#include "cli/world.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_ec2.hpp"
#include "support/fake_s3.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace flame::test {

// FakeEc2 with the credentials that a client has.
class FakeEc2Client : public client::Ec2Client {
public:
  FakeEc2Client(FakeEc2& ec2, const Result<aws::Credentials>& credentials)
    : ec2_(ec2), credentials_(credentials)
  {
  }
  aws::Outcome<std::vector<aws::Instance>> run_instances(const aws::Params& params,
                                                         aws::CallLimit limit) override
  {
    return ec2_.run_instances(params, limit);
  }
  aws::Outcome<std::vector<aws::Instance>> describe_instances(const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override
  {
    return ec2_.describe_instances(query, limit);
  }
  aws::Outcome<std::vector<aws::Resource>> describe_resources(aws::ResourceKind kind,
                                                              const aws::DescribeQuery& query,
                                                              aws::CallLimit limit) override
  {
    return ec2_.describe_resources(kind, query, limit);
  }
  aws::Outcome<std::vector<std::string>> describe_regions(aws::CallLimit limit) override
  {
    return ec2_.describe_regions(limit);
  }
  aws::Outcome<std::vector<aws::StateChange>>
  terminate_instances(const std::vector<std::string>& ids, aws::CallLimit limit) override
  {
    return ec2_.terminate_instances(ids, limit);
  }
  aws::Outcome<aws::ConsoleOutput> console_output(const std::string& id, bool latest,
                                                  aws::CallLimit limit) override
  {
    return ec2_.console_output(id, latest, limit);
  }
  aws::Outcome<std::vector<aws::Image>> describe_images(const std::vector<std::string>& ids,
                                                        aws::CallLimit limit) override
  {
    return ec2_.describe_images(ids, limit);
  }
  aws::Outcome<aws::LaunchTemplate> launch_template(const std::string& id_or_name,
                                                    const std::string& version,
                                                    aws::CallLimit limit) override
  {
    return ec2_.launch_template(id_or_name, version, limit);
  }
  Result<void> renew(aws::ErrorClass reason) override { return ec2_.renew(reason); }
  std::chrono::seconds clock_offset() const override { return {}; }
  std::optional<Seconds> server_time() const override { return ec2_.time; }
  Result<aws::Credentials> credentials() override { return credentials_; }
  aws::NetworkApi& network() override { return network_; }

private:
  FakeNetwork network_ = {};
  FakeEc2& ec2_;
  const Result<aws::Credentials>& credentials_;
};

// A computer that remembers what was written, and an AWS with `ec2` in it.
class FakeWorld {
public:
  FakeWorld()
  {
    constexpr std::uint64_t k_large = 20UL * 1024 * 1024; // nobody looks into it
    for (const char* bundle : {"bundles/demo.tar.gz", "bundles/d.tar.gz"}) {
      s3.objects[bundle] = "";
      s3.heads[bundle] = {.size = k_large, .etag = "\"1\""};
    }
    world.write_out = [this](std::string_view text) { return write(text); };
    world.write_err = [this](std::string_view text) { err += text; };
    world.read_line = [this]() -> std::optional<std::string> { return answer; };
    world.read_hidden = world.read_line;
    world.find_file = [this](const std::string& path) -> Result<std::optional<std::string>> {
      const auto found = files.find(path);
      return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    world.read_file = [this](const std::string& path) -> Result<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) {
        return fail(ErrorKind::config, "cannot read " + path);
      }
      return found->second;
    };
    world.write_file = [this](const std::string& path, std::string_view text) {
      files[path] = text;
      return Result<void>();
    };
    world.make_folder = [](const std::string&) { return Result<void>(); };
    world.others_can_read = [this](const std::string& path) { return open_files.contains(path); };
    world.connect = [this](const config::Settings& settings, const cli::World&, const cli::Talk&) {
      connected.push_back(settings.region);
      return Result<std::unique_ptr<cli::Cloud>>(std::make_unique<FakeCloud>(*this));
    };
    world.this_machine = [this](const config::Settings& settings, client::Asked asked,
                                const cli::World&) {
      metadata_urls.push_back(settings.instance_metadata_url);
      metadata_asked.push_back(asked);
      return here;
    };
    world.local_time = [](Seconds time) { // an hour ahead of UTC
      std::string text = iso8601(time + std::chrono::hours(1)).substr(0, 16);
      text[10] = ' ';
      return text;
    };
    world.home = "/home/me";
    world.clock = &clock;
    world.cancel = &cancel;
    world.random = &random;
  }

  cli::World world = {};
  std::string out = {};
  std::string err = {};
  bool out_is_full = false;
  std::optional<std::string> answer = {};
  std::map<std::string, std::string> files = {};
  std::set<std::string> open_files = {};   // that others can read
  std::vector<std::string> connected = {}; // regions
  Result<client::ThisMachine> here = fail(ErrorKind::config, "no instance metadata: nobody there");
  std::vector<std::string> metadata_urls = {}; // that were asked
  std::vector<client::Asked> metadata_asked = {};
  FakeEc2 ec2 = {};
  FakeSsm ssm = {};
  FakeSecrets secrets = {};
  FakeS3 s3 = {};
  Result<aws::Credentials> credentials = aws::Credentials{.access_key_id = "AKIDEXAMPLE",
                                                          .secret_access_key = "very-secret-key",
                                                          .account_id = "123456789012"};
  FakeClock clock = {};
  FakeCancel cancel = {};
  FakeRandom random = FakeRandom();

private:
  class FakeCloud : public cli::Cloud {
  public:
    explicit FakeCloud(FakeWorld& world) : client_(world.ec2, world.credentials), world_(world) {}
    client::Ec2Client& ec2() override { return client_; }
    aws::SsmApi& ssm() override { return world_.ssm; }
    aws::SecretsApi& secrets() override { return world_.secrets; }
    aws::S3Api& s3() override { return world_.s3; }
    Result<std::string> account() override { return "123456789012"; }
    Result<client::CallerIdentity> caller() override
    {
      return client::CallerIdentity{"123456789012", "arn:aws:iam::123456789012:user/ci"};
    }
    aws::Outcome<aws::InstanceProfile> instance_profile(const std::string& name,
                                                        aws::CallLimit /*limit*/) override
    {
      return aws::InstanceProfile{"arn:aws:iam::123456789012:instance-profile/" + name, name};
    }

  private:
    FakeEc2Client client_;
    FakeWorld& world_;
  };

  Result<void> write(std::string_view text)
  {
    if (out_is_full) {
      return fail(ErrorKind::output, "standard output cannot be written: no space left");
    }
    out += text;
    return {};
  }
};

} // namespace flame::test
