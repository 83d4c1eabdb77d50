# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
# A release that `mix release` made, with the distribution's Elixir and no Hex package.

# shellcheck source-path=SCRIPTDIR/..
. "$here/lib/machines.bash"
needs_machines
[ -x /usr/bin/mix ] || skip "/usr/bin/mix is not there"

mkdir -p app/lib app/config
cat >app/mix.exs <<'MIX'
defmodule Report.MixProject do
  use Mix.Project
  def project, do: [app: :report, version: "0.1.0", releases: [report: [include_executables_for: [:unix]]]]
  def application, do: [mod: {Report, []}, extra_applications: [:logger]]
end
MIX
# Reports what it sees, and stops its system as a FLAME child does.
cat >app/lib/report.ex <<'ELIXIR'
defmodule Report do
  use Application

  def start(_type, _args) do
    for name <- ~w(ODD FLAME_PARENT INSTANCE_IP RELEASE_NODE RELEASE_COOKIE PHX_SERVER) do
      IO.puts("SAW #{name} #{Base.encode64(System.get_env(name, ""))}")
    end

    IO.puts("SAW node #{Base.encode64(to_string(node()))}")
    spawn(fn -> System.stop(0) end)
    Supervisor.start_link([], strategy: :one_for_one)
  end
end
ELIXIR
# With the rel/ that Mix makes, as it is: its env.sh names no node.
(cd app && env -i PATH=/usr/bin:/bin HOME="$work/home" LC_ALL=C.UTF-8 MIX_ENV=prod sh -c "
  mix release.init && mix release --quiet --path '$work/release'" >"$work/mix.log" 2>&1) || die "mix: $(tail -n 20 mix.log)"
[ -s app/rel/env.sh.eex ] || die "Mix made no rel/"
bundle report.tar.gz release
sandbox --machines nspawn

saw() { sed -nE "s/.*SAW $1 ([A-Za-z0-9+\/=]*).*/\1/p" console.txt | head -n 1 | base64 -d; }

TEST "it boots as a FLAME child, sees its environment, and its stop ends the machine"
odd=$' "quoted" $HOME\nsecond line é✓ '
parent=$(python3 -I "$here/lib/flame_parent.py" parent@10.0.1.10 report-flame-0123456789abcdef0123)
secrets+=(very-private-cookie "$parent")
printf very-private-cookie >cookie
with=("FLAME_PARENT=$parent")
flame boot --app report --bundle s3://bundles/report.tar.gz --image-id ami-0123456789abcdef0 \
  --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0 \
  --release-cookie-file cookie --env "ODD=$odd" --output json
expect_status 0
id=$(jq -r '.instances[0].instance_id' stdout)
address=$(jq -r '.instances[0].private_ip' stdout)
wait_for_end "$id"
expect_same "$(saw ODD; echo .)" "$odd."
expect_same "$(saw FLAME_PARENT)" "$parent"
expect_same "$(saw INSTANCE_IP)" "$address"
expect_same "$(saw RELEASE_COOKIE)" very-private-cookie
expect_same "$(saw PHX_SERVER)" false
expect_same "$(saw node)" "report-flame-0123456789abcdef0123@$address"

TEST "flame-ec2 says that the end was an ordinary one"
expect_in console.txt "rc=0"
