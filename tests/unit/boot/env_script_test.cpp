#include "boot/env_script.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace flame::boot;

TEST_CASE("boot: an env.sh that sets RELEASE_NODE whatever it was is found out")
{
  for (const char* script : {"export RELEASE_NODE=<%= @release.name %>",
                             "export RELEASE_DISTRIBUTION=name\nRELEASE_NODE=a@$HOST\n",
                             "RELEASE_NODE=\"a@$(hostname -i)\"; export RELEASE_NODE",
                             "export RELEASE_DISTRIBUTION=name RELEASE_NODE=a@b",
                             "export RELEASE_NODE=a@b # RELEASE_NODE is ours",
                             "# $RELEASE_NODE is ours\nexport RELEASE_NODE=a@b",
                             "export RELEASE_NODE=\"a@$(hostname -i | cut -d\" \" -f1)\"",
                             "export \"RELEASE_NODE=a@b\"",
                             "  export RELEASE_NODE=a@b",
                             "export RELEASE_NODE=${RELEASE_NODE_X:-a}@b",
                             "readonly RELEASE_NODE=a@b",
                             "A=1 RELEASE_NODE=a@b",
                             "export \\\n  RELEASE_NODE=a@b",
                             "if [ -z \"$X\" ]; then\nX=1\nfi\nexport RELEASE_NODE=a@b",
                             "case $X in\na) Y=1 ;;\n*) Y=2 ;;\nesac\nexport RELEASE_NODE=a@b",
                             "(cd /; X=1) && true\nexport RELEASE_NODE=a@b",
                             "X=$((1 + (2 * 3))); export RELEASE_NODE=a@b",
                             "echo 'it'\\''s'; RELEASE_NODE=a@b",
                             "echo it\\'s; RELEASE_NODE=a@b",
                             "set -e; { echo x; }; RELEASE_NODE=a@b\r\n"}) {
    CAPTURE(script);
    CHECK(sets_node_regardless(script));
  }
}

TEST_CASE("boot: an env.sh that sets it on a condition, or asks what it was, is let through")
{
  for (const char* script : {"",
                             "# export RELEASE_NODE=hello",
                             "export RELEASE_NODE=${RELEASE_NODE:-hello}",
                             "RELEASE_NODE=\"${RELEASE_NODE:-a@b}\"",
                             "RELEASE_NODE=\"$RELEASE_NODE\"",
                             "export RELEASE_NODE_X=1",
                             "export RELEASE_NODE",
                             "echo RELEASE_NODE=a@b",
                             "RELEASE_NODE=a@b env",
                             "echo \"\nRELEASE_NODE=a@b\n\"",
                             "X='\nRELEASE_NODE=a@b'",
                             "if [ -z \"$X\" ]; then\n  export RELEASE_NODE=hello\nfi",
                             "if [ -z \"$X\" ]; then\nexport RELEASE_NODE=hello\nfi",
                             "if [ -z \"$X\" ]; then export RELEASE_NODE=hello; fi",
                             "if true; then X=1; else\nexport RELEASE_NODE=hello\nfi",
                             "[ -n \"$X\" ] || export RELEASE_NODE=a@b",
                             "[ -z \"$X\" ] &&\nexport RELEASE_NODE=a@b",
                             "[ -z \"$X\" ] && {\nexport RELEASE_NODE=a@b\n}",
                             "case $X in\na) export RELEASE_NODE=a@b ;;\nesac",
                             "case $X in a) export RELEASE_NODE=a@b ;; esac",
                             "for x in 1; do\nRELEASE_NODE=a@b\ndone",
                             "f() {\nexport RELEASE_NODE=a@b\n}",
                             "(export RELEASE_NODE=a@b)",
                             "echo | export RELEASE_NODE=a@b",
                             "node=${RELEASE_NODE:-a@b}\nexport RELEASE_NODE=$node",
                             "[ -z \"$RELEASE_NODE\" ] || return 0\nexport RELEASE_NODE=a@b"}) {
    CAPTURE(script);
    CHECK(!sets_node_regardless(script));
  }
}

TEST_CASE("boot: an env.sh that no shell would take ends")
{
  for (const std::string open :
       {"\"", "'", "`", "$(", "${", "\\", "(", "case", "\"$(\"", "|", "&&"}) {
    std::string script;
    for (int i = 0; i < 10'000; ++i) {
      script += open;
    }
    CAPTURE(open);
    CHECK(!sets_node_regardless(script + "RELEASE_NODE"));
  }
}
