#include "client/credentials/chain.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <vector>

namespace flame::client {
namespace {

// To add a provider: one file beside this one and one row.
constexpr Provider k_default_chain[] = {
  {"environment", from_environment},
  {"profile", from_profile, true},
  {"github", from_github},
  {"container", from_container},
  {"imds", from_imds},
};

// What a provider may take at most when it is asked again; its own limits are shorter.
constexpr Millis k_patience = std::chrono::minutes(2);

constexpr std::string_view k_hint =
  "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile";

} // namespace

std::string variable(const Sources& sources, const std::string& name)
{
  const auto found = sources.env.find(name);
  return found == sources.env.end() ? std::string() : found->second;
}

void note(const Sources& sources, std::string reason, std::string hint)
{
  if (sources.note) {
    sources.note(std::move(reason), std::move(hint));
  }
}

namespace {

// Tells of each provider, when somebody wants to know.
class Trail {
public:
  explicit Trail(const Sources& sources) : sources_(sources) {}
  void note(const std::string& reason, const std::string& hint)
  {
    detail_ += (detail_.empty() ? "" : "; ") + reason;
    hint_ = hint.empty() ? hint_ : hint;
  }
  void tell(const Provider& provider, Asking outcome, const std::string& detail = {},
            const std::string& hint = {})
  {
    if (sources_.asked) {
      sources_.asked({.provider = std::string(provider.name),
                      .outcome = outcome,
                      .detail = detail.empty() ? detail_ : detail,
                      .hint = hint.empty() ? hint_ : hint});
    }
    detail_.clear();
    hint_.clear();
  }

private:
  const Sources& sources_;
  std::string detail_ = {};
  std::string hint_ = {};
};

// Those behind the one that stopped the search.
void tell_rest(Trail& trail, std::span<const Provider> chain, const Provider& last)
{
  for (const Provider& provider : chain) {
    if (&provider > &last) {
      trail.tell(provider, Asking::not_asked);
    }
  }
}

} // namespace

std::span<const Provider> default_chain()
{
  return k_default_chain;
}

Result<Discovery> discover(std::span<const Provider> chain, const Sources& sources)
{
  std::vector<std::string> asked;
  std::string hint(k_hint);
  Sources noted = sources;
  Trail trail(sources);
  noted.note = [&](std::string reason, std::string advice) {
    trail.note(reason, advice);
    hint += fmt::format("; {}", reason);
    hint += advice.empty() ? "" : fmt::format(" ({})", advice);
    note(sources, std::move(reason), std::move(advice));
  };
  for (const Provider& provider : chain) {
    if (!sources.profile.empty() && !provider.of_profile) {
      trail.tell(provider, Asking::not_asked);
      continue;
    }
    auto found = provider.find(noted);
    if (!found) {
      trail.tell(provider, Asking::broken, found.error().message, found.error().hint);
      tell_rest(trail, chain, provider);
      return tl::unexpected(std::move(found.error()));
    }
    if (*found) {
      trail.tell(provider, Asking::found, (*found)->provider);
      tell_rest(trail, chain, provider);
      return Discovery{**std::move(found), &provider};
    }
    trail.tell(provider, Asking::absent);
    asked.emplace_back(provider.name);
  }
  return fail(ErrorKind::credentials,
              fmt::format("no AWS credentials found (asked: {})", join(asked, ", ")), hint);
}

Finder::Finder(std::span<const Provider> chain, Sources sources)
  : chain_(chain), sources_(std::move(sources))
{
}

Result<aws::Credentials> Finder::find()
{
  auto found = discover(chain_, sources_);
  if (!found) {
    return tl::unexpected(std::move(found.error()));
  }
  chain_ = {found->provider, 1};
  sources_.ask = nullptr;
  sources_.warn = nullptr;
  sources_.kept_roles = false; // what AWS has refused may be kept there
  sources_.asked = nullptr;
  sources_.cancel_grace = k_patience;
  return std::move(found->credentials);
}

} // namespace flame::client
