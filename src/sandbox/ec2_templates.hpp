#pragma once

#include "sandbox/ec2_types.hpp"

#include <mutex>
#include <string>
#include <vector>

// Launch templates. Thread-safe.
namespace flame::sandbox {

struct LaunchTemplate {
  std::string id = {};
  std::string name = {};
  int default_version = 1;
  std::vector<Params> versions = {}; // in RunInstances' names; the first is version 1
};

struct TemplateChoice {
  LaunchTemplate whole = {};
  int version = 1;
  const Params& data() const { return whole.versions.at(static_cast<std::size_t>(version) - 1); }
};

class TemplateBook {
public:
  TemplateBook(); // has the one of world.hpp

  // The error is EC2's for a name that is taken.
  Ec2Result<LaunchTemplate> add(const std::string& name, Params data);
  // By id or name, whichever is not ""; version "", "2", "$Latest" or "$Default".
  Ec2Result<TemplateChoice> find(const std::string& id, const std::string& name,
                                 const std::string& version) const;

private:
  mutable std::mutex mutex_ = {};
  std::vector<LaunchTemplate> templates_ = {};
};

} // namespace flame::sandbox
