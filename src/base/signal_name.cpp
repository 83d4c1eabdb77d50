#include "base/signal_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace flame {
namespace {

struct SignalName {
  int number;
  std::string_view name;
};
// The same on all architectures of EC2.
constexpr SignalName k_signals[] = {
  {1, "SIGHUP"}, {2, "SIGINT"},  {3, "SIGQUIT"},  {4, "SIGILL"},   {6, "SIGABRT"}, {7, "SIGBUS"},
  {8, "SIGFPE"}, {9, "SIGKILL"}, {11, "SIGSEGV"}, {13, "SIGPIPE"}, {15, "SIGTERM"}};

} // namespace

std::string signal_name(int number)
{
  const auto* const row = std::ranges::find(k_signals, number, &SignalName::number);
  return row == std::end(k_signals) ? fmt::format("signal {}", number) : std::string(row->name);
}

} // namespace flame
