#include "sandbox/journal.hpp"

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "sandbox/xml.hpp"

#include <fmt/format.h>

namespace flame::sandbox {
namespace {

constexpr std::size_t k_kept = 10'000;

std::string json_of(const JournalEntry& entry)
{
  const Params texts = {{"time", iso8601(entry.time)},
                        {"service", entry.service},
                        {"action", entry.action},
                        {"region", entry.region},
                        {"access_key_id", entry.key_id},
                        {"user_agent", entry.user_agent},
                        {"code", entry.code},
                        {"fault", entry.fault},
                        {"request_id", entry.request_id}};
  std::string text = json_object(texts);
  text.pop_back();
  return fmt::format(R"({},"status":{},"params":{}}})", text, entry.status,
                     json_object(entry.params));
}

} // namespace

std::string json_object(const Params& values)
{
  std::string text = "{";
  for (const auto& [name, value] : values) {
    text +=
      fmt::format("{}{}:{}", text.size() == 1 ? "" : ",", json_string(name), json_string(value));
  }
  return text + "}";
}

Params presentable(Params params)
{
  for (auto& [name, value] : params) {
    if (name == "UserData") {
      const std::string raw = from_base64(value).value_or(value);
      value = fmt::format("{} bytes, sha256 {}", raw.size(), to_hex(sha256(raw)));
    }
  }
  return params;
}

void Journal::add(JournalEntry entry)
{
  const std::lock_guard lock(mutex_);
  if (watcher_) {
    watcher_(entry);
  }
  entries_.push_back(std::move(entry));
  if (entries_.size() > k_kept) {
    entries_.pop_front();
  }
}

std::string Journal::json() const
{
  const std::lock_guard lock(mutex_);
  std::string text = "[";
  for (const JournalEntry& entry : entries_) {
    text += (text.size() == 1 ? "\n" : ",\n") + json_of(entry);
  }
  return text + "\n]\n";
}

} // namespace flame::sandbox
