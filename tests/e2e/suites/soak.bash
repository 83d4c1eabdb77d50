# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# Boots for a long time with random faults and signals: what the status promises is what lives.

seconds=${FLAME_SOAK_SECONDS:-1800}
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --max-lifetime 1h --boot-timeout 4s --instance-type "m5.large,c5.large" --output json)
faults=(
  RunInstances:lost-before=1 RunInstances:lost-after=1 RunInstances:truncated=1 RunInstances:503=2
  RunInstances:RequestLimitExceeded=2 RunInstances:InsufficientInstanceCapacity=1
  RunInstances:delay=5s@1 DescribeInstances:InternalError=3 DescribeInstances:truncated=2
  DescribeInstances:html=2 DescribeInstances:delay=2s=2 TerminateInstances:RequestLimitExceeded=2
  TerminateInstances:lost-after=1 TerminateInstances:503=1 '*:delay=300ms' machine:power-off=1s
)
sandbox --pending-time 300ms --visible-after 200ms

TEST "status 0: exactly the printed machine lives; 10: something is named; else: none lives"
boots=0
until [ "$SECONDS" -ge "$seconds" ]; do
  boots=$((boots + 1))
  chosen=("${faults[RANDOM % ${#faults[@]}]}" "${faults[RANDOM % ${#faults[@]}]}")
  current="boot $boots with ${chosen[*]}"
  no_more_faults
  control POST faults --data-binary "$(printf '%s\n' "${chosen[@]}")" >/dev/null
  flame_start boot "${ordinary[@]}" --run-id "soak-$boots"
  if [ $((RANDOM % 3)) -eq 0 ]; then
    sleep "0.$((RANDOM % 900 + 100))"
    kill -"$([ $((RANDOM % 2)) -eq 0 ] && echo INT || echo TERM)" "$pid" 2>/dev/null || true
  fi
  flame_wait
  no_more_faults
  live=$(live_machines)
  case $status in
    0)
      printed=$(jq -r '.instances[0].instance_id' stdout)
      # It may have switched itself off since, as one of the faults has it.
      [ "$live" = "$printed" ] || [[ ${chosen[*]} == *power-off* && -z $live ]] ||
        die "printed $printed, but there live: $live"
      ;;
    10) grep -qE "soak-$boots|i-[0-9a-f]{17}" stdout stderr || die "nothing is named" ;;
    *) [ -z "$live" ] || die "status $status, but there live: $live" ;;
  esac
  flame terminate --run-id "soak-$boots" --settle 1s
  expect_status 0
  expect_machines 0
  rm -f outputs/*
done
echo "$boots boots"
