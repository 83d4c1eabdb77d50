#include "boot/user_data.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "boot/bundle.hpp"
#include "boot/inspect.hpp"
#include "boot/script_text.hpp"
#include "boot/templates.hpp"
#include "boot/user_data_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <iterator>
#include <random>

namespace flame::boot {
namespace {

std::string_view template_text(std::string_view name)
{
  const auto found = std::ranges::find(templates(), name, &Template::name);
  assert(found != templates().end());
  return found->text;
}

// The template without what only its readers need: comments, blank lines and indents.
std::string lean(std::string_view name)
{
  std::string script;
  for (std::string_view left = template_text(name); !left.empty();) {
    const std::size_t end = std::min(left.find('\n'), left.size() - 1) + 1;
    const std::string_view code = trim(left.substr(0, end));
    if (!code.empty() && !code.starts_with('#')) {
      script += code;
      script += '\n';
    }
    left.remove_prefix(end);
  }
  return script;
}

// The script ends the line of a value that ends in the machine's address.
std::string open_line(const child::Variable& variable)
{
  std::string line = environment_line(variable.name, variable.value);
  line.resize(line.size() - 2); // the quote and the newline
  return line;
}

std::string environment(const Runner& runner)
{
  std::vector<std::string> open_lines;
  for (const child::Variable& variable : runner.variables) {
    if (variable.append_private_ip) {
      open_lines.push_back(open_line(variable));
    }
  }
  const std::string& url = runner.env_url;
  return assign("ip", "") + assign("env_url", quote_for_curl(url))
         + assign("vars", url.empty() ? to_base64(environment_object(runner.variables)) : "")
         + assign("ip_vars", base64_words(open_lines));
}

bool needs_address(const Runner& runner)
{
  return std::ranges::any_of(runner.variables, &child::Variable::append_private_ip);
}

// Before version 248, systemd takes only these two of the control characters.
// Source: systemd pull request 18129.
bool needs_systemd248(const Runner& runner)
{
  return std::ranges::any_of(runner.variables, [](const child::Variable& variable) {
    return std::ranges::any_of(variable.value, [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
    });
  });
}

// Of curl, for the form that it posts to the store.
std::string form(const StoreChannel& store)
{
  std::string lines = fmt::format("url = \"{}\"\n", quote_for_curl(store.url));
  for (const auto& [name, value] : store.fields) {
    lines += fmt::format("form-string = \"{}={}\"\n", quote_for_curl(name), quote_for_curl(value));
  }
  return lines;
}

// Text that no shell looks into.
std::string write(std::string_view into, std::string_view text)
{
  return fmt::format("cat {}\"$dir/{}\" <<'FLAME'\n{}FLAME\n", into == "guard" ? ">>" : ">", into,
                     text);
}

std::string flag(std::string_view name, bool set)
{
  return assign(name, set ? "yes" : "");
}

// Of the guard.
std::string job(const Runner& runner)
{
  return !runner.job ? ""
                     : flag("job", true) + flag("artifacts", runner.job->artifacts)
                         + flag("stay", runner.job->keep) + lean("job.sh");
}

std::string prepare(const Runner& runner)
{
  if (!runner.job) {
    return "";
  }
  return flag("job", true) + flag("stay", runner.job->keep) + lean("prepare.sh")
         + (runner.job->is_one_of_many
              ? assign("first", std::to_string(runner.job->first_index)) + lean("index.sh")
              : "");
}

// Of the script, before anything can take its time.
std::string spot(const Runner& runner)
{
  return runner.on_interruption
           ? assign("interruption", to_base64(*runner.on_interruption)) + lean("spot.sh")
           : "";
}

std::string guard(const Runner& runner)
{
  const std::string store =
    runner.store ? assign("prefix", runner.store->prefix) + lean("store.sh") : assign("prefix", "");
  return assign("app", runner.app) + assign("nonce", runner.nonce)
         + assign("timeout", whole_seconds(runner.bootstrap_timeout))
         + assign("lifetime", runner.max_lifetime ? whole_seconds(*runner.max_lifetime) : "")
         + flag("keep", runner.keep_on_failure) + lean("arm.sh")
         + write("guard", store + job(runner)
                            + (runner.on_interruption ? lean("interruption.sh") : "")
                            + lean("guard.sh"))
         + (runner.store ? write("store", form(*runner.store)) : "") + lean("watch.sh")
         + spot(runner);
}

// One connection to S3 gives about 90 MB/s, from where on several are worth their processes.
// Without an ETag their parts could be of two objects.
constexpr std::uint64_t k_parallel_from = 130'000'000;

bool is_parallel(const Fetch& fetch)
{
  return fetch.size >= k_parallel_from && !fetch.etag.empty();
}

// How `all` gives the bundle's bytes: from the script itself, or from where they are fetched.
std::string source(const Fetch& fetch)
{
  if (!fetch.carried.empty()) {
    return write("bundle", to_base64(fetch.carried) + "\n") + lean("carried.sh");
  }
  if (!fetch.files.empty()) {
    const FileList list = file_list(fetch.files);
    return assign("base", quote_for_curl(list.base)) + assign("query", quote_for_curl(list.query))
           + write("bundle", list.lines) + assign("etag", "") + lean("fetch.sh") + lean("files.sh");
  }
  const std::string role = fetch.bucket.empty()
                             ? ""
                             : assign("bucket", fetch.bucket) + assign("key", fetch.key)
                                 + assign("region", fetch.region)
                                 + assign("endpoint", fetch.endpoint) + lean("role.sh");
  return assign("url", quote_for_curl(fetch.url)) + role + assign("etag", fetch.etag)
         + lean("fetch.sh") + (is_parallel(fetch) ? lean("parallel.sh") : "all() { get 0 ''; }\n");
}

std::string bundle(const Runner& runner)
{
  const Fetch& fetch = runner.fetch;
  if (fetch.format.empty()) { // and the environment may still be fetched
    return lean("empty.sh") + (runner.env_url.empty() ? "" : lean("fetch.sh"));
  }
  const BundleType* const type = find_bundle_type(fetch.format);
  assert(type != nullptr);
  return assign("size", fetch.size == 0 ? "" : fmt::format("{}", fetch.size))
         + assign("sha256", fetch.sha256) + assign("most", std::to_string(k_most_entries))
         + assign("unpack", type->unpacker.empty() ? "cat" : fmt::format("{} -dc", type->unpacker))
         + source(fetch) + lean("unpack.sh");
}

std::string data(const Runner& runner)
{
  const auto base64 = [](const std::string& text) { return to_base64(text); };
  return assign("run_as", runner.run_as) + assign("setup", base64_words(runner.setup_commands))
         + assign("start", base64(runner.job ? runner.job->command : runner.start_command))
         + assign("stop", base64(runner.stop_command))
         + assign("deny", runner.deny_metadata ? "169.254.169.254 fd00:ec2::254" : "")
         + environment(runner);
}

// Who waits for a command waits for its end alone.
std::string ready(const Runner& runner)
{
  if (runner.job) {
    return "";
  }
  return (runner.ready_command.empty()
            ? "try() { :; }\nlast_try() { :; }\n"
            : assign("ready", to_base64(runner.ready_command)) + lean("ready_command.sh"))
         + lean("ready.sh");
}

} // namespace

std::string placeholder_url()
{
  constexpr std::size_t k_length = 2560; // a session token alone takes up to 2 KiB, escaped
  constexpr std::string_view k_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string url = "https://bucket.s3.region.amazonaws.com/placeholder-of-a-presigned-url?";
  std::minstd_rand random(1); // which gzip cannot make shorter than a token
  while (url.size() < k_length) {
    url += k_letters[random() / 8 % k_letters.size()];
  }
  return url;
}

Runner without_secrets(Runner runner)
{
  const auto hide = [](std::string& secret) { secret = secret.empty() ? "" : "***"; };
  hide(runner.fetch.url);
  for (FetchFile& file : runner.fetch.files) {
    hide(file.url);
  }
  hide(runner.env_url);
  hide(runner.other_user_data);
  runner.nonce = "***";
  for (child::Variable& variable : runner.variables) {
    variable.value = "***";
  }
  if (runner.store) {
    for (auto& [name, value] : runner.store->fields) {
      hide(value);
    }
  }
  return runner;
}

std::string environment_line(std::string_view name, std::string_view value)
{
  std::string line = fmt::format("{}=\"", name);
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '`' || c == '$') {
      line += '\\';
    }
    line += c;
  }
  return line + "\"\n";
}

std::string environment_object(const std::vector<child::Variable>& variables)
{
  std::string lines;
  for (const child::Variable& variable : variables) {
    if (!variable.append_private_ip) {
      lines += environment_line(variable.name, variable.value);
    }
  }
  return lines;
}

std::string render_user_data(const Runner& runner)
{
  return fmt::format("#!/bin/sh\n# flame-ec2, run {}\n", runner.run_id) + guard(runner)
         + data(runner) + (needs_systemd248(runner) ? lean("systemd248.sh") : "")
         + (needs_address(runner) ? lean("address.sh") : "") + bundle(runner)
         + (runner.env_url.empty() ? "" : lean("environment.sh"))
         + (runner.fetch.format.empty() ? "" : lean("place.sh")) + prepare(runner)
         + lean("start.sh") + ready(runner);
}

} // namespace flame::boot
