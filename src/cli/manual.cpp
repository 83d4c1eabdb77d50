#include "cli/manual.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/help.hpp"
#include "cli/reference.hpp"

#include <fmt/format.h>

namespace flame::cli {
namespace {

// Text as roff takes it literally.
std::string roff(std::string_view text)
{
  std::string result;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) {
      result += "\\&";
    }
    switch (c) {
    case '\\':
      result += "\\e";
      break;
    case '-':
      result += "\\-";
      break;
    case '\'':
      result += "\\(aq";
      break;
    case '~':
      result += "\\(ti";
      break;
    case '^':
      result += "\\(ha";
      break;
    default:
      result += c;
    }
  }
  return result;
}

std::string bold(std::string_view text)
{
  return fmt::format("\\fB{}\\fR", roff(text));
}

std::string joined(const std::vector<std::string>& names)
{
  std::vector<std::string> parts;
  parts.reserve(names.size());
  for (const std::string& name : names) {
    parts.push_back(bold(name));
  }
  return join(parts, ", ");
}

std::string item(const std::string& label, std::string_view text)
{
  return fmt::format(".TP\n{}\n{}\n", label, roff(text));
}

// "--dry-run[=ec2]" is one word, "--env KEY" is two.
std::string with_value(const std::string& names, std::string_view metavar)
{
  const bool attached = metavar.empty() || metavar.starts_with('[');
  return metavar.empty() ? names
                         : fmt::format("{}{}\\fI{}\\fR", names, attached ? "" : " ", roff(metavar));
}

std::string flag(const OwnFlag& row)
{
  std::vector<std::string> names{std::string(row.name)};
  if (!row.letter.empty()) {
    names.insert(names.begin(), std::string(row.letter));
  }
  return item(with_value(joined(names), row.metavar), row.help);
}

std::string setting(const config::Option& option)
{
  std::vector<std::string> names = config::flag_names(option);
  std::string text = fmt::format("{}.", option.help);
  if (!option.rules.standard.empty()) {
    text += fmt::format(" Default: {}.", option.rules.standard);
  }
  if (config::is_list(option)) {
    text += option.rules.separator == ',' ? " Several: repeat the flag, or separate with commas."
                                          : " Several: repeat the flag, or one a line.";
  }
  if (config::is_map(option)) {
    text += " As a variable: a JSON object.";
  }
  text += fmt::format(" Variable: {}.", join(config::variable_names(option), ", "));
  const std::string label =
    names.empty() ? bold(option.key) + " (no flag)" : with_value(joined(names), option.metavar);
  return item(label, text);
}

std::string paragraphs(std::string_view text)
{
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    result += line.empty() ? ".PP\n" : roff(line) + "\n";
  }
  return result;
}

std::string command_part(const Command& command)
{
  std::string text = fmt::format(".SS {}\n{}.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(usage(command)),
                                 paragraphs(command.text), roff(command.example));
  for (const OwnFlag& row : command.flags) {
    text += flag(row);
  }
  if (!command.groups.empty()) {
    std::vector<std::string> titles;
    for (const config::Group group : command.groups) {
      titles.emplace_back(config::title(group));
    }
    text += fmt::format(".PP\nSettings: {}.\n", roff(join(titles, "; ")));
  }
  return text;
}

std::string settings_part()
{
  std::string text = ".SH SETTINGS\n";
  text += paragraphs(settings_introduction());
  for (const OwnFlag& row : settings_flags()) {
    text += flag(row);
  }
  for (const config::Group group : config::all_groups()) {
    text += fmt::format(".SS {}\n", roff(config::title(group)));
    for (const config::Option& option : config::options()) {
      text += option.group == group ? setting(option) : "";
    }
  }
  return text;
}

std::string environment_part()
{
  std::string text = ".SH ENVIRONMENT\n";
  text += paragraphs(
    "Beside the variables of the settings, AWS's own are read: AWS_ACCESS_KEY_ID, "
    "AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION, "
    "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL_STS, "
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, "
    "AWS_STS_REGIONAL_ENDPOINTS, AWS_MAX_ATTEMPTS, AWS_RETRY_MODE, AWS_CA_BUNDLE, "
    "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_LOGIN_CACHE_DIRECTORY, with the keys of "
    "profiles that mean the same; and NO_COLOR and CLICOLOR=0, which turn colors off, and "
    "CLICOLOR_FORCE, which turns them on where there is no terminal.\n\n"
    "Credentials are looked for where AWS's command line looks, and in its order: the variables "
    "above, unless --profile is given; the profile, which may name a role with source_profile or "
    "credential_source, a web identity, IAM Identity Center (SSO), a session of aws login, a "
    "credential_process, or keys; AWS_WEB_IDENTITY_TOKEN_FILE with AWS_ROLE_ARN, before all of the "
    "profile but its role; a job of GitHub Actions that may ask for a token, with AWS_ROLE_ARN; "
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI with AWS_CONTAINER_AUTHORIZATION_TOKEN or "
    "_TOKEN_FILE; the role of the machine, unless AWS_EC2_METADATA_DISABLED is true. What is set "
    "up "
    "and broken is an error. Later only the one that had credentials is asked for fresh ones.");
  return text;
}

std::string statuses_part()
{
  std::string text = ".SH EXIT STATUS\n";
  for (const Status& status : statuses()) {
    text += item(bold(status.number), status.meaning + ".");
  }
  return text + ".PP\n"
         + roff("10 beats all others. With any status but 0 and 10 no machine of the call lives.")
         + "\n";
}

} // namespace

std::string manual()
{
  std::string text = fmt::format(".\\\" Printed by flame-ec2 man.\n.TH FLAME-EC2 1 \"\" "
                                 "\"flame-ec2 {}\" \"User Commands\"\n",
                                 version());
  text += ".SH NAME\n" + roff("flame-ec2 - boot short-lived EC2 machines that run a release")
          + "\n.SH SYNOPSIS\n";
  for (const Command& command : commands()) {
    text +=
      fmt::format("{}{}\n", &command == commands().data() ? "" : ".br\n", bold(usage(command)));
  }
  text +=
    ".SH DESCRIPTION\n"
    + paragraphs("flame-ec2 launches EC2 machines that fetch a release, run it and end: with "
                 "the release, with their lifetime, or when anything fails on the way. Results "
                 "go to standard output, everything else to standard error.");
  text += ".SH COMMANDS\n";
  for (const Command& command : commands()) {
    text += command_part(command);
  }
  text += ".SH FLAGS OF ALL COMMANDS\n";
  for (const OwnFlag& row : global_flags()) {
    text += flag(row);
  }
  return text + settings_part() + environment_part() + statuses_part();
}

} // namespace flame::cli
