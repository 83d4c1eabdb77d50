# shellcheck shell=bash
# shellcheck disable=SC2154
# The boot through faults and signals; tests/e2e/faults/cases.py has the cases. Each has a sandbox of
# its own, whose list of machines is the judge.
needs python3

TEST "whatever fails and whoever dies, no machine lives that is neither printed nor named"
python3 -I -B -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); import run' \
  "$here/faults" "$binary" "$sandbox_binary" "$work/cases" ${FLAME_FAULTS:+"$FLAME_FAULTS"} ||
  die "a promise was broken"
