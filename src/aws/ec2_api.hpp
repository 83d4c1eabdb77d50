#pragma once

#include "aws/ec2_errors.hpp"
#include "aws/ec2_query.hpp"
#include "aws/ec2_types.hpp"
#include "base/ports.hpp"

#include <string>
#include <vector>

// EC2 as the deciding rooms see it. The real one is client/ec2_client, a recorded one is
// tests/support/fake_ec2.
namespace flame::aws {

// Until when an answer is waited for. A call that is cut short by the deadline or by the user
// fails as transient or cancelled, and says whether it may have had its effect.
struct CallLimit {
  TimePoint deadline = TimePoint::max();
  // How long an answer is still waited for once the user has cancelled. RunInstances gets a few
  // seconds, since its answer tells what to end; what only looks gets none.
  Millis cancel_grace = Millis(0);
};

struct DescribeQuery {
  std::vector<std::string> ids = {};                                          // or
  std::vector<std::pair<std::string, std::vector<std::string>>> filters = {}; // name, values
};

class Ec2Api {
public:
  Ec2Api() = default;
  Ec2Api(const Ec2Api&) = delete;
  Ec2Api& operator=(const Ec2Api&) = delete;
  virtual ~Ec2Api() = default;

  // One try, never repeated here: boot/step owns the retries of launches. `params` is without
  // Action and Version.
  virtual Outcome<std::vector<Instance>> run_instances(const Params& params, CallLimit limit) = 0;

  // The rest retry throttled and transient failures as the SDKs do, within the limit.
  virtual Outcome<std::vector<Instance>> describe_instances(const DescribeQuery& query,
                                                            CallLimit limit) = 0; // all pages
  // Of the account, all pages. Ids of `query` are not looked at.
  virtual Outcome<std::vector<Resource>>
  describe_resources(ResourceKind kind, const DescribeQuery& query, CallLimit limit) = 0;
  // Names of the regions that are enabled for the account.
  virtual Outcome<std::vector<std::string>> describe_regions(CallLimit limit) = 0;
  // At most 1000 ids. One bad id fails the whole call.
  virtual Outcome<std::vector<StateChange>> terminate_instances(const std::vector<std::string>& ids,
                                                                CallLimit limit) = 0;
  virtual Outcome<ConsoleOutput> console_output(const std::string& id, bool latest,
                                                CallLimit limit) = 0;

  // Empty when EC2 shows none of them to the caller.
  virtual Outcome<std::vector<Image>> describe_images(const std::vector<std::string>& ids,
                                                      CallLimit limit) = 0;
  // `id_or_name`: "lt-…" is an id. `version`: "3", "$Default", "$Latest".
  virtual Outcome<LaunchTemplate> launch_template(const std::string& id_or_name,
                                                  const std::string& version, CallLimit limit) = 0;

  // New credentials and a corrected clock for what follows, after an error of class credentials
  // or clock.
  virtual Result<void> renew(ErrorClass reason) = 0;
};

} // namespace flame::aws
