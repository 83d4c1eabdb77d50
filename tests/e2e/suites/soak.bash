# shellcheck shell=bash
# shellcheck disable=SC2154
# Boots for some time with random faults, signals and kills; see tests/e2e/faults/soak.py.
# FLAME_SOAK_SEED repeats one.
needs python3

TEST "what the status promises is what lives, and gc leaves nothing once lifetimes are over"
python3 -I -B -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); import soak' "$here/faults" \
  "$binary" "$sandbox_binary" "$work/soak" "${FLAME_SOAK_BOOTS:-40}" "${FLAME_SOAK_SEED:-$RANDOM}" ||
  die "a promise was broken"
