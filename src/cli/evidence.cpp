#include "cli/evidence.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "cli/output.hpp"
#include "fleet/masking.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::cli {
namespace {

constexpr std::ptrdiff_t k_shown_lines = 50;

// Of a presigned URL the parts that give access, since a program may print it in pieces.
std::vector<std::string> parts_of_url(const std::string& url)
{
  std::vector<std::string> parts = {url};
  for (const std::string_view name : {"X-Amz-Signature=", "X-Amz-Security-Token="}) {
    const std::size_t at = url.find(name);
    if (at != std::string::npos) {
      const std::size_t first = at + name.size();
      parts.push_back(url.substr(first, url.find('&', first) - first));
      parts.push_back(uri_decode(parts.back()));
    }
  }
  return parts;
}

// What comes after the line of the failure, or of the release's end, is the machine's power off.
std::string_view up_to_the_end(std::string_view console, std::string_view nonce)
{
  std::size_t line = std::string_view::npos; // whole, where there is none
  for (const std::string_view stage : {"failed", "stopped"}) {
    line = std::min(line, console.find(fmt::format("flame-ec2 {} stage={} ", nonce, stage)));
  }
  return console.substr(0, console.find('\n', line));
}

} // namespace

Evidence::Evidence(std::string folder, const boot::Plan& plan, World& world, Console& console)
  : folder_(std::move(folder)), world_(world), console_(console),
    nonce_(plan.runner.nonce), secrets_{nonce_}
{
  for (const child::Variable& variable : plan.runner.variables) {
    secrets_.push_back(variable.value);
    for (const std::string& line : split(variable.value, '\n')) { // as a console shows it
      secrets_.emplace_back(trim(line));
    }
  }
}

void Evidence::add_secret(const std::string& secret)
{
  const std::vector<std::string> parts = parts_of_url(secret);
  secrets_.insert(secrets_.end(), parts.begin(), parts.end());
}

void Evidence::hear(const boot::LastWords& words)
{
  instance_id_ = words.instance_id;
  if (trim(words.console).empty()) {
    return console_.note(fmt::format("the console of {} has nothing yet", instance_id_));
  }
  const std::string console = fleet::masked(words.console, secrets_);
  const std::string told = fleet::masked(up_to_the_end(words.console, nonce_), secrets_);
  const std::vector<std::string> lines = split(trim(told), '\n');
  const std::ptrdiff_t shown = std::min(std::ssize(lines), k_shown_lines);
  console_.note(shown == 1
                  ? fmt::format("the last line of the console of {}:", instance_id_)
                  : fmt::format("the last {} lines of the console of {}:", shown, instance_id_));
  std::string text;
  for (auto line = lines.end() - shown; line != lines.end(); ++line) {
    text += fmt::format("  {}\n", printable(trim(*line)));
  }
  console_.raw(text);
  write("console.log", console);
}

Error Evidence::keep(Error error)
{
  error.message = fleet::masked(error.message, secrets_);
  for (Mistake& mistake : error.also) {
    mistake.message = fleet::masked(mistake.message, secrets_);
  }
  if (!instance_id_.empty()) {
    write("error.json", fleet::masked(error_json(error), secrets_));
  }
  return error;
}

void Evidence::write(const std::string& name, std::string_view text)
{
  if (folder_.empty()) {
    return;
  }
  const std::string path = fmt::format("{}/{}.{}", folder_, instance_id_, name);
  const auto made = world_.make_folder(folder_);
  const auto written = made ? world_.write_file(path, text) : made;
  if (!written) {
    console_.warn(written.error().message);
  }
}

} // namespace flame::cli
