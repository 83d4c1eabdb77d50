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

expect_completed "folder one" flame-ec2 run --bundle fold
expect_completed flame.vars flame-ec2 boot --bundle = flame.v

TEST "bash: a list goes on behind its comma"
expect_completed spot flame-ec2 boot --market sp
expect_completed spot,on-demand flame-ec2 boot --market spot,on
expect_completed spot,on-demand flame-ec2 boot --market = spot,on

TEST "bash: a value that can only stand behind ="
expect_completed ec2 flame-ec2 boot --dry-run =
expect_completed ec2 flame-ec2 run --dry-run = e
expect_completed "" flame-ec2 boot --dry-run ""
expect_completed "" flame-ec2 gc --dry-run =

TEST "bash: another name of a command has its flags"
expect_completed --run-id-file flame-ec2 ls --run-id-f
expect_completed dev flame-ec2 ls --profile d

TEST "bash: what follows -- is of another program"
expect_completed "" flame-ec2 run --image al2023 -- ls --
expect_completed "" flame-ec2 run --image al2023 -- list --profile d
expect_completed flame.vars flame-ec2 run --image al2023 -- cat flame.v

TEST "bash: in a shell that somebody types into"
cat >bashrc <<'EOF_RC'
PS1=
bind 'set bell-style none'
look() {
  printf '%s\n' "${READLINE_LINE%% }" >>completed
  READLINE_LINE='' READLINE_POINT=0
  echo taken
}
bind -x '"\C-o": look'
source ./script.bash
echo ready
EOF_RC
# Each line, what the tab key makes of it.
cat >lines <<'EOF_LINES'
flame-ec2 ls --run-id-f|flame-ec2 ls --run-id-file
flame-ec2 boot --market spot,on|flame-ec2 boot --market spot,on-demand
flame-ec2 boot --market=spot,on|flame-ec2 boot --market=spot,on-demand
flame-ec2 boot --dry-run=|flame-ec2 boot --dry-run=ec2
flame-ec2 boot --bundle flame.v|flame-ec2 boot --bundle flame.vars
flame-ec2 run --bundle fold|flame-ec2 run --bundle folder\ one/
flame-ec2 run -- cat flame.v|flame-ec2 run -- cat flame.vars
flame-ec2 run -- list --prof|flame-ec2 run -- list --prof
EOF_LINES
steps=() before=ready
while IFS='|' read -r line _; do
  steps+=("$before" "keys=$line"$'\t\x0f')
  before=taken
done <lines
clean_shell python3 -I "$here/lib/terminal.py" 200 typed "${steps[@]}" taken type=exit -- \
  bash --noprofile --rcfile bashrc -i >/dev/null || die "bash: $(cat typed.screen typed.codes)"
diff <(cut -d'|' -f2 lines) completed >different || die "bash completes otherwise: $(cat different)"

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
  expect_same "$(fish_completes 'flame-ec2 ls --run-id-f')" --run-id-file
  expect_same "$(fish_completes 'flame-ec2 boot --market spot,on')" spot,on-demand
  expect_same "$(fish_completes 'flame-ec2 boot --market=spot,on')" --market=spot,on-demand
  expect_same "$(fish_completes 'flame-ec2 boot --dry-run=')" --dry-run=ec2
  expect_same "$(fish_completes 'flame-ec2 boot --bundle flame.v')" flame.vars
  expect_same "$(fish_completes 'flame-ec2 run -- cat flame.v')" flame.vars
  expect_same "$(fish_completes 'flame-ec2 run -- list --prof')" ""
  [ ! -e was-run ] || die "a name in the file was run as a command"
else
  echo "fish is not there"
fi
