# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# `run`: real commands on machines under real systemd, many at once, and what each comes to.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/runs.bash"
needs_machines
mkdir -p s3/keep
sandbox --machines nspawn --capacity 't3.small/us-east-1a/*=1' --capacity 't3.small/us-east-1b/*=1'
image=(--image-id ami-0123456789abcdef0)
subnets=subnet-0123456789abcdef0,subnet-0fedcba9876543210,subnet-00112233445566778
store=(--store s3://keep/flame/)
secrets+=(opensesame)

# Two that take their time begin before all others.
begin late --max-lifetime 20s --boot-timeout 19s -- sh -c 'echo before; exec sleep 600'
begin erased --run-as root -- sh -c 'echo before; sleep 3; rm -rf --no-preserve-root / 2>/dev/null; sleep 600'
begin good -- echo hello
begin one --shell 'echo out; echo err >&2; exit 1'
begin answer "${store[@]}" --shell 'echo out; echo err >&2; exit 42'
begin killed -- sh -c 'echo before; kill -KILL $$'
begin unknown -- no-such-command
begin plain -- /etc/passwd
begin arguments -- printf '%s|' 'a b' '' '$HOME' "it's" '*' --help
begin binary -- sh -c 'head -c 20000 /dev/urandom >r && md5sum r >&2 && cat r'
all_ended but late erased

TEST "a command's output and status are those of run"
came_to good 0
expect_stdout hello
came_to one 1
expect_stdout out
expect_same "$(grep -v '^flame-ec2: ' stderr)" err

TEST "so they are by a store"
came_to answer 42
expect_stdout out
expect_same "$(grep -v '^flame-ec2: ' stderr)" err
expect_same "$(of_result answer '.machines[0].status')" 42

TEST "a command that a signal ended is 128 and its number"
came_to killed 137
expect_stdout before
expect_in_stderr "was ended by SIGKILL"

TEST "a command that is not there is 127, one that cannot be executed 126"
came_to unknown 127
expect_in_stderr no-such-command
came_to plain 126

TEST "arguments come as they are, and so do bytes, without a newline at their end too"
came_to arguments 0
printf '%s|' 'a b' '' '$HOME' "it's" '*' --help >wanted
cmp stdout wanted
came_to binary 0
expect_same "$(md5sum <stdout)" "$(grep '  r$' stderr | cut -c1-32)  -"

mkdir job
printf '#!/bin/sh\necho "$@" in $(ls)\nexit 4\n' >job/job && chmod +x job/job
begin bundled --bundle job -- ./job --input x
begin stored --bundle job "${store[@]}" -- ./job --input x
begin heavy "${store[@]}" -- sh -c 'head -c 50000000 /dev/urandom >r && md5sum r >&2 && cat r'
begin flood -- sh -c 'seq 8000000; echo told >&2'
begin daemon -- sh -c 'sleep 600 & setsid sleep 600 & echo forked; exit 3'
begin off --run-as root -- sh -c 'echo bye; systemctl poweroff; sleep 60'
begin reads -- cat
all_ended but late erased

TEST "a command of a bundle runs in it"
came_to bundled 4
expect_stdout "--input x in job"
came_to stored 4
expect_stdout "--input x in job"

TEST "50 MB come whole by a store"
came_to heavy 0
expect_same "$(md5sum <stdout)" "$(grep '  r$' stderr | cut -c1-32)  -"
rm outputs/heavy.stdout # which are random bytes and no secrets
expect_same "$(of_result heavy '.machines[0].stdout | "\(.bytes) \(.left_out)"')" "50000000 0"

TEST "what a console cannot carry is left out, and said"
came_to flood 0
expect_same "$(tail -n 1 stdout)" 8000000
[ "$(wc -c <stdout)" -lt 200000 ] || die "$(wc -c <stdout) bytes came by a console"
expect_in_stderr told
expect_in_stderr "of 62888896 bytes of stdout"
expect_in_stderr "with --store all of it comes"
[ "$(of_result flood '.machines[0].stdout.left_out')" -gt 60000000 ] || die "the result does not say it"

TEST "what a command has forked ends with it"
came_to daemon 3
expect_stdout forked

TEST "a command that powers off its machine is ended by that"
came_to off 143
expect_stdout bye

TEST "nothing is on the standard input"
came_to reads 0
expect_stdout_empty

struck() { control GET requests | jq --arg fault "$1" '[.[] | select(.fault | contains($fault))] | length'; }

begin outside -- sh -c 'echo before; sleep 600'
begin taken "${store[@]}" -- sh -c 'echo before; sleep 600'
begin cut -- sh -c 'sleep 600'
begin told -- sh -c 'sleep 600'
begin hung-up -- sh -c 'sleep 600'
begin unprepared --setup-command 'echo no such luck >&2; exit 3' -- true
begin knows "${store[@]}" --secret KEY=ssm:/sandbox/database-url --shell 'echo "$KEY" | md5sum'
begin memory --run-as root --shell 'limit=/sys/fs/cgroup/system.slice/flame-run.service/memory.max
if [ -w $limit ]; then
  echo 20M >$limit
else
  mkdir /tmp/memory && mount -t cgroup -o memory none /tmp/memory && mkdir -p /tmp/memory/run &&
    echo 20M >/tmp/memory/run/memory.limit_in_bytes && echo $$ >/tmp/memory/run/cgroup.procs || exit 70
fi
exec tail /dev/zero'
begin left "${store[@]}" --artifacts found --shell 'cd $FLAME_EC2_ARTIFACTS && mkdir -p a/b &&
  head -c 9000000 /dev/urandom >a/b/data && md5sum a/b/data >&2 && ln -s b/data a/link && ln -s /etc/passwd out &&
  echo "#!/bin/sh" >run && chmod +x run'
begin empty "${store[@]}" --artifacts nothing -- true
# In three groups, each of which EC2 counts from 0.
begin three --count 3 --subnet-id "$subnets" --instance-type t3.small --shell 'echo "I am $FLAME_EC2_INDEX"; printf "no end" >&2; exit $((FLAME_EC2_INDEX * 7))'
begin lost-answer "${store[@]}" -- sh -c 'echo before; sleep 5; echo after; exit 6'
runs lost-answer
fault "GetObject[Key=*/$id/*]:503=20"
runs outside
flame terminate --run-id outside
expect_status 0
runs taken
control POST "instances/$id/reclaim" >/dev/null
runs cut
kill -INT "$(cat cut.pid)"
runs told
kill -TERM "$(cat told.pid)"
runs hung-up
kill -HUP "$(cat hung-up.pid)"
# Nobody can read what this one prints.
code=0
mapfile -t environment < <(flame_environment)
env -i "${environment[@]}" "$binary" run "${image[@]}" --result full.json -- echo hello \
  >/dev/full 2>full.stderr </dev/null || code=$?
all_ended
refused_reads=$(struck GetObject)
no_more_faults

TEST "a lifetime that is over is 125, and says so"
came_to late 125
expect_stdout before
expect_in_stderr "the lifetime of "
expect_same "$(of_result late .error.kind)" timeout

TEST "a machine that was ended from outside is 125, and says so"
came_to outside 125
expect_stdout before
expect_in_stderr "somebody ended the machine"
expect_same "$(of_result outside .error.kind)" refused

TEST "so is one that EC2 has taken back"
came_to taken 125
expect_stdout before
expect_in_stderr "Spot instance termination"
expect_same "$(of_result taken '.error.kind + " " + .error.aws_code')" "capacity Server.SpotInstanceTermination"
expect_same "$(of_result taken .error.retryable)" true

TEST "a signal ends the machine, and is the status"
came_to cut 130
expect_same "$(of_result cut .error.kind)" interrupted
came_to told 143
came_to hung-up 129

TEST "a machine that could not be prepared is 125, with the stage"
came_to unprepared 125
expect_same "$(of_result unprepared '.error.kind + " " + .error.stage')" "bootstrap setup"

TEST "output that nobody can take ends the machine"
expect_same "$code" 125
expect_same "$(of_result full '.error.kind, .exit_status, (.may_still_run | length)')" $'output\n125\n0'

TEST "a command is told its secrets by a store"
came_to knows 0
expect_same "$(cut -d' ' -f1 stdout)" "$(echo "ecto://app:opensesame@db.example/app" | md5sum | cut -d' ' -f1)"

TEST "a command that removes all files of its machine is 125, and the machine ends"
came_to erased 125
expect_stdout before
expect_in_stderr "the status of the command is not known"

TEST "a command that runs out of memory is 137"
came_to memory 137
expect_in_stderr "ran out of memory"

TEST "what a command leaves in its folder of artifacts comes home"
came_to left 0
expect_same "$(cd found && md5sum a/b/data)" "$(grep 'a/b/data' stderr)"
expect_same "$(readlink found/a/link)" b/data
expect_same "$(readlink found/out)" /etc/passwd
[ -x found/run ] || die "the modes did not come"
expect_same "$(of_result left .artifacts)" found
came_to empty 0
[ -d nothing ] || die "no folder was made"

TEST "several machines know which one they are, and the highest status is that of all"
came_to three 14
expect_same "$(sort stdout)" $'0: I am 0\n1: I am 1\n2: I am 2'
expect_same "$(grep 'no end' stderr | sort)" $'0: no end\n1: no end\n2: no end'
expect_same "$(of_result three '[.machines[].status] | join(" ")')" "0 7 14"
expect_same "$(of_result three '[.machines[].availability_zone] | join(" ")')" "us-east-1a us-east-1b us-east-1c"

TEST "a store that does not answer for a while is asked again"
came_to lost-answer 6
expect_stdout $'before\nafter'
expect_same "$refused_reads" 20

# One whose store is lost, beside some that have none.
begin lost-store "${store[@]}" -- sh -c 'echo before; sleep 6; echo after; echo told >&2; exit 5'
until_true 90 grep -qs before lost-store.stdout || die "nothing came by the store: $(cat lost-store.stderr)"
fault PostObject:503

TEST "a machine that is kept lives on, and how to reach and to end it is said"
flame run "${image[@]}" --keep --run-id stays --result stays.json -- echo kept
expect_status 0
expect_stdout kept
id=$(of_result stays '.kept[0]')
expect_in_stderr "--target $id"
expect_in_stderr "flame-ec2 terminate --region us-east-1 $id"
expect_same "$(state_of "$id")" running
flame terminate "$id" --wait
expect_status 0

TEST "wait --for stopped exits as a release did, and wait --for ready when it runs"
mkdir -p service/bin
printf '#!/bin/sh\nsleep "$FOR"\nexit 5\n' >service/bin/hello && chmod +x service/bin/hello
bundle hello.tar.gz service
boots=(boot --app hello --bundle s3://bundles/hello.tar.gz "${image[@]}" --max-lifetime 1h --wait-for launched)
flame "${boots[@]}" --run-id six --env FOR=600 --keep-on-failure
expect_status 0
id=$(cut -f1 stdout)
flame "${boots[@]}" --run-id five --env FOR=4
expect_status 0
flame wait --run-id five
expect_status 0
expect_in_stdout "	ready"
flame wait --run-id five --for stopped --json
expect_status 5
expect_json '.machines[0].status' 5
flame wait --run-id five
expect_status 0
flame wait "$id" --timeout 3s --for stopped
expect_status 125
flame wait "$id" --for ready --timeout 60s
expect_status 0
flame terminate "$id"
flame wait "$id" --for stopped # as the machine said it while it went down
expect_status 143

TEST "a store that is lost while the command runs loses nothing: the console tells the rest"
all_ended
refused_writes=$(struck PostObject)
no_more_faults
came_to lost-store 5
expect_stdout $'before\nafter'
expect_in_stderr told
[ "$refused_writes" -gt 0 ] || die "the store was not lost"

TEST "what cannot be run is 125, and launches nothing"
before=$(machines | wc -l)
flame run "${image[@]}" --result none.json
expect_error 125 "no command is given"
expect_same "$(of_result none '.error.kind + " " + (.exit_status | tostring)')" "usage 125"
flame run "${image[@]}" --shell true -- true
expect_error 125 "--shell"
flame run "${image[@]}" --no-such-flag -- true
expect_error 125 "--no-such-flag"
flame run "${image[@]}" --artifacts x -- true
expect_error 125 "store is not set"
flame run --image-id ami-0123456789abcdef0 --instance-type t2.micro -- true
expect_error 125 "t2.micro" "no console while it runs"
expect_same "$(machines | wc -l)" "$before"

TEST "no machine is left"
none_lives() { [ -z "$(live_machines)" ]; }
until_true 60 none_lives || die "still there: $(live_machines)"

TEST "what EC2 refuses is 125, with its kind in the result"
sandbox --capacity '*/*/*=0'
flame run "${image[@]}" --result none.json -- true
expect_error 125 "sufficient t3.nano capacity"
expect_same "$(of_result none '.error.kind, .exit_status')" $'capacity\n125'
with=(AWS_SECRET_ACCESS_KEY=wrong)
flame run "${image[@]}" --result none.json -- true
expect_error 125
expect_same "$(of_result none '.error.kind, .exit_status')" $'credentials\n125'
with=()
expect_machines 0

TEST "results are as their schema says"
for result in *.json; do # as if they had been printed; the end of the suite looks at them
  calls=$((calls + 1))
  printf 'run-result\0--json\0' >"calls/$calls.args"
  cp "$result" "outputs/$calls.stdout"
done
