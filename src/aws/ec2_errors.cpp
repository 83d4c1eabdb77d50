#include "aws/ec2_errors.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flame::aws {
namespace {

constexpr std::string_view k_encoded = "Encoded authorization failure message:";
constexpr std::size_t k_longest_message = 1000; // AWS's are under 500 without the encoded part

constexpr std::string_view k_decode_hint =
  "EC2 explains it in an encoded message: repeat the call with the AWS CLI and --dry-run, and give "
  "that message to: aws sts decode-authorization-message --encoded-message TEXT; what is missing "
  "is often iam:PassRole or ec2:CreateTags";

bool matches(const ErrorRule& rule, std::string_view code, std::string_view lower_message)
{
  const bool same = rule.code.ends_with('*')
                      ? code.starts_with(rule.code.substr(0, rule.code.size() - 1))
                      : code == rule.code;
  return same && lower_message.find(rule.message) != std::string_view::npos;
}

std::string_view without_origin(std::string_view code)
{
  for (const std::string_view origin : {"Server.", "Client."}) {
    if (code.starts_with(origin)) {
      return code.substr(origin.size());
    }
  }
  return code;
}

// A pattern matches the code itself, so only codes with an exact row lose what follows the dot.
const ErrorRule* find_rule(std::string_view code, std::string_view message)
{
  code = without_origin(code);
  if (code.empty()) {
    return nullptr;
  }
  const std::string lower = to_lower(message);
  const auto rules = error_rules();
  const auto find = [&](std::string_view wanted, bool patterns) -> const ErrorRule* {
    const auto rule = std::ranges::find_if(rules, [&](const ErrorRule& row) {
      return row.code.ends_with('*') == patterns && matches(row, wanted, lower);
    });
    return rule == rules.end() ? nullptr : &*rule;
  };
  const ErrorRule* rule = find(code, false);
  rule = rule == nullptr ? find(code.substr(0, code.find('.')), false) : rule;
  return rule == nullptr ? find(code, true) : rule;
}

// For answers without a code that is known.
ErrorClass class_of_status(int http_status)
{
  if (http_status == 429) {
    return ErrorClass::throttle;
  }
  if (http_status >= 500) {
    return ErrorClass::transient;
  }
  if (http_status == 401) {
    return ErrorClass::signature;
  }
  if (http_status == 403) {
    return ErrorClass::permission;
  }
  if ((http_status >= 100 && http_status < 400) || http_status == 407) {
    return ErrorClass::answer;
  }
  return ErrorClass::unknown;
}

// Whether the request may have done what it asked for although an error came back.
bool may_have_happened(ErrorClass error_class)
{
  return error_class == ErrorClass::transient || error_class == ErrorClass::answer
         || error_class == ErrorClass::cancelled;
}

// One line without control characters, which a foreign endpoint could aim at the terminal.
std::string one_line(std::string_view text)
{
  std::string line(trim(text.substr(0, k_longest_message)));
  const int partial = text.size() > k_longest_message ? 3 : 0; // bytes of a character cut in two
  for (int i = 0; i < partial && !line.empty() && !is_valid_utf8(line); ++i) {
    line.pop_back();
  }
  const bool ascii_only = !is_valid_utf8(line);
  for (char& c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      c = ' ';
    } else if (byte >= 0x80 && ascii_only) {
      c = '?';
    }
  }
  while (line.ends_with('.') || line.ends_with(' ')) {
    line.pop_back();
  }
  return line;
}

std::string hint_for(const ErrorRule* rule, ErrorClass error_class, std::string_view action)
{
  std::string hint(rule != nullptr && !rule->hint.empty() ? rule->hint : info(error_class).hint);
  constexpr std::string_view place = "{action}";
  const std::size_t at = hint.find(place);
  return at == std::string::npos ? hint : hint.replace(at, place.size(), action);
}

std::string sentence(std::string_view action, std::string_view code, std::string_view message,
                     int http_status)
{
  const std::string said = one_line(message);
  const std::string shown = one_line(code);
  if (shown.empty() && said.empty()) {
    return fmt::format("{} failed with HTTP status {}", action, http_status);
  }
  if (shown.empty() || said.empty()) {
    return fmt::format("{} failed: {}{}", action, said, shown);
  }
  return fmt::format("{} failed: {} ({})", action, said, shown);
}

} // namespace

ErrorClass classify(std::string_view code, int http_status, std::string_view message)
{
  const ErrorRule* rule = find_rule(code, message);
  return rule == nullptr ? class_of_status(http_status) : rule->error_class;
}

ApiError api_error(std::string_view action, std::string_view code, std::string_view message,
                   int http_status, std::string_view request_id)
{
  ApiError failed{.http_status = http_status};
  if (const std::size_t at = message.find(k_encoded); at != std::string_view::npos) {
    failed.encoded_message = trim(message.substr(at + k_encoded.size()));
    message = message.substr(0, at);
  }
  const ErrorRule* rule = find_rule(code, message);
  failed.error_class = rule == nullptr ? class_of_status(http_status) : rule->error_class;
  failed.may_have_happened = may_have_happened(failed.error_class);
  failed.error = {.kind = info(failed.error_class).kind,
                  .message = sentence(action, code, message, http_status),
                  .hint = failed.encoded_message.empty()
                            ? hint_for(rule, failed.error_class, action)
                            : std::string(k_decode_hint),
                  .aws_code = one_line(code),
                  .request_id = one_line(request_id)};
  return failed;
}

ApiError answer_error(std::string_view action, std::string_view what, std::string_view hint)
{
  const ErrorClassInfo& row = info(ErrorClass::answer);
  return {.error = {.kind = row.kind,
                    .message = fmt::format("AWS's answer to {} {}", action, what),
                    .hint = std::string(hint.empty() ? row.hint : hint)},
          .error_class = ErrorClass::answer,
          .may_have_happened = true};
}

} // namespace flame::aws
