# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# The examples of docs/ci.md, run as their CI runs them, and cancelled as it cancels them, on machines
# that really run. All at once: each in a folder of its own.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
python=$project/build/venv/bin/python
[ -x "$python" ] || skip "moto's Python is not there: scripts/test puts it into build/venv"
sandbox --machines nspawn --region eu-west-1
mkdir bin && ln -s "$binary" bin/flame-ec2

# example NAME CI MODE: the folder NAME, with a job that ends with MODE as its status, or is slow.
example() {
  mkdir -p "$1/job"
  # shellcheck disable=SC2016 # the job's own
  printf '#!/bin/sh\necho "the job got $2"\n[ %s = slow ] || exit %s\nexec sleep 600\n' "$3" "$3" \
    >"$1/job/job.sh"
  chmod +x "$1/job/job.sh"
  "$python" -I "$here/lib/ci_examples.py" "$project/docs/ci.md" "$2" "github.run_id=$1" \
    github.run_attempt=1 "CI_JOB_ID=$1" >"$1/example.json"
  jq -j '.scripts[] | select(.always | not) | .text' "$1/example.json" >"$1/script"
  jq -j '.scripts[] | select(.always) | .text' "$1/example.json" >"$1/always"
}
# in_ci NAME COMMAND...: there, with what a runner of CI gives it; the token's file in that folder.
in_ci() {
  local environment=()
  mapfile -t environment < <(jq -r '.env | to_entries[] | "\(.key)=\(.value)"' "$1/example.json" |
    sed "s,=/tmp/,=$work/$1/,"; plain_env_file sandbox.env)
  (cd "$1" && exec env -i --default-signal PATH="$work/bin:/usr/bin:/bin" HOME="$work/home" \
    LC_ALL=C.UTF-8 AWS_EC2_METADATA_DISABLED=true "${environment[@]}" "${@:2}")
}
# The shells that run the scripts: GitHub's `bash -e {0}`, GitLab's on an image with sh alone.
declare -A shell=([github]="bash -e" [gitlab]="sh -e" [shell]="sh")
# script_of NAME CI WHICH: runs that of the two scripts.
script_of() {
  local words=()
  read -ra words <<<"${shell[$2]}"
  # In a session of its own, by its first process, as a runner of CI has it.
  # shellcheck disable=SC2016 # of that shell
  in_ci "$1" setsid --wait sh -c 'echo $$ >pid && exec "$@"' sh "${words[@]}" "$3"
}
# always NAME CI: what runs when the step is over, whatever came of it.
always() { [ ! -s "$1/always" ] || script_of "$1" "$2" always >>"$1/out" 2>>"$1/err" </dev/null; }
# whole NAME CI MODE: to its end; the status is in NAME/status.
whole() {
  example "$@"
  local status=0
  script_of "$1" "$2" script >"$1/out" 2>"$1/err" </dev/null || status=$?
  echo "$status" >"$1/status"
  always "$1" "$2"
}
# killed NAME CI: SIGINT to the step's process when its job runs, SIGTERM, then SIGKILL to all of it.
# GitHub gives 7.5 s and 2.5 s in between, here it is less.
killed() {
  example "$1" "$2" slow
  script_of "$1" "$2" script >"$1/out" 2>"$1/err" </dev/null &
  local shell_of_it=$!
  until_true 120 grep -q "the job got x" "$1/out" || return 1
  local signal step
  step=$(cat "$1/pid")
  for signal in INT TERM; do
    kill "-$signal" "$step" 2>/dev/null || true
    sleep 1
  done
  kill -KILL -- "-$step" 2>/dev/null || true
  wait "$shell_of_it" 2>/dev/null || true
  touch "$1/killed"
  always "$1" "$2"
}

TEST "all examples of docs/ci.md come to their ends"
cases=()
for ci in github gitlab shell; do
  whole "$ci-good" "$ci" 0 & cases+=($!)
  whole "$ci-bad" "$ci" 7 & cases+=($!)
  killed "$ci-killed" "$ci" & cases+=($!)
done
for case in "${cases[@]}"; do wait "$case" || die "an example did not end: $(tail -n 5 ./*-*/err)"; done
for folder in *-good *-bad *-killed; do
  cat "$folder/out" >"outputs/$folder.stdout"
  cat "$folder/err" >"outputs/$folder.stderr"
done

TEST "a step has the output and the status of its command"
for ci in github gitlab shell; do
  expect_same "$(cat "$ci-good/status")" 0
  expect_same "$(head -n 1 "$ci-good/out")" "the job got x"
  expect_same "$(cat "$ci-bad/status")" 7
  expect_same "$(jq .exit_status "$ci-bad/result.json")" 7
done
! grep -rl token-of-the-job ./*-*/out ./*-*/err || die "a token was printed"

TEST "no machine is left, whatever became of the step"
for ci in github gitlab shell; do [ -e "$ci-killed/killed" ] || die "$ci was not killed"; done
nobody_lives() { [ -z "$(live_machines)" ]; }
if [ -s shell-killed/run-id ]; then # what a SIGKILL leaves, by the file that the script has written
  flame terminate --run-id "$(cat shell-killed/run-id)" --wait
  expect_status 0
fi
until_true 30 nobody_lives || die "still there: $(live_machines)"
expect_same "$(machines | wc -l)" 9

TEST "the policy of the example is printed as it says"
mkdir -p job && cp github-good/job/job.sh job/
command=$(sed -n '/flame-ec2 iam-policy/,/^$/p' "$project/docs/ci.md" | tr -d '\\\n')
read -ra words <<<"$command"
flame "${words[@]:1}"
expect_status 0
expect_json '[.Statement[].Sid] | index("EndMachines") != null' true
