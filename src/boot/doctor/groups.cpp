#include "boot/doctor/groups.hpp"

#include "base/ip_address.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace flame::boot {
namespace {

constexpr Ports k_https = {443, 443};
constexpr Ports k_any = {1024, 65535}; // that a system gives

std::optional<int> number_of(std::string_view text)
{
  int value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failed == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

struct Network {
  std::uint32_t address = 0;
  int bits = 0;
};

std::optional<Network> network_of(std::string_view cidr)
{
  const std::size_t slash = cidr.find('/');
  const auto bytes = parse_ipv4(cidr.substr(0, slash));
  const auto bits =
    slash == std::string_view::npos ? std::optional(32) : number_of(cidr.substr(slash + 1));
  if (!bytes || !bits || *bits < 0 || *bits > 32) {
    return std::nullopt;
  }
  std::uint32_t address = 0;
  for (const std::uint8_t byte : *bytes) {
    address = address << 8U | byte;
  }
  return Network{address, *bits};
}

bool is_tcp(const aws::GroupRule& rule)
{
  return rule.protocol == "-1" || rule.protocol == "tcp" || rule.protocol == "6";
}

bool is_for(const aws::GroupRule& rule, const Peer& peer)
{
  const auto covers = [&](const std::string& cidr) { return is_within(peer.cidr, cidr); };
  const auto is_peer = [&](const std::string& id) {
    return std::ranges::count(peer.groups, id) > 0;
  };
  return std::ranges::any_of(rule.cidrs, covers) || std::ranges::any_of(rule.groups, is_peer);
}

Ports ports_of(const aws::GroupRule& rule)
{
  const bool all = rule.protocol == "-1" || !rule.from || *rule.from < 0;
  return all ? Ports{0, 65535} : Ports{*rule.from, rule.until.value_or(*rule.from)};
}

template <typename Rules>
std::vector<aws::GroupRule> all_rules(std::span<const aws::SecurityGroup> groups, Rules rules)
{
  std::vector<aws::GroupRule> all;
  for (const aws::SecurityGroup& group : groups) {
    all.insert(all.end(), (group.*rules).begin(), (group.*rules).end());
  }
  return all;
}

std::vector<std::string> ids_of(std::span<const aws::SecurityGroup> groups)
{
  std::vector<std::string> ids;
  std::ranges::transform(groups, std::back_inserter(ids), &aws::SecurityGroup::id);
  return ids;
}

std::string text_of(Ports ports)
{
  return ports.first == ports.last ? fmt::format("{}", ports.first)
                                   : fmt::format("{}-{}", ports.first, ports.last);
}

std::string text_of(const std::vector<Ports>& all)
{
  std::vector<std::string> texts;
  std::ranges::transform(all, std::back_inserter(texts),
                         [](const Ports& ports) { return text_of(ports); });
  return join(texts, ", ");
}

// What a meeting needs, one side after the other.
struct Side {
  std::vector<aws::GroupRule> rules = {};
  Peer peer = {};
  std::string who = {}; // "sg-1 of the parent lets", for the message
  std::string hint = {};
};

Side out_of_machine(const Meeting& meeting)
{
  const std::string groups = join(ids_of(meeting.machine), " and ");
  return {
    .rules = all_rules(meeting.machine, &aws::SecurityGroup::egress),
    .peer = {.cidr = fmt::format("{}/32", meeting.parent_ip), .groups = ids_of(meeting.parent)},
    .who = fmt::format("{} of the machine let nothing out", groups),
    .hint = fmt::format("let {} out to the parent", groups)};
}

Side into_parent(const Meeting& meeting)
{
  const std::string groups = join(ids_of(meeting.parent), " and ");
  return {.rules = all_rules(meeting.parent, &aws::SecurityGroup::ingress),
          .peer = {.cidr = std::string(meeting.machine_cidr), .groups = ids_of(meeting.machine)},
          .who = fmt::format("{} of the parent let nothing in", groups),
          .hint =
            fmt::format("let TCP in to {} from {}", groups, join(ids_of(meeting.machine), " or "))};
}

std::optional<Finding> judge_side(const Side& side, const Meeting& meeting)
{
  constexpr std::string_view check = "parent";
  if (!closed(side.rules, k_epmd, side.peer).empty()) {
    return bad(check,
               fmt::format("{} on port {}, where the machine looks for its parent {}", side.who,
                           k_epmd.first, meeting.parent_ip),
               side.hint);
  }
  const Ports wanted = meeting.distribution.value_or(k_any);
  const std::vector<Ports> shut = closed(side.rules, wanted, side.peer);
  if (shut.empty()) {
    return std::nullopt;
  }
  if (meeting.distribution) {
    return bad(check, fmt::format("{} on the distribution's ports {}", side.who, text_of(shut)),
               side.hint);
  }
  const std::string advice = "to bind the distribution to ports of your choice, start the parent "
                             "with ERL_AFLAGS=\"-kernel inet_dist_listen_min 9100 "
                             "inet_dist_listen_max 9155\", and let these through";
  const Ports beside{k_epmd.last + 1, k_any.last};
  const bool nothing = shut == std::vector<Ports>{{k_any.first, k_epmd.first - 1}, beside};
  const std::string message = fmt::format(
    "{} on the ports {}, of which the distribution may have any", side.who, text_of(shut));
  return nothing ? bad(check, message, advice) : doubtful(check, message, advice);
}

} // namespace

bool is_within(std::string_view inner, std::string_view outer)
{
  const auto small = network_of(inner);
  const auto large = network_of(outer);
  if (!small || !large || small->bits < large->bits) {
    return false;
  }
  const std::uint32_t mask = large->bits == 0 ? 0 : ~std::uint32_t{0} << (32 - large->bits);
  return (small->address & mask) == (large->address & mask);
}

std::vector<Ports> closed(std::span<const aws::GroupRule> rules, Ports ports, const Peer& peer)
{
  std::vector<Ports> open;
  for (const aws::GroupRule& rule : rules) {
    if (is_tcp(rule) && is_for(rule, peer)) {
      open.push_back(ports_of(rule));
    }
  }
  std::ranges::sort(open, {}, &Ports::first);
  std::vector<Ports> shut;
  int next = ports.first; // all before it are judged
  for (const Ports& range : open) {
    if (range.first > next && next <= ports.last) {
      shut.push_back({next, std::min(range.first - 1, ports.last)});
    }
    next = std::max(next, range.last + 1);
  }
  if (next <= ports.last) {
    shut.push_back({next, ports.last});
  }
  return shut;
}

std::optional<Ports> distribution_ports(std::string_view erl_flags)
{
  std::vector<std::string> words = split(erl_flags, ' ');
  std::erase(words, "");
  const auto value_of = [&](std::string_view name) -> std::optional<int> {
    const auto found = std::ranges::find(words, name);
    return found == words.end() || found + 1 == words.end() ? std::nullopt
                                                            : number_of(*(found + 1));
  };
  const auto first = value_of("inet_dist_listen_min");
  const auto last = value_of("inet_dist_listen_max");
  return first ? std::optional(Ports{*first, last.value_or(*first)}) : std::nullopt;
}

Finding judge_way_out(std::span<const aws::SecurityGroup> groups)
{
  constexpr std::string_view check = "groups";
  const std::string they_let =
    fmt::format("{} {}", join(ids_of(groups), ", "), groups.size() == 1 ? "lets" : "let");
  const std::vector<aws::GroupRule> rules = all_rules(groups, &aws::SecurityGroup::egress);
  const auto opens = [](const aws::GroupRule& rule) {
    const Ports ports = ports_of(rule);
    return is_tcp(rule) && ports.first <= k_https.first && ports.last >= k_https.last;
  };
  const bool anywhere = closed(rules, k_https, {.cidr = "0.0.0.0/0"}).empty();
  const bool to_list = std::ranges::any_of(
    rules, [&](const aws::GroupRule& rule) { return opens(rule) && !rule.prefix_lists.empty(); });
  if (anywhere || to_list) {
    return good(check,
                fmt::format("{} HTTPS out{}", they_let, anywhere ? "" : " to a prefix list"));
  }
  constexpr std::string_view hint = "add a rule for TCP port 443 out, to 0.0.0.0/0 or to S3's "
                                    "prefix list";
  if (std::ranges::any_of(rules, opens)) {
    return doubtful(check, fmt::format("{} HTTPS out to some addresses only", they_let),
                    std::string(hint));
  }
  return bad(check,
             fmt::format("{} no HTTPS out, by which the machine fetches its bundle", they_let),
             std::string(hint));
}

Finding judge_meeting(const Meeting& meeting)
{
  for (const Side& side : {out_of_machine(meeting), into_parent(meeting)}) {
    if (const auto finding = judge_side(side, meeting)) {
      return *finding;
    }
  }
  return good("parent",
              fmt::format("the machine may reach its parent {} on port {} and on {}",
                          meeting.parent_ip, k_epmd.first,
                          meeting.distribution
                            ? fmt::format("the distribution's, {}", text_of(*meeting.distribution))
                            : std::string("all that the distribution may have")));
}

} // namespace flame::boot
