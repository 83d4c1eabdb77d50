#include "base/gzip.hpp"
#include "base/text.hpp"
#include "boot/user_data.hpp"
#include "boot/user_data_files.hpp"
#include "boot/user_data_mime.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

// What is sent is held against EC2's limit here.
namespace flame::boot {
namespace {

// Of more files than so many, their URLs are what makes user data long.
constexpr std::size_t k_few_files = 20;

struct Part {
  std::string name = {};
  std::size_t size = 0;
};

std::size_t size_of(const std::vector<std::string>& texts)
{
  return std::accumulate(
    texts.begin(), texts.end(), std::size_t{0},
    [](std::size_t sum, const std::string& text) { return sum + text.size(); });
}

// What the user can do something about.
std::vector<Part> parts_of(const Runner& runner)
{
  std::vector<Part> parts = {
    {"setup_commands", size_of(runner.setup_commands)},
    {"start_command", runner.job ? 0 : runner.start_command.size()},
    {"the command", runner.job ? runner.job->command.size() : 0},
    {"stop_command", runner.stop_command.size()},
    {"ready_command", runner.ready_command.size()},
    {"on_interruption", runner.on_interruption.value_or("").size()},
    {"the bundle's URL", runner.fetch.url.size()},
    {"the URLs of the bundle's files", file_list(runner.fetch.files).lines.size()},
    {"the launch template's user data", runner.other_user_data.size()}};
  for (const child::Variable& variable : runner.variables) {
    parts.push_back({fmt::format("the variable {}", variable.name), variable.value.size()});
  }
  return parts;
}

// Of a bundle that the user data carries, which has another way.
Error too_long_to_carry(std::size_t over, const Runner& runner)
{
  return {.kind = ErrorKind::config,
          .message = fmt::format("the bundle is {} bytes when packed, and with it the user data is "
                                 "{} bytes over EC2's limit of {} bytes",
                                 runner.fetch.carried.size(), over, k_user_data_limit),
          .hint = "it needs --store s3://BUCKET/PREFIX/, from where the machine fetches it"};
}

// Of a folder's files, which have another way too.
Error too_many_files(std::size_t over, const Runner& runner)
{
  return {.kind = ErrorKind::config,
          .message = fmt::format("the URLs of the bundle's {} files are too much for user data, "
                                 "which is {} bytes over EC2's limit of {} bytes",
                                 runner.fetch.files.size(), over, k_user_data_limit),
          .hint = "it needs --store s3://BUCKET/PREFIX/, where they are packed into one; or give "
                  "an archive"};
}

std::string largest_parts(const Runner& runner)
{
  constexpr std::size_t k_named = 3;
  std::vector<Part> parts = parts_of(runner);
  std::ranges::stable_sort(parts, std::ranges::greater{}, &Part::size);
  std::vector<std::string> named;
  for (const Part& part : parts) {
    if (named.size() < k_named && part.size > 0) {
      named.push_back(fmt::format("{} ({} bytes)", part.name, part.size));
    }
  }
  return join(named, ", ");
}

} // namespace

Result<std::string> make_user_data(const Runner& runner)
{
  std::string script = render_user_data(runner);
  if (!runner.other_user_data.empty()) {
    script = merge_user_data(script, runner.other_user_data);
  }
  if (script.size() <= k_user_data_limit) {
    return script;
  }
  std::string packed = gzip(script);
  if (packed.size() <= k_user_data_limit) {
    return packed;
  }
  if (runner.fetch.carried.size() > packed.size() - k_user_data_limit) {
    return tl::unexpected(too_long_to_carry(packed.size() - k_user_data_limit, runner));
  }
  if (runner.fetch.files.size() > k_few_files) {
    return tl::unexpected(too_many_files(packed.size() - k_user_data_limit, runner));
  }
  return fail(ErrorKind::config,
              fmt::format("the user data is {} bytes over EC2's limit of {} bytes, in gzip too",
                          packed.size() - k_user_data_limit, k_user_data_limit),
              fmt::format("the largest parts are {}", largest_parts(runner)));
}

} // namespace flame::boot
