#pragma once

#include "sandbox/message.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <string>

namespace flame::sandbox {

// One request as tests judge it. Holds no secret: no signature, no token, no user data.
struct JournalEntry {
  Seconds time = {};
  std::string service = {};
  std::string action = {};
  std::string region = {};
  std::string key_id = {};
  std::string user_agent = {};
  Params params = {};
  int status = 0;
  std::string code = {};  // of the error that was answered
  std::string fault = {}; // the specs that struck
  std::string request_id = {};
};

// The last 10,000 requests in order. Thread-safe.
class Journal {
public:
  void add(JournalEntry entry);
  std::string json() const; // an array
  // Called for each entry from then on, one at a time. To be set before the first entry.
  void on_entry(std::function<void(const JournalEntry&)> watcher) { watcher_ = std::move(watcher); }

private:
  mutable std::mutex mutex_;
  std::deque<JournalEntry> entries_;
  std::function<void(const JournalEntry&)> watcher_;
};

// A copy without what must not be shown: user data becomes its size and digest.
Params presentable(Params params);
std::string json_object(const Params& values); // of strings

} // namespace flame::sandbox
