# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The completions, in the shells themselves.

mkdir -p bin home/.aws "folder one"
ln -s "$binary" bin/flame-ec2
echo '[profile dev]' >home/.aws/config
# A pool has any name, and the file may be anybody's: a name must not become a command.
cat >flame-ec2.toml <<'EOF_TOML'
[pool.nightly]
[pool.night]
[pool."a b"]
[pool."$(touch was-run)"]
EOF_TOML
echo '[pool.elsewhere]' >other.toml
touch flame.vars
for shell in bash zsh fish; do
  flame completion "$shell"
  expect_status 0
  cp stdout "script.$shell"
done

# bash_completes WORD...: what bash makes of the last one, one a line.
cat >bash.driver <<'EOF_DRIVER'
. ./script.bash
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_flame_ec2
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
EOF_DRIVER
clean_shell() { env -i PATH="$work/bin:/usr/bin:/bin" HOME="$work/home" LC_ALL=C.UTF-8 TERM=dumb "$@"; }
bash_completes() { clean_shell bash bash.driver "$@" 2>&1; }
# expect_completed WANTED WORD...
expect_completed() {
  local wanted=$1 got
  shift
  got=$(bash_completes "$@")
  [ "$got" = "$wanted" ] || die "$*: expected \"$wanted\", got \"$got\""
}

TEST "bash: the script parses, with every warning of shellcheck"
bash -n script.bash || die "bash does not read it"
! command -v shellcheck >/dev/null || shellcheck -s bash script.bash || die "shellcheck has a word to say"

TEST "bash: commands, flags and operands"
expect_completed boot flame-ec2 bo
expect_completed --instance-type flame-ec2 boot --instance-t
expect_completed --show-secrets flame-ec2 boot --sho
expect_completed zsh flame-ec2 completion z
expect_completed "" flame-ec2 completion --instance-t

TEST "bash: values that are one of a few, with and without ="
expect_completed json flame-ec2 boot --output j
expect_completed json flame-ec2 -o j
expect_completed running flame-ec2 boot --wait-for ru
expect_completed running flame-ec2 boot --wait-for = ru
expect_completed "$(printf 'launched\nrunning\nready')" flame-ec2 boot --wait-for =
expect_completed gp3 flame-ec2 boot --root-volume-type gp3

TEST "bash: regions, profiles, and the pools of the file that is named"
expect_completed eu-south-2 flame-ec2 boot --region eu-south-2
expect_completed "dev" flame-ec2 list --profile ""
expect_completed "$(printf 'night\nnightly')" flame-ec2 boot --pool ni
expect_completed 'a\ b' flame-ec2 boot --pool a
expect_completed elsewhere flame-ec2 boot --config other.toml --pool ""
expect_completed elsewhere flame-ec2 boot --config = other.toml --pool = e
expect_completed "" flame-ec2 boot --config nowhere.toml --pool ""

expect_completed debian-12 flame-ec2 boot --image debian-12

TEST "bash: files and folders"
expect_completed flame.vars flame-ec2 boot --env-file flame.v
expect_completed "folder one" flame-ec2 boot --evidence-dir fold

TEST "bash: a value that nobody can know completes nothing"
expect_completed "" flame-ec2 boot --app ""

TEST "bash: a name in a file is never run"
# shellcheck disable=SC2016 # a name, not a command
expect_completed '\$\(touch\ was-run\)' flame-ec2 boot --pool '$'
[ ! -e was-run ] || die "a name in the file was run as a command"

TEST "zsh: the script parses"
if command -v zsh >/dev/null; then
  zsh -n script.zsh || die "zsh does not read it"
  clean_shell zsh -f "$here/lib/zsh_completes.zsh" "$work/script.zsh" >zsh.out 2>&1 ||
    die "zsh does not complete: $(cat zsh.out)"

  [ ! -e was-run ] || die "a name in the file was run as a command"
else
  echo "zsh is not there"
fi

TEST "fish: the script parses, and completes"
if command -v fish >/dev/null; then
  fish -n script.fish || die "fish does not read it"
  # fish_completes LINE: the candidates, without what they mean, sorted.
  fish_completes() { clean_shell fish --no-config -c "source script.fish; complete -C '$1'" | cut -f1 | sort; }
  expect_same "$(fish_completes 'flame-ec2 bo')" boot
  expect_same "$(fish_completes 'flame-ec2 boot --instance-t')" --instance-type
  expect_same "$(fish_completes 'flame-ec2 boot --wait-for ')" "$(printf 'launched\nready\nrunning')"
  expect_same "$(fish_completes 'flame-ec2 boot --region eu-south-2')" eu-south-2
  expect_same "$(fish_completes 'flame-ec2 boot --profile ')" dev
  expect_same "$(fish_completes 'flame-ec2 boot --pool ni')" "$(printf 'night\nnightly')"
  expect_same "$(fish_completes 'flame-ec2 boot --config other.toml --pool ')" elsewhere
  expect_same "$(fish_completes 'flame-ec2 boot --config=other.toml --pool=')" --pool=elsewhere
  expect_same "$(fish_completes 'flame-ec2 completion z')" zsh
  [ ! -e was-run ] || die "a name in the file was run as a command"
else
  echo "fish is not there"
fi
