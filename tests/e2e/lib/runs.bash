# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# For suites with many calls of `run` at once, each on machines of its own.

# begin NAME ARGUMENT...: a run beside the others; NAME.stdout, .stderr and .json are its own.
names=()
begin() {
  local name=$1 environment=()
  shift
  mapfile -t environment < <(flame_environment)
  names+=("$name")
  (
    code=0
    env -i --default-signal "${environment[@]}" "$binary" run "${image[@]}" --run-id "$name" \
      --result "$name.json" "$@" >"$name.stdout" 2>"$name.stderr" </dev/null &
    echo $! >"$name.pid"
    wait $! || code=$?
    echo "$code" >"$name.status"
  ) &
}
# all_ended [but NAME...]: waits for those that have begun, and keeps what they said for the search for
# secrets. Those that are named may take their time, until the next all_ended.
all_ended() {
  local name begun=("${names[@]}")
  names=("${@:2}")
  for name in "${begun[@]}"; do
    [[ " ${names[*]} " != *" $name "* ]] || continue
    until_true 300 test -s "$name.status" || die "$name has not ended: $(cat "$name.stderr")"
    cp "$name.stdout" "outputs/$name.stdout"
    cp "$name.stderr" "outputs/$name.stderr"
  done
}
# came_to NAME STATUS: the status, in the exit and in the result, and no machine is left.
came_to() {
  cp "$1.stdout" stdout
  cp "$1.stderr" stderr
  status=$(cat "$1.status")
  expect_status "$2"
  jq -e . "$1.json" >/dev/null || die "the result of $1 is no JSON"
  expect_same "$(jq -r .exit_status "$1.json")" "$2"
  expect_same "$(jq -r '.may_still_run | length' "$1.json")" 0
}
of_result() { jq -r "$2" "$1.json"; } # NAME FILTER

# runs NAME: the command of that run is seen to run; its machine is in $id.
is_at_work() { grep -qs "runs the command" "$1.stderr"; }
runs() {
  until_true 90 is_at_work "$1" || die "$1 never ran: $(cat "$1.stderr")"
  id=$(grep -oE 'i-[0-9a-f]{17} runs the command' "$1.stderr" | head -n 1 | cut -d' ' -f1)
}
