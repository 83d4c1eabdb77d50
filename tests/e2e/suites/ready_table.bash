# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Each channel by which a machine can tell, with each thing to wait for, for one machine and for
# three: the result and its times. What is to be ready really runs.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"

# The channels: a store, the console, and a type that has no console while it runs.
declare -A channel=([store]="--store s3://keep/flame/" [console]="" [neither]="--instance-type t2.micro")

boots=() # pids

# start CHANNEL WAIT COUNT: boots in a folder of its own, beside the others.
start() {
  local folder=cases/$1.$2.$3
  mkdir -p "$folder/outputs" "$folder/calls" && cp sandbox.env "$folder/"
  (
    cd "$folder" || exit 1
    # shellcheck disable=SC2086 # words
    flame boot --app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0 --max-lifetime 1h \
      --env TOKEN=very-private-token --output json --run-id "$1-$2-$3" --wait-for "$2" --count "$3" ${channel[$1]}
    echo "$status" >status
  ) &
  boots+=($!)
}
# finished: all of them; their outputs are searched for secrets as those of the others.
finished() {
  local case
  wait "${boots[@]}"
  boots=()
  for case in cases/*; do
    cp "$case/stdout" "outputs/$(basename "$case").stdout"
    cp "$case/stderr" "outputs/$(basename "$case").stderr"
  done
}
result() { # CHANNEL WAIT COUNT: its outputs are stdout and stderr now
  local folder=cases/$1.$2.$3
  cp "$folder/stdout" "$folder/stderr" .
  status=$(cat "$folder/status")
}
# expect_result CHANNEL WAIT COUNT: the machines, and the times of what was waited for and no other.
expect_result() {
  local stage=null times='.launch > 0'
  case $2 in
  launched) times="$times and .ready == null" ;;
  running) times="$times and .running >= .launch and .ready == null" ;;
  ready) times="$times and .running >= .launch and .ready > .running" stage=ready ;;
  esac
  result "$@"
  expect_status 0
  expect_json '.instances | length' "$3"
  expect_json '[.instances[].stage] | unique | join(" ")' "${stage#null}"
  expect_json ".timings_ms | $times" true
  [ "$2" = launched ] || expect_json '[.instances[].state] | unique | join(" ")' running
  [ "$1" != store ] || [ -n "$(find "s3/keep/flame/runs/$1-$2-$3" -name status)" ] || die "no status in the store"
}
secrets+=(very-private-token)
mkdir -p s3/keep

TEST "what is launched or runs is the result, whatever could tell more of it"
sandbox
for how in store console neither; do
  for state in launched running; do
    for count in 1 3; do start "$how" "$state" "$count"; done
  done
done
finished
for how in store console neither; do
  for state in launched running; do
    for count in 1 3; do expect_result "$how" "$state" "$count"; done
  done
done
expect_machines 24

TEST "without a channel nothing is launched that is to be ready"
rm -r cases
for count in 1 3; do start neither ready "$count"; done
finished
for count in 1 3; do
  result neither ready "$count"
  expect_status 3
  expect_in_stderr t2.micro
  expect_in_stderr "--wait-for running"
done
expect_machines 24

TEST "a release is ready by the store and by the console, and so are three"
needs_machines
rm -r cases
sandbox --machines nspawn
for how in store console; do
  for count in 1 3; do start "$how" ready "$count"; done
done
finished
for how in store console; do
  for count in 1 3; do expect_result "$how" ready "$count"; done
done
for count in 1 3; do
  statuses=$(find "s3/keep/flame/runs/store-ready-$count" -path '*/i-*/status' -exec grep -l stage=ready {} + | wc -l)
  expect_same "$statuses" "$count" # each under its own id
  expect_same "$(find "s3/keep/flame/runs/store-ready-$count" -name 'env.*')" "" # all have read it
done
expect_machines 8
