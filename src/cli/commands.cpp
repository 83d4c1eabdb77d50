#include "cli/commands.hpp"

#include "cli/completion/completion.hpp"

#include <algorithm>

namespace flame::cli {
namespace {

using config::Group;

constexpr Group k_all_groups[] = {Group::release, Group::machine, Group::limits, Group::where};
constexpr Group k_where[] = {Group::where};

// The settings of `--help`.
constexpr std::string_view k_usual_boot =
  "app bundle env image image_id instance_type count subnet_id security_group_id "
  "max_lifetime run_id_file wait_for region profile";
constexpr std::string_view k_usual_run =
  "bundle env store image image_id instance_type count subnet_id security_group_id max_lifetime "
  "run_id_file region profile";
constexpr std::string_view k_usual_file =
  "app bundle image image_id instance_type subnet_id security_group_id iam_instance_profile "
  "max_lifetime region profile";
constexpr std::string_view k_usual_policy =
  "app bundle image image_id instance_type subnet_id security_group_id iam_instance_profile "
  "region";

constexpr std::string_view k_all_outputs = "text json env";

// clang-format off
constexpr OwnFlag k_global_flags[] = {
  {"--output",  "FORMAT", "print results as text, json or env", "-o", k_all_outputs},
  {"--json",    "",       "the same as --output json"},
  {"--verbose", "",       "say where settings come from and what AWS is asked; -vv: each request", "-v"},
  {"--quiet",   "",       "print errors only"},
  {"--color",   "WHEN",   "color messages: auto, always or never", "", "auto always never"},
  {"--help",    "",       "print help that fits a screen", "-h"},
  {"--help-all", "",      "print help with every setting and exit status"},
  {"--version", "",       "print the version"},
};

constexpr OwnFlag k_settings_flags[] = {
  {"--config", "FILE", "read the settings of FILE"},
  {"--pool", "NAME",   "with those of [pool.NAME] in the file", "", "", "pools"},
};

constexpr OwnFlag k_configure_flags[] = {
  {"--auto",  "",         "fill the rest from the machine that this runs on"},
  {"--like",  "ID",       "fill the rest from the machine ID"},
  {"--show",  "",         "print each setting with its value and where it comes from"},
  {"--print", "",         "print the file and write nothing"},
  {"--force", "",         "replace a file that is there"},
};

constexpr OwnFlag k_completion_flags[] = {
  {"--values", "KIND", "print what such values can be, one a line, as the scripts ask", "", k_asked_kinds},
};

constexpr OwnFlag k_boot_flags[] = {
  {"--dry-run", "[=ec2]", "print the request only; =ec2 lets EC2 check it", "", "ec2"},
  {"--show-secrets", "",  "with --dry-run: show secrets"},
  {"--attached", "",      "boot for the program on standard input, until it says up"},
};

constexpr OwnFlag k_run_flags[] = {
  {"--shell", "TEXT",     "run TEXT by sh -c in place of a command"},
  {"--result", "FILE",    "write what became of it to FILE, as JSON"},
  {"--artifacts", "FOLDER", "fetch $FLAME_EC2_ARTIFACTS to FOLDER; needs store"},
  {"--keep", "",          "leave the machine to the end of its lifetime"},
  {"--dry-run", "[=ec2]", "print the request only; =ec2 lets EC2 check it", "", "ec2"},
  {"--show-secrets", "",  "with --dry-run: show secrets"},
};

constexpr OwnFlag k_wait_flags[] = {
  {"--for", "STATE",        "until the release is ready (the default), or until it has stopped", "", "ready stopped"},
  {"--run-id", "ID",        "all machines of the run ID"},
  {"--run-id-file", "FILE", "all machines of the run whose id is in FILE"},
  {"--timeout", "TIME",     "give up after TIME; the machines live on (default: none)"},
  {"--store", "URL",        "ask what the machines have written below s3://BUCKET/PREFIX/ first (default: the setting store)"},
};

constexpr OwnFlag k_template_flags[] = {
  {"--format", "FORMAT",  "print it as script, gzip or base64", "", "script gzip base64"},
  {"--presign", "",       "with a real URL of the bundle; needs credentials"},
  {"--show-secrets", "",  "print secrets as they are"},
};

constexpr OwnFlag k_terminate_flags[] = {
  {"--run-id", "ID",        "end the machines of the run ID"},
  {"--run-id-file", "FILE", "end the machines of the run whose id is in FILE"},
  {"--app", "NAME",         "end all machines of the app NAME"},
  {"--all", "",             "end all machines of flame-ec2 in the region"},
  {"--yes", "",             "do not ask before --app or --all", "-y"},
  {"--wait", "",            "wait until the machines are gone"},
  {"--settle", "TIME",      "look again for so long while a run has no machine or an id is unknown (default: 30s); when given, a run is looked for to the end of it"},
  {"--force", "",           "end machines that flame-ec2 did not start, too"},
};

constexpr OwnFlag k_list_flags[] = {
  {"--all", "",             "ended machines too, with reason and last stage, while EC2 shows them"},
  {"--ids", "",             "print the ids alone"},
  {"--app", "NAME",         "those of the app NAME only"},
  {"--run-id", "ID",        "those of the run ID only"},
  {"--run-id-file", "FILE", "those of the run whose id is in FILE only"},
};

constexpr OwnFlag k_logs_flags[] = {
  {"--run-id", "ID",        "the latest machine of the run ID"},
  {"--run-id-file", "FILE", "the latest machine of the run whose id is in FILE"},
  {"--app", "NAME",         "the latest machine of the app NAME"},
  {"--follow", "",          "print what comes, until the machine has ended", "-f"},
  {"--store", "URL",        "also show what the machine has written below s3://BUCKET/PREFIX/ (default: the setting store)"},
};

constexpr OwnFlag k_gc_flags[] = {
  {"--dry-run", "",   "name what has expired and end nothing"},
  {"--app", "NAME",   "look at the app NAME only"},
  {"--exit-code", "", "exit with status 11 when anything was found"},
  {"--store", "URL",  "also remove environments that nobody reads any more below s3://BUCKET/PREFIX/ (default: the setting store)"},
};

constexpr OwnFlag k_doctor_flags[] = {
  {"--for", "COMMAND",  "before this command (default: boot)", "", "boot run"},
};

constexpr OwnFlag k_policy_flags[] = {
  {"--for", "COMMAND",  "of this command; repeat it for several (default: boot)", "", "boot run wait terminate list logs gc doctor configure plan"},
  {"--runner", "",      "of the machine's role instead"},
  {"--explain", "",     "say on standard error what each statement is for"},
  {"--account", "ID",   "AWS account of the machines (default: any, which is the caller's own)"},
  {"--role", "ROLE",    "role of the instance profile, name or ARN, where it is not called as the profile"},
};

constexpr OwnFlag k_decode_flags[] = {
  {"--example", "NODE", "make a value with the parent NODE, as in app@10.0.0.7, to rehearse with"},
};

const Command k_commands[] = {
  {"boot", "launch a machine that runs the release", "",
   "Launches a machine, waits until its release is ready, and prints its id and address. The machine "
   "fetches the bundle, starts the release and powers off when the release ends, when its lifetime is over, or "
   "when anything fails on the way.\n\n"
   "When the boot fails or is interrupted, the machine is ended. The run id is printed before the "
   "first request, as the command that ends whatever the run has started.\n\n"
   "With --attached another program boots. It writes one line of JSON to standard input, with keys as in "
   "the file of settings, reads the result from standard output, and writes the line up once it is "
   "satisfied: then the boot is done. When standard input ends before that, nobody wants the machine, "
   "and it is ended as by SIGHUP (status 129); when no up comes within the boot timeout it is ended too "
   "(status 8). Until then the machine is watched, and when it leaves, an error follows the result. An "
   "up may come early; other lines are ignored. With --json each line of standard output is one "
   "object.",
   "flame-ec2 boot --region eu-west-1 --image-id ami-0123456789abcdef0 \\\n"
   "  --app demo --bundle s3://my-bucket/demo.tar.gz --max-lifetime 1h --json",
   k_all_groups, k_boot_flags, run_boot, "", "", nullptr, k_usual_boot, k_all_outputs},
  {"run", "run one command on a fresh machine, and exit as it does", "-- COMMAND [ARGUMENT...]",
   "Launches a machine, runs the command on it, prints what the command prints, ends the machine, and "
   "exits as the command does.\n\n"
   "The status is that of the command: 128+n when signal n has ended it, 127 when it was not found, "
   "126 when it could not be executed. When flame-ec2 itself fails the status is 125, and 128+n when "
   "signal n has ended flame-ec2; --result FILE tells which failure it was, as JSON: status, machines, "
   "times, error. With --artifacts FOLDER what the command has left in $FLAME_EC2_ARTIFACTS comes home.\n\n"
   "The arguments come as they are: no shell looks into them, unless --shell gives it the text. The "
   "command runs in the bundle's folder, or without a bundle in an empty one, as the user of run_as "
   "(flame), with nothing on its standard input, for at most max_lifetime (1h). It finds its own "
   "machine among several by FLAME_EC2_INDEX, from 0.\n\n"
   "Its standard output and standard error come as they are, apart from each other, while it runs. With "
   "store all of it comes. Without, the console of the machine carries 4 KiB a second after a first 16 "
   "KiB; of what is more the last of it is shown, and how much was left out is said. Standard output "
   "being the command's, --json is refused but with --dry-run: --result is JSON.",
   "flame-ec2 run --region eu-west-1 --image al2023 -- uname -a",
   k_all_groups, k_run_flags, run_run, "", "", status_of_run, k_usual_run},
  {"wait", "wait until a release is ready, or has stopped", "[ID...]",
   "Waits for machines that boot has started, by their ids or all of a run. With --for stopped the status "
   "is that of the release, the highest of several, and 125 when it is not known or flame-ec2 itself "
   "failed. With --for ready it is 0, or 9 when a machine fails before. Prints a line for each machine: "
   "id, a tab, and ready, the status, or failed. It ends nothing.",
   "flame-ec2 wait --run-id ci-7 --for stopped",
   k_where, k_wait_flags, run_wait, "", "", status_of_wait},
  {"template-user-data", "print the user data that boot would send", "",
   "Prints the script that the machine would run as root. Needs no network and no credentials: where "
   "the presigned URL of the bundle will be stands a placeholder as long as one can get. Secrets are "
   "shown as ***. A script that is longer than EC2 takes is sent in gzip: the format base64 holds what "
   "is sent.",
   "flame-ec2 template-user-data --app demo --bundle s3://my-bucket/demo.tar.gz",
   k_all_groups, k_template_flags, run_template_user_data, "", "", nullptr, k_usual_file},
  {"terminate", "end machines", "[ID...]",
   "Ends the machines with these ids, or those that exactly one of --run-id, --run-id-file, --app and "
   "--all selects, and prints their ids. What is already gone counts as ended. The selection comes "
   "from the command line only, never from a variable or a file of settings.",
   "flame-ec2 terminate --region eu-west-1 --run-id ci-7 --wait",
   k_where, k_terminate_flags, run_terminate, "", "", nullptr, k_usual_where, k_all_outputs},
  {"list", "show our machines", "",
   "Shows the machines of flame-ec2 in the region, the newest first: those that live, and with --all "
   "those that have ended too, as long as EC2 shows them with their tags, about an hour. --region all "
   "looks at every region that is enabled; one that fails is named and keeps no other from being "
   "shown. Times are local, and as EC2's clock has them.",
   "flame-ec2 list --region all",
   k_where, k_list_flags, run_list, "", "ls", nullptr, k_usual_where, k_all_outputs},
  {"logs", "show the stages and the console of a machine", "[ID]",
   "Shows how far a machine has come, and its console: of the machine with this id, or of the latest "
   "one of a run or app, whether it lives or has ended. Nothing is asked of the machine itself. What "
   "of it is secret is shown as *** as far as this computer knows it: values of env, cookie and "
   "FLAME_PARENT in file and variables, and presigned URLs. A release may print other secrets.\n\n"
   "EC2 keeps the last 64 KiB of a console, and for older types of machines only the state at the "
   "last start or stop. Stage lines carry a random word that the script of the machine says first, "
   "and by which lines of the release itself are told apart. Once the beginning is gone, that is no "
   "longer certain, and said.",
   "flame-ec2 logs --run-id ci-7 --follow",
   k_where, k_logs_flags, run_logs},
  {"gc", "end machines that have outlived their expiry", "",
   "Ends the machines of flame-ec2 whose tag flame-ec2:expires-at has passed, by EC2's clock. To be "
   "run from cron, anywhere, any number at once. Machines without a limit (none) are never ended; "
   "those whose tag is no time are named.\n\n"
   "It names without ending them: machines of FlameEC2 1.0 (with the tag FLAME_PARENT_APP and none of "
   "ours), and volumes and network interfaces of ours that no machine has. A missing right to look at "
   "those is only noted. --region all looks at every region that is enabled.",
   "flame-ec2 gc --region all --dry-run",
   k_where, k_gc_flags, run_gc, "", "", nullptr, k_usual_where, k_all_outputs},
  {"configure", "write the file of settings, or show them", "",
   "Writes a file of settings from flags: ./flame-ec2.toml, or the one that --config names; with --pool "
   "into [pool.NAME] of it, and the rest of the file stays. Without settings nothing is written, and a "
   "file to begin with is printed.\n\n"
   "--auto asks the instance metadata service of the EC2 machine that this runs on for region, image, "
   "type, subnet, all security groups, instance profile and key; flags win, and beside a launch "
   "template only what that leaves open is filled, never the image. --like asks EC2 for the same of any "
   "machine that lives, from anywhere. With the setting auto_configure every boot asks.\n\n"
   "--show prints each setting with its value and where it comes from; secrets as ***.",
   "flame-ec2 configure --region eu-west-1 --app demo --print",
   k_all_groups, k_configure_flags, run_configure, "", "", nullptr, k_usual_file},
  {"plan", "say what a boot would ask for, and what it could not have", "",
   "Prints, for the settings of a boot, the candidates in the order in which they are asked for, each "
   "with what is already known against it: that its zone does not offer the type, that the subnet has no "
   "free address or is not there, that the image is for another architecture; the parameters of the first "
   "RunInstances; the calls of the boot, and how long EC2's limits make it wait; the size of the user data; "
   "when the machines expire; how many of the app live, with max_running.\n\n"
   "It looks things up and launches, uploads and writes nothing. What may not be looked at is left open. "
   "A boot itself looks at the candidates only where types or subnets differ, and leaves out those "
   "that cannot be had. The status is that of the boot where nothing could be launched: 6, or 3 for a "
   "mistake in the settings. What EC2 says of the rights is in boot --dry-run=ec2 and doctor.",
   "flame-ec2 plan --region eu-west-1 --image al2023 --app demo \\\n"
   "  --bundle s3://my-bucket/demo.tar.gz --max-lifetime 1h --count 100 \\\n"
   "  --instance-type m7i.large,m7a.large --market spot,on-demand",
   k_all_groups, {}, run_plan, "", "", nullptr, k_usual_boot},
  {"doctor", "say what would keep a boot from working", "",
   "Looks at all that a boot with these settings needs, and launches nothing: who the caller is, and "
   "which provider of credentials said so; the settings; launch template, image and instance profile; the "
   "bundle; free addresses of the subnets and their way to S3; what the security groups let out, and, "
   "with a FLAME parent, from the machine to the parent on port 4369 and those of the distribution; the "
   "size of the user data; EC2's own check of each request, which is that of boot --dry-run=ec2; the "
   "clock.\n\n"
   "With --for run it looks at what run needs: no bundle, no app and no lifetime have to be set.\n\n"
   "One line for each: ok, warn, fail or skip, and a hint where something is to be done. What may not "
   "be looked at is skipped, with the permission that it needs: a boot does without. The status is that of "
   "the first failure.",
   "flame-ec2 doctor --region eu-west-1 --image debian-12 --app demo \\\n"
   "  --bundle s3://my-bucket/demo.tar.gz --max-lifetime 1h",
   k_all_groups, k_doctor_flags, run_doctor, "", "", nullptr, k_usual_file},
  {"iam-policy", "print the least IAM policy for these settings", "",
   "Prints the policy that the caller of a command needs with exactly these settings, and no more: the "
   "image, subnets, groups, types and the key that they name, machines with our tags that want tokens "
   "for their metadata, one role, one bundle. Needs no network and no credentials. The policy is JSON "
   "whatever --output says; what had to be left open, and why, is said on standard error.\n\n"
   "The ARNs are of the region's partition: China, GovCloud and the European Sovereign Cloud too. With "
   "--region all list and gc look everywhere. With app the machines that can be ended are those of the "
   "app; without, all of flame-ec2.\n\n"
   "Another setting may need another policy: print it again.",
   "flame-ec2 iam-policy --region eu-west-1 --image al2023 --app demo \\\n"
   "  --bundle s3://my-bucket/demo.tar.gz --for boot --for terminate --explain",
   k_all_groups, k_policy_flags, run_iam_policy, "", "", nullptr, k_usual_policy, k_all_outputs},
  {"decode-parent", "say what is in a FLAME_PARENT, and what is wrong with it", "[VALUE]",
   "Decodes the value, or for - what is on standard input, or the variable FLAME_PARENT, and prints "
   "the parent's node, whether it has a long name and is on the loopback interface, the backend's "
   "module and the versions, node_base, and the variable of the host. Needs no network, no "
   "credentials and no Erlang. The value may be seen by others in the list of processes when it is on "
   "the command line; its pid and reference are never printed.\n\n"
   "The status is 3 for a value that is none, and for a parent that no machine could reach or whose "
   "backend would not end one. boot refuses such values too, all but the last, for which it asks for "
   "max_lifetime.\n\n"
   "A value with a pid that somebody waits for can only be made by FLAME itself. With one of --example "
   "a boot can be rehearsed: its release finds nobody and ends, at once or after 20 s.",
   "flame-ec2 decode-parent --example app@10.0.0.7 | flame-ec2 decode-parent -",
   {}, k_decode_flags, run_decode_parent, "", "", nullptr, k_usual_where, k_all_outputs},
  {"completion", "print the completions of a shell", "bash|zsh|fish",
   "Prints a script by which the shell completes commands, flags and values.",
   "source <(flame-ec2 completion bash)",
   {}, k_completion_flags, run_completion, "bash zsh fish"},
  {"man", "print the manual page", "",
   "Prints the manual page in roff, for man.",
   "flame-ec2 man | man -l -",
   {}, {}, run_man},
  {"help", "print help", "[COMMAND|settings|statuses]",
   "Prints all that there is to say of a command, as flame-ec2 COMMAND --help-all does; for settings, all "
   "that can be set, and how; for statuses, every exit status.",
   "flame-ec2 help boot",
   {}, {}, run_help},
};
// clang-format on

const config::Flag* last(std::span<const config::Flag> flags, std::string_view name)
{
  const config::Flag* found = nullptr;
  for (const config::Flag& flag : flags) {
    found = flag.name == name ? &flag : found;
  }
  return found;
}

} // namespace

bool Invocation::has(std::string_view flag) const
{
  return last(own, flag) != nullptr;
}

std::optional<std::string> Invocation::value(std::string_view flag) const
{
  const config::Flag* found = last(own, flag);
  return found == nullptr ? std::nullopt : std::optional(found->value);
}

std::span<const Command> commands()
{
  return k_commands;
}

const Command* find_command(std::string_view name)
{
  const auto row = std::ranges::find_if(k_commands, [&](const Command& command) {
    return command.name == name || (!name.empty() && command.alias == name);
  });
  return row == std::end(k_commands) ? nullptr : &*row;
}

std::span<const OwnFlag> global_flags()
{
  return k_global_flags;
}

std::span<const OwnFlag> settings_flags()
{
  return k_settings_flags;
}

bool is_switch(const OwnFlag& flag)
{
  return flag.metavar.empty() || flag.metavar.starts_with("[=");
}

std::vector<const config::Option*> options_of(const Command& command)
{
  std::vector<const config::Option*> found;
  for (const Group group : command.groups) {
    for (const config::Option& option : config::options()) {
      if (option.group == group) {
        found.push_back(&option);
      }
    }
  }
  return found;
}

} // namespace flame::cli
