#include "cli/stored_logs.hpp"

#include "base/text.hpp"
#include "boot/plan_bundle.hpp"
#include "cli/config_file.hpp"
#include "config/layers.hpp"
#include "fleet/store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace flame::cli {
namespace {

Result<std::vector<std::string>> keys_below(const aws::S3Object& folder, aws::S3Api& s3,
                                            aws::CallLimit limit)
{
  const auto entries = s3.list(folder, limit);
  if (!entries) {
    Error why = entries.error().error;
    why.message = fmt::format("cannot list the store: {}", why.message);
    return tl::unexpected(std::move(why));
  }
  std::vector<std::string> keys;
  std::ranges::transform(*entries, std::back_inserter(keys), &aws::S3Entry::key);
  return keys;
}

// "…/BOOT/i-1/status" to "i-1"; "" for what no machine has written.
std::string machine_in(std::string_view key)
{
  const std::vector<std::string> parts = split(key, '/');
  return parts.size() > 2 && parts[parts.size() - 2].starts_with("i-") ? parts[parts.size() - 2]
                                                                       : "";
}

// Boots of a run sort by their time.
std::string latest_machine(std::vector<std::string> keys)
{
  std::ranges::sort(keys);
  std::string latest;
  for (const std::string& key : keys) {
    const std::string machine = machine_in(key);
    latest = machine.empty() ? latest : machine;
  }
  return latest;
}

} // namespace

Result<std::optional<aws::S3Object>> find_store(const Invocation& invocation, const World& world)
{
  constexpr config::Group groups[] = {config::Group::release};
  std::string url = invocation.value("--store").value_or("");
  if (url.empty()) {
    ConfigFile file =
      read_config_file({invocation.value("--config"), invocation.value("--pool")}, world, groups);
    url = config::merge({config::variables_layer(world.env), std::move(file.layers.file),
                         std::move(file.layers.pool)},
                        groups, {world.env, world.read_file})
            .settings.store; // mistakes in settings of boot are boot's to report
  }
  if (url.empty()) {
    return std::nullopt;
  }
  auto store = aws::parse_s3_folder(url);
  if (!store) {
    Error why = store.error();
    why.message = fmt::format("store is not valid: {}", why.message);
    why.hint = "write it as s3://bucket/prefix/";
    return tl::unexpected(std::move(why));
  }
  return std::optional(std::move(*store));
}

Result<std::optional<StoredLogs>> read_stored(const aws::S3Object& store, const std::string& run_id,
                                              const std::string& instance_id, aws::S3Api& s3,
                                              aws::CallLimit limit)
{
  const std::string below =
    run_id.empty() ? fleet::runs_prefix(store.key) : fleet::run_prefix(store.key, run_id);
  const auto keys = keys_below({.bucket = store.bucket, .key = below}, s3, limit);
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  StoredLogs found{.instance_id = instance_id.empty() ? latest_machine(*keys) : instance_id};
  const fleet::MachineKeys of = fleet::find_machine_keys(*keys, found.instance_id);
  if (found.instance_id.empty() || (of.status.empty() && of.log.empty() && of.journal.empty())) {
    return std::nullopt;
  }
  for (const auto& [key, text] :
       {std::pair(&of.status, &found.status), std::pair(&of.log, &found.log),
        std::pair(&of.journal, &found.journal)}) {
    if (key->empty()) {
      continue;
    }
    auto bytes = s3.get({.bucket = store.bucket, .key = *key}, boot::k_longest_log, limit);
    if (!bytes) {
      return tl::unexpected(bytes.error().error);
    }
    *text = std::move(*bytes);
  }
  return std::optional(std::move(found));
}

Result<std::map<std::string, std::string>>
read_stored_statuses(const aws::S3Object& store, const std::string& run_id,
                     std::span<const std::string> ids, aws::S3Api& s3, aws::CallLimit limit)
{
  const std::string below =
    run_id.empty() ? fleet::runs_prefix(store.key) : fleet::run_prefix(store.key, run_id);
  const auto keys = keys_below({.bucket = store.bucket, .key = below}, s3, limit);
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  std::vector<std::string> known;
  std::vector<aws::S3Object> objects;
  for (const std::string& id : ids) {
    std::string key = fleet::find_machine_keys(*keys, id).status;
    if (!key.empty()) {
      known.push_back(id);
      objects.push_back({.bucket = store.bucket, .key = std::move(key)});
    }
  }
  std::map<std::string, std::string> statuses;
  auto texts = s3.get_all(objects, boot::k_longest_log, limit);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (texts[i] && !texts[i]->empty()) {
      statuses[known[i]] = std::move(*texts[i]);
    }
  }
  return statuses;
}

Result<std::size_t> sweep_environments(const aws::S3Object& store, Seconds now, bool dry_run,
                                       aws::S3Api& s3, aws::CallLimit limit)
{
  const auto keys =
    keys_below({.bucket = store.bucket, .key = fleet::runs_prefix(store.key)}, s3, limit);
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  std::size_t count = 0;
  for (const std::string& key : *keys) {
    const auto expires = fleet::environment_expiry(key);
    if (!expires || *expires > now) {
      continue;
    }
    if (const auto removed =
          dry_run ? aws::Outcome<void>() : s3.remove({.bucket = store.bucket, .key = key}, limit);
        !removed) {
      return tl::unexpected(removed.error().error);
    }
    ++count;
  }
  return count;
}

} // namespace flame::cli
