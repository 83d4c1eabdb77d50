#include "base/encoding.hpp"
#include "base/gzip.hpp"
#include "base/text.hpp"
#include "boot/user_data.hpp"
#include "boot/user_data_mime.hpp"
#include "unit/boot/runners.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace flame;
using namespace flame::boot;
using namespace flame::tests;

TEST_CASE("boot::merge_user_data keeps the script as it is, and the other in base64")
{
  const std::string script = "#!/bin/sh\necho one\n";
  const std::string merged = merge_user_data(script, "#cloud-config\n{}\n");
  CHECK(merged.starts_with("Content-Type: multipart/mixed; boundary=\"flame-ec2-"));
  CHECK(merged.find("\n\n" + script + "\n--flame-ec2-") != std::string::npos);
  CHECK(merged.find("Content-Type: text/plain\n") != std::string::npos);
  CHECK(merged.find("\n\n" + to_base64("#cloud-config\n{}\n") + "\n") != std::string::npos);
  CHECK(merged == merge_user_data(script, "#cloud-config\n{}\n"));
  CHECK(merge_user_data(script, "\x1F\x8B.").find("application/gzip") != std::string::npos);
  const std::string message = "MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n";
  CHECK(merge_user_data(script, message).find("\n" + message + "\n--flame-ec2-")
        != std::string::npos);
  // cloud-init looks for a message in what is packed, but not in a part that is.
  CHECK(merge_user_data(script, gzip(message)).find("\n" + message + "\n--flame-ec2-")
        != std::string::npos);
}

TEST_CASE("boot::can_be_merged is false for a message of which cloud-init reads nothing")
{
  const std::string head = "MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n# ";
  CHECK(can_be_merged(head + "\xC3\xA9"));
  CHECK(!can_be_merged(head + "\xE9"));
  CHECK(!can_be_merged(gzip(head + "\xE9")));
  CHECK(can_be_merged("#!/bin/sh\n# \xE9"));
  CHECK(can_be_merged("\x1F\x8B\xE9"));
  CHECK(can_be_merged(""));
}

TEST_CASE("boot::merge_user_data says in ASCII what of the script is beyond it")
{
  const std::string long_line(200, 'x');
  const std::string script = "#!/bin/sh\necho a=\xC3\xA9 \xE2\x82\xAC \n" + long_line + "\t\n";
  const std::string merged = merge_user_data(script, "#cloud-config\n{}\n");
  const std::string x75 = std::string(75, 'x') + "=\n";
  CHECK(merged.find("\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/sh\n"
                    "echo a=3D=C3=A9 =E2=82=AC=20\n"
                    + x75 + x75 + std::string(50, 'x') + "=09\n\n--flame-ec2-")
        != std::string::npos);
  CHECK(std::ranges::all_of(merged, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; }));
}

TEST_CASE("boot::make_user_data merges what a launch template gives, and hides it when shown")
{
  Runner runner = least_runner();
  runner.other_user_data = "#!/bin/sh\necho s3cret\n";
  CHECK(*make_user_data(runner)
        == merge_user_data(render_user_data(runner), runner.other_user_data));
  CHECK(without_secrets(runner).other_user_data == "***");
}
