# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# integrations/elixir: its own tests, with the distribution's Elixir and no Hex package, against
# machines that only exist, and a release of it on one that runs.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs elixir mix erl ip
[ "${FLAME_E2E_NETWORK-}" = own ] || skip "the node of the tests needs a network of its own"
cp -R "$project/integrations/elixir" app
rm -rf app/_build app/tmp
at_end+=("epmd -kill >/dev/null 2>&1")
parent=10.0.1.250
secrets+=(very-private-cookie)

# in_app COMMAND...: in the folder of the project, as a user who has flame-ec2 and a sandbox.
in_app() {
  local environment=()
  mapfile -t environment < <(flame_environment)
  (cd app && exec env -i "${environment[@]}" MIX_ENV=test FLAME_EC2="$binary" \
    ERL_FLAGS="+S 2 +sbwt none +sbwtdcpu none +sbwtdio none" "$@") >stdout 2>stderr
}
mix_test() {
  in_app ELIXIR_ERL_OPTIONS="-name flame@$parent -setcookie very-private-cookie" mix test "$@"
}
ends_well() { # COMMAND...
  status=0
  "$@" || status=$?
  keep_output
  expect_status 0
}

TEST "it is formatted, compiles without a warning, and makes a release"
ends_well in_app mix 'do' format --check-formatted + compile --warnings-as-errors + \
  release --quiet --path "$work/release"

TEST "its tests pass, by the commands of its README"
release_bundle runner
mkdir bin
ln -s "$sandbox_binary" bin/flame-ec2-sandbox
cp -R s3 app/
install -m 400 <(echo very-private-cookie) home/.erlang.cookie
commands=$(sed -n '/^## Tests/,$s/^    //p' app/README.md)
[[ $commands == *"mix test"* ]] || die "its README has no command for the tests"
ends_well in_app PATH="$work/bin:/usr/bin:/bin" bash -c "trap 'cat sandbox.env >>../all.env; kill \$!' EXIT; $commands"
expect_in_stdout " 0 failures"

if (needs_machines) >skipped; then
  TEST "a release calls back to its parent, and its machine ends with the process of the runner"
  bundle runner.tar.gz release
  sandbox --machines nspawn
  ip address add "$parent/32" dev lo
  mix_test --only machine &
  pid=$!
  launched() { [ -n "$(live_machines)" ]; }
  until_true 60 launched || die "nothing was launched"
  id=$(live_machines)
  cable "$id" "$(control GET instances | jq -r '.[0].private_ip')" "$parent"
  flame_wait
  [ "$status" = 0 ] || die "the console: $(console "$id")"
  expect_in_stdout " 0 failures, "
else
  cat skipped
fi
