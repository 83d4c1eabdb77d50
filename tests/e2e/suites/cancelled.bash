# shellcheck shell=bash
# shellcheck disable=SC2154
# CI jobs that are cancelled as GitHub does it: SIGINT to the shell, SIGTERM after 7.5 s, SIGKILL to all
# after 10 s. Then the step that always runs: terminate --run-id-file.

ordinary=(boot --app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h --boot-timeout 40s)

# cancelled NAME TEXT WORDS...: a step that runs flame-ec2 after WORDS, which are "exec" or none;
# cancelled once TEXT is on its stderr.
cancelled() {
  local name=$1 text=$2 environment=()
  shift 2
  mapfile -t environment < <(flame_environment)
  env -i --default-signal "${environment[@]}" python3 -I -B "$here/faults/cancelled.py" "$name" "$text" \
    "$* '$binary' ${ordinary[*]} --run-id $name --run-id-file $name.run" >"$name.status"
}

# The machines of a run that live; without a run, all.
live_of() { control GET instances | jq -r --arg run "$1" '.[]
  | select(.tags["flame-ec2:run-id"] == $run and (.state == "pending" or .state == "running")) | .id'; }

needs python3
sandbox --pending-time 60s --fault 'RunInstances:delay=2s'

TEST "with exec the boot hears of it, and has ended its machine before the job is over"
steps=()
cancelled exec-launching "launching" exec & steps+=($!)
cancelled exec-waiting "waiting for i-" exec & steps+=($!)
# Without exec the shell waits for flame-ec2 and does not tell it; both are killed in the end.
cancelled plain-launching "launching" & steps+=($!)
cancelled plain-waiting "waiting for i-" & steps+=($!)
wait "${steps[@]}"
for name in exec-launching exec-waiting; do
  expect_same "$(cat "$name.status")" 130
  expect_same "$(live_of "$name")" ""
done

TEST "the step that always runs ends what is left, with exec and without"
for name in exec-launching exec-waiting plain-launching plain-waiting; do
  [ -s "$name.run" ] || die "$name has left no run id"
  flame terminate --run-id-file "$name.run" --settle 5s
  expect_status 0
  expect_same "$(live_of "$name")" ""
done
expect_machines 0

TEST "also when the launch is done only after the job was killed"
sandbox --fault RunInstances:late=14s
cancelled plain-late "launching"
flame terminate --run-id-file plain-late.run
expect_status 0
expect_same "$(machines | wc -l)" 1
expect_machines 0

TEST "a signal that was ignored when the boot began stays ignored"
sandbox --pending-time 2s
printf '#!/bin/bash\ntrap "" HUP INT\nexec %s "$@"\n' "$binary" >deaf && chmod +x deaf
binary_was=$binary binary=$work/deaf
flame_signalled_when "waiting for i-" HUP "${ordinary[@]}" --json
expect_status 0
expect_machines 1
binary=$binary_was
