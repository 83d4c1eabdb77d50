#include "boot/listener.hpp"

#include "boot/status_reader.hpp"

#include <algorithm>

namespace flame::boot {

Listener::Listener(aws::Ec2Api& ec2, aws::S3Api* s3, aws::S3Object folder)
  : ec2_(ec2), s3_(s3), folder_(std::move(folder))
{
}

Said Listener::listen(const std::vector<std::string>& ids, aws::CallLimit limit)
{
  if (s3_ == nullptr) {
    return read_consoles(next_of(ids, k_most_consoles), limit);
  }
  Said said;
  std::vector<std::string> silent;
  std::map<std::string, aws::ApiError> failed;
  auto statuses = read_statuses(*s3_, folder_, ids, limit);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (statuses[i] && !statuses[i]->empty()) {
      said.texts[ids[i]] = std::move(*statuses[i]);
      continue;
    }
    silent.push_back(ids[i]);
    if (!statuses[i]) {
      failed.emplace(ids[i], std::move(statuses[i].error()));
    }
  }
  for (const std::string& id : next_of(silent, k_most_beside_store)) {
    // A machine may have no way to the store but to its console, and a type none while it runs.
    if (auto console = ec2_.console_output(id, true, limit)) {
      said.texts[id] = std::move(console->text);
      failed.erase(id);
    }
  }
  for (auto& [id, error] : failed) {
    if (!said.unheard || !aws::info(error.error_class).retry_same) {
      said.unheard = Unheard{.id = id, .error = std::move(error)};
    }
  }
  return said;
}

Said Listener::read_consoles(const std::vector<std::string>& ids, aws::CallLimit limit)
{
  return each_said(ids, [&](const std::string& id) {
    return ec2_.console_output(id, true, limit).map([](const aws::ConsoleOutput& output) {
      return output.text;
    });
  });
}

std::vector<std::string> Listener::next_of(const std::vector<std::string>& ids, std::size_t most)
{
  const std::size_t count = std::min(ids.size(), most);
  std::vector<std::string> next;
  for (std::size_t i = 0; i < count; ++i) {
    next.push_back(ids[(turn_ + i) % ids.size()]);
  }
  turn_ += count;
  return next;
}

} // namespace flame::boot
