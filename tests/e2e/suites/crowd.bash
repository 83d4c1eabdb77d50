# shellcheck shell=bash
# shellcheck disable=SC2154
# Many machines while EC2 has little to give, by chance: see tests/e2e/faults/crowd.py. FLAME_CROWD_SEED
# repeats one, FLAME_CROWD_BOOTS says how many.
needs python3

TEST "of all that EC2 made, what was returned lives and the rest has ended, from 2 machines to 1000"
python3 -I -B -c 'import sys; sys.path.insert(0, sys.argv.pop(1)); import crowd' "$here/faults" \
  "$binary" "$sandbox_binary" "$work/crowd" "${FLAME_CROWD_BOOTS:-20}" "${FLAME_CROWD_SEED:-$RANDOM}" ||
  die "a promise was broken"
