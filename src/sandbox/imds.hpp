#pragma once

#include "base/ports.hpp"
#include "sandbox/ec2_types.hpp"
#include "sandbox/keyring.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

// The metadata service of one machine: IMDSv2 alone, so a request without a token is 401.
namespace flame::sandbox {

struct Metadata {
  Params leaves = {};        // "placement/region" to its value, under /latest/meta-data/
  std::string document = {}; // /latest/dynamic/instance-identity/document
  std::string user_data = {};
  std::string role = {};    // "" when the machine has no instance profile
  std::string session = {}; // of the role: the instance's id
};

Metadata metadata_of(const Instance& instance);
Instance parent_instance(const std::string& region, Seconds launched); // that of `--print-env`

// Thread-safe. Clock and keyring must outlive it. `news` gives the leaves that come and go.
class Imds {
public:
  Imds(Metadata metadata, const Clock& clock, Keyring& keys, std::function<Params()> news = {});
  Reply handle(const Request& request);

private:
  Reply put_token(const Request& request);
  bool has_token(const Request& request);
  std::optional<std::string> item(const std::string& path);
  std::optional<std::string> credentials(const std::string& path);

  Metadata metadata_;
  std::function<Params()> news_;
  const Clock& clock_;
  Keyring& keys_;
  std::mutex mutex_;
  std::map<std::string, TimePoint> tokens_; // to their end
};

} // namespace flame::sandbox
