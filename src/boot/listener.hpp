#pragma once

#include "aws/ec2_api.hpp"
#include "aws/s3_api.hpp"
#include "boot/run.hpp"

#include <cstddef>
#include <string>
#include <vector>

// How machines of a boot are heard: by what they have written into the store, all at once; by their
// consoles, which EC2 gives one by one and not too many a second, where there is no store, or no
// way to it from a machine. Of many machines a look reads some consoles, and the next look the
// next.
namespace flame::boot {

// Consoles that one look reads at most: EC2 takes a hundred looks at once, then twenty a second.
inline constexpr std::size_t k_most_consoles = 100;
inline constexpr std::size_t k_most_beside_store = 10;

class Listener {
public:
  // All outlive it. `s3` is nullptr when there is no store; `folder` is the boot's own in it.
  Listener(aws::Ec2Api& ec2, aws::S3Api* s3, aws::S3Object folder);

  // Machines that were not asked are not in the texts.
  Said listen(const std::vector<std::string>& ids, aws::CallLimit limit);

private:
  std::vector<std::string> next_of(const std::vector<std::string>& ids, std::size_t most);
  Said read_consoles(const std::vector<std::string>& ids, aws::CallLimit limit);

  aws::Ec2Api& ec2_;
  aws::S3Api* s3_;
  aws::S3Object folder_;
  std::size_t turn_ = 0; // of consoles
};

} // namespace flame::boot
