# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# boot --attached: settings, result and `up` over pipes, as a Port of Elixir has them.

settings='{"app":"hello","bundle":"s3://bundles/hello.tar.gz","image_id":"ami-0123456789abcdef0",'
settings+='"max_lifetime":"1h","env":{"TOKEN":"very-private-token"},"instance_type":["m5.large"]}'
secrets+=(very-private-token)
sandbox

# attached COMMANDS [ARGUMENT...]: what the commands print is the caller's side.
attached() {
  local say=$1
  shift
  mkfifo input
  mapfile -t environment < <(flame_environment)
  env -i --default-signal "${environment[@]}" "$binary" boot --attached --json "$@" \
    >stdout 2>stderr <input &
  pid=$!
  (eval "$say") >input 2>/dev/null || true
  flame_wait
  rm input
}
has_result() { grep -q instance_id stdout; }
result_comes() { until_true 30 has_result; }

TEST "the result comes after the settings, and the machine lives once up was said"
attached 'echo "$settings"; result_comes; echo up'
expect_status 0
expect_same "$(wc -l <stdout)" 1
expect_same "$(live_machines)" "$(jq -r '.instances[0].instance_id' stdout)"
flame terminate --all --yes

TEST "up may come early, and the end of input after it means nothing"
attached 'echo "$settings"; echo up'
expect_status 0
expect_machines 1
flame terminate --all --yes

TEST "settings and up may dribble, and other lines are left alone"
attached 'for ((i = 0; i < ${#settings}; i += 40)); do printf %s "${settings:i:40}"; sleep 0.02; done; echo
  result_comes; echo what; for part in u p "
"; do printf %s "$part"; sleep 0.2; done'
expect_status 0
expect_machines 1
flame terminate --all --yes

TEST "flags win over the line, and the line over variables"
with=(FLAME_EC2_APP=variable FLAME_EC2_RUN_ID=variable)
attached 'echo "{\"run_id\":\"line\",${settings:1}"; result_comes; echo up' --run-id flag -vv
expect_status 0
expect_json .run_id flag
expect_in_stderr "app = hello (attached app)"
with=()
flame terminate --all --yes

TEST "the end of input before up ends the machine, as SIGHUP does"
attached 'echo "$settings"; result_comes'
expect_status 129
expect_in_stderr "standard input has ended before it said up"
expect_machines 0

TEST "the end of input while the machine is launched ends it too"
sandbox --fault RunInstances:delay=2s
attached 'echo "$settings"; until_true 20 eval "asked | grep -q RunInstances"'
expect_status 129
expect_machines 0
expect_same "$(machines | wc -l)" 1

TEST "a caller that never says up has the boot timeout for it"
sandbox
attached 'echo "$settings"; sleep 30 & until_true 60 grep -q "has not said up" stderr; kill $!' --boot-timeout 2s
expect_status 8
expect_machines 0

TEST "a signal ends the machine while up is waited for"
attached 'echo "$settings"; result_comes; kill -TERM "$pid"; until_true 60 eval "! kill -0 $pid"'
expect_status 143
expect_machines 0

TEST "a machine that leaves while up is waited for is told at once"
sandbox --fault machine:power-off=6s
attached 'echo "$settings"; until_true 60 eval "! kill -0 $pid"'
expect_status 9
expect_same "$(wc -l <stdout)" 2
expect_same "$(tail -n 1 stdout | jq -r .error.kind)" bootstrap
sandbox

TEST "no line, or half a line: nothing is asked of EC2"
for say in true 'printf %s "$settings"' 'printf "{"'; do
  attached "$say"
  expect_status 3
  expect_json .error.kind config
  expect_in_stderr "standard input has ended before the line of settings"
done
attached 'echo; sleep 5'
expect_status 3
expect_in_stderr "no JSON"

TEST "a line of 10 MB is refused without being read"
attached 'head -c 10000000 /dev/zero | tr "\0" " "'
expect_status 3
expect_in_stderr "more than 1048576 bytes"

TEST "all mistakes of the line are told at once"
attached 'echo "{\"ap\":\"x\",\"boot_timeout\":90,\"env\":{\"TOKEN\":7},\"max_lifetime\":\"soon\",\"run_id\":\"a b\"}"'
expect_status 3
for words in '"ap" is no setting' 'did you mean app?' 'boot_timeout is a number without a unit' \
  'env.TOKEN is a number' 'attached max_lifetime: "soon"' 'run_id "a b"' 'bundle is not set'; do
  expect_in_stderr "$words"
done

TEST "what is no object is refused, and nothing is called missing then"
for line in '[]' '{' '"{}"' 'up'; do
  attached "echo '$line'"
  expect_status 3
  expect_in_stderr "attached line: this is"
  expect_not_in_stderr "is not set"
done
expect_same "$(asked)" ""

TEST "a closed standard input is one that has ended"
binary_was=$binary
printf '#!/bin/sh\nexec %s "$@" <&-\n' "$binary" >closed && chmod +x closed
binary=$work/closed
flame boot --attached --json
expect_status 3
binary=$binary_was

TEST "a Port of Elixir boots, and ends the machine by closing"
if command -v elixir >/dev/null; then
  cat >port.exs <<'ELIXIR'
[binary, settings, close] = System.argv()
port = Port.open({:spawn_executable, binary},
  [:binary, :exit_status, line: 1_000_000, args: ["boot", "--attached", "--json", "--run-id", "port"]])
Port.command(port, settings <> "\n")
receive do {^port, {:data, {:eol, line}}} -> IO.puts(line) after 60_000 -> System.halt(9) end
if close == "close" do
  Port.close(port)
else
  Port.command(port, "up\n")
  receive do {^port, {:exit_status, status}} -> System.halt(status) after 60_000 -> System.halt(9) end
end
ELIXIR
  mapfile -t environment < <(flame_environment)
  env -i "${environment[@]}" elixir port.exs "$binary" "$settings" up >stdout 2>stderr || die "status $?"
  expect_same "$(live_machines)" "$(jq -r '.instances[0].instance_id' stdout)"
  flame terminate --run-id port --wait
  env -i "${environment[@]}" elixir port.exs "$binary" "$settings" close >stdout 2>stderr || die "status $?"
  expect_in_stdout instance_id
  no_machine() { [ -z "$(live_machines)" ]; }
  until_true 40 no_machine || die "the machine of the closed port lives"
fi
