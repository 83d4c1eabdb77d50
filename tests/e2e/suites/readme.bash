# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# Every command of README.md and docs/guide.md, as it stands there and in its order, in a shell of a stranger who has cloned
# the project. Only what stands for something else is replaced (value_of), and "AWS" is a sandbox.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
needs git cmake
git -C "$project" rev-parse HEAD >/dev/null 2>&1 || skip "the project is no repository"

# What runs all of this, and what would compile for minutes, is tried by scripts/test itself; packages by
# tests/packages; and of the pages of the manual the reader, which not every computer has, has none in a folder.
is_elsewhere() { [[ $1 =~ ^(scripts/(test|demo)|sudo\ apt\ install\ \./flame-ec2_|man)($|\ |[0-9]) ]]; }

ordinary="--app hello --bundle s3://my-bucket/hello.tar.gz --image-id ami-0123456789abcdef0 --max-lifetime 1h"
with_values() { # COMMAND: with what its words stand for
  local text=$1
  text=${text//<this repository>/file://$project}
  text=${text//…settings…/$ordinary}
  text=${text//ami-0abc…/ami-0123456789abcdef0}
  text=${text//subnet-0abc…/subnet-0123456789abcdef0}
  text=${text//sg-0abc…/sg-0123456789abcdef0}
  text=${text//i-0abc…/${example-}}
  text=${text//help COMMAND/help boot}
  [[ $text != *"| man -l -" ]] || text="${text% | man -l -} | grep '^.TH FLAME-EC2 1'"
  text=${text//\/hello\/database-url/\/sandbox\/database-url}
  [[ $text != *…* ]] || die "a command has a word that nothing stands for: $1"
  printf '%s' "$text"
}

# The releases of the stranger: one that stays, and one that has done its work after some seconds.
release() { # FOLDER SECONDS
  mkdir -p "$1/bin"
  printf '#!/bin/sh\necho the release is here\nexec sleep %s\n' "$2" >"$1/bin/hello"
  chmod +x "$1/bin/hello"
}

# An account with a profile "dev", a bucket and machines of a run ci-7.
aws() {
  release _build/prod/rel/hello 600
  mkdir -p "$work/aws/my-bucket"
  tar -C _build/prod/rel/hello -czf "$work/aws/my-bucket/hello.tar.gz" .
  unset "${!AWS_@}"
  "$sandbox_binary" --port 0 --region eu-west-1 --s3 "$work/aws" --env-file "$work/aws.env" \
    >"$work/aws.log" 2>&1 </dev/null &
  at_end+=("kill $!")
  until_true 20 test -s "$work/aws.env" || die "no AWS: $(cat "$work/aws.log")"
  mkdir -p ~/.aws
  local name value
  {
    echo "[profile dev]"
    while IFS='=' read -r name value; do
      case $name in
      AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWS_ENDPOINT_URL)
        echo "${name#AWS_} = $value" | tr '[:upper:]' '[:lower:]' | sed "s/ = .*/ = ${value//\//\\/}/"
        ;;
      esac
    done < <(plain_env_file "$work/aws.env")
  } >~/.aws/config
  AWS_EC2_METADATA_SERVICE_ENDPOINT=$(plain_env_file "$work/aws.env" | sed -n 's/^AWS_EC2_METADATA_SERVICE_ENDPOINT=//p')
  export AWS_EC2_METADATA_SERVICE_ENDPOINT
}

of_run() { # NAME SECONDS: a machine of the run ci-7, booted in a folder without settings
  release "$work/$1" "$2"
  (cd "$work" && flame-ec2 boot --app hello --bundle "$1" --image-id ami-0123456789abcdef0 \
    --max-lifetime 1h --run-id ci-7 --wait-for running --output text 2>>session)
}

# What stands around a command: in words of the README, or on the stranger's computer.
before() { # COMMAND
  case $1 in
  "until [ -s sandbox.env ]"*) until_true 20 test -s sandbox.env || die "the sandbox has left no sandbox.env" ;;
  "export AWS_PROFILE=dev"*) aws ;;
  *" --like i-0abc…"*) example=$(of_run stays 600 | cut -f1) ;;
  *"logs --run-id ci-7 -f"*) of_run ends 4 >>"$work/session" ;;
  *"--bundle job.tar.gz"*)
    mkdir job && printf '#!/bin/sh\necho the job with "$@"\n' >job/job && chmod +x job/job
    tar -C job -czf job.tar.gz .
    ;;
  *"cmake --install"*) export DESTDIR=$work/root ;;
  esac
}
# Compiles nothing again.
stand_in_for_the_build() { mkdir -p build/release && cp "$binary" "$sandbox_binary" build/release/; }

TEST "the commands of README.md and docs/guide.md run as they stand there"
unset "${!AWS_@}" "${!FLAME_@}"
export HOME=$work/home LC_ALL=C.UTF-8
mkdir stubs
printf '#!/bin/sh\nexec "$@"\n' >stubs/sudo # we are root
chmod +x stubs/sudo
PATH=$work/stubs:$work/root/usr/local/bin:/usr/bin:/bin
commands=0
perform() { # COMMAND: as it stands in the document
  local text status=0
  before "$1"
  text=$(with_values "$1")
  echo "\$ $text" >>"$work/session"
  commands=$((commands + 1))
  if is_elsewhere "$text"; then
    [[ ${text%% *} != scripts/* ]] || [ -x "$project/${text%% *}" ] || die "$text is not there"
  elif [ "$text" = "cmake --build --preset release" ]; then
    stand_in_for_the_build
  else
    eval "$text" >"$work/stdout" 2>"$work/stderr" </dev/null || status=$?
    cat "$work/stdout" "$work/stderr" >>"$work/session"
    [ "$status" -eq 0 ] || { cd "$work" && die "status $status of: $text"; }
    [[ $text != *"sandbox.log 2>&1 &"* ]] || at_end+=("kill $!")
  fi
}
while IFS= read -r -d '' command; do
  perform "$command"
done < <(python3 -I "$here/lib/readme_commands.py" "$project/README.md" "$project/docs/guide.md")
[ "$commands" -gt 40 ] || die "README.md and docs/guide.md have $commands commands only"

TEST "so do those of which the text of README.md tells"
commands=0
while IFS= read -r -d '' command; do
  perform "$command"
done < <(python3 -I "$here/lib/readme_commands.py" --told "$project/README.md")
cd "$work" || exit
[ "$commands" -gt 8 ] || die "the text of README.md tells of $commands commands only"

TEST "and what they say is what the documents say"
expect_in session '"run_id":'
expect_in session "the release is here"
expect_in session "the job with input.txt"
