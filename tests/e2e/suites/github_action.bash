# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# The action of GitHub: a step that uses it, run as GitHub's runner does, on machines of paper.

needs node python3
python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not there"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || skip "node is older than 18"

# step NAME INPUTS OPTION...: INPUTS is JSON, beside those that all have. Its outcome is in NAME.json.
step() {
  local name=$1 inputs environment=()
  inputs=$(jq -cn --argjson more "$2" --arg path "$binary" --arg run "$1" '{app: "hello", path: $path,
    "bundle": "s3://bundles/hello.tar.gz", "image-id": "ami-0123456789abcdef0", "max-lifetime": "1h",
    "run-id": $run, "instance-type": "t3.small, t3a.small", "settle": "4s"} + $more | with_entries(select(.value != null))')
  mapfile -t environment < <(flame_environment)
  env -i --default-signal "${environment[@]}" python3 -I -B "$here/lib/github_runner.py" \
    "$project" "$name" "$inputs" "${@:3}" >"$name.runner" 2>&1 || die "$name: $(cat "$name.runner")"
  cp "$name.main.log" "outputs/$name.stdout"
  cp "$name.post.log" "outputs/$name.stderr"
}
of() { jq -r "$2" "$1.json"; } # NAME FILTER
ever_of() { control GET instances | jq -r --arg run "$1" '.[] | select(.tags["flame-ec2:run-id"] == $run) | .id'; }

TEST "its list of settings is that of action.yml, and each is a flag of boot"
flame boot --help-all
python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' \
  "$project/action.yml" >action.json
node -p "require('$project/integrations/github/inputs').SETTINGS.join('\n')" >settings
while read -r setting; do
  jq -e --arg name "$setting" '.inputs[$name].description' action.json >described || die "action.yml has no $setting"
  grep -qE "^ +(-[a-z], )?--$setting( |$)" stdout || die "boot has no --$setting"
done < <(cat settings && echo env)
expect_same "$(jq -r '.inputs | keys[]' action.json | grep -vxF -f settings | sort | xargs)" \
  "config env path pool settings settle sha256 version"

TEST "the machine lives until the job is over, and the job knows it"
sandbox --pending-time 1s
secrets+=(top-secret-value)
control GET instances >nobody
step plain '{"env": "TOKEN=top-secret-value\nGREETING=a = b", "settings": "tags.team = \"ci\""}' \
  --between "cp plain.main.log seen; $(printf '%q ' env -i PATH="$PATH" curl -sS --fail \
    -H "Authorization: Bearer $(of_sandbox AWS_SECRET_ACCESS_KEY)" "$endpoint/_sandbox/instances") >between"
expect_same "$(of plain '"\(.main) \(.post)"')" "0 0"
id=$(ever_of plain)
expect_same "$(jq -r '.[].state' between)" running
expect_same "$(jq -r '.[].tags.team' between)" ci
expect_same "$(of plain '.outputs | "\(."run-id") \(."instance-id") \(."instance-ids") \(.region)"')" \
  "plain $id $id $(of_sandbox AWS_REGION)"
expect_same "$(of plain '.outputs.result | fromjson | .instances[0].private_ip')" "$(of plain '.outputs."private-ip"')"
expect_same "$(of plain '.path[]')" "$(dirname "$binary")"
expect_same "$(of plain '.errors + .notices + .unknown + .left | length')" 0
expect_machines 0

TEST "the example of its documents runs as it stands there"
sed -n '/^```yaml/,/^```/{//!p}' "$project/integrations/github/README.md" >example.yml
python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' example.yml |
  jq '.jobs[].steps[] | select(.id == "machine") | .with' >with.json
mkdir -p s3/my-bucket && cp s3/bundles/hello.tar.gz s3/my-bucket/
step example "$(jq '. + {version: null, "image-id": null}' with.json)"
expect_same "$(of example '"\(.main) \(.post)"')" "0 0"
expect_same "$(of example '.outputs.result | fromjson | .instances[0].instance_type')" t3.small
expect_machines 0

TEST "a boot that fails fails the step with its status and its reason, and leaves nothing"
control POST faults --data-binary 'RunInstances:InsufficientInstanceCapacity' >fault
step full '{}'
no_more_faults
expect_same "$(of full '"\(.main) \(.post) \(.outputs."error-kind")"')" "6 0 capacity"
expect_same "$(of full '.errors | length')" 1
of full '.errors[]' >said
expect_in said "t3.small"
expect_machines 0

TEST "all mistakes of the inputs are told at once, and nothing is launched"
step wrong '{"config": "a.toml", "settings": "app = 1", "version": "new", "env": "no-pair-top-secret-value"}'
expect_same "$(of wrong '"\(.main) \(.post)"')" "1 0"
of wrong '.errors[]' >said
for text in "settings and config" "path and version" "version: new" "env: a line"; do expect_in said "$text"; done
step unknown '{"settings": "bundel = \"x\"", "count": "many"}'
expect_same "$(of unknown '"\(.main) \(.post)"')" "3 0"
of unknown '.errors[]' >said
expect_in said "bundel"
step nowhere '{"path": null}'
of nowhere '.errors[]' >said
expect_in said "flame-ec2 is not on the PATH"
expect_machines 0

TEST "a job that is cancelled in the midst of a boot, and one whose node is killed, leave nothing"
# Of "late" all is killed while the answer to the launch is still out.
sandbox --pending-time 60s --fault 'RunInstances[InstanceType=t3.small]:delay=2s' \
  --fault 'RunInstances[InstanceType=m5.large]:late=14s'
steps=()
step cancelled-before '{}' --cancel "launching t3" & steps+=($!)
step cancelled-after '{}' --cancel "waiting for i-" & steps+=($!)
step killed-before '{}' --kill "launching t3" & steps+=($!)
step killed-after '{}' --kill "waiting for i-" & steps+=($!)
step late '{"instance-type": "m5.large", "settle": "10s"}' --cancel "launching m5" & steps+=($!)
for one in "${steps[@]}"; do wait "$one"; done
for name in cancelled-{before,after}; do expect_same "$(of "$name" '"\(.main) \(.post)"')" "130 0"; done
for name in killed-{before,after} late; do expect_same "$(of "$name" '"\(.main) \(.post)"')" "137 0"; done
for name in {cancelled,killed}-{before,after} late; do
  [ -n "$(ever_of "$name")" ] || die "$name has launched nothing"
done
expect_machines 0

TEST "a result that the job cannot take ends the machine"
sandbox --region us-east-1,eu-central-1
step deaf '{}' --no-outputs
expect_same "$(of deaf '"\(.main) \(.post)"')" "1 0"
[ -n "$(ever_of deaf)" ] || die "nothing was launched"
expect_machines 0

TEST "the end needs neither the file of settings nor that of the run"
cat >job.toml <<SETTINGS
region = "eu-central-1"
[pool.ci]
instance_type = "m5.large"
SETTINGS
step moved '{"config": "job.toml", "pool": "ci", "instance-type": null}' --between \
  'rm -f job.toml temp.*/flame-ec2-*/run-id'
expect_same "$(of moved '"\(.main) \(.post) \(.outputs.region)"')" "0 0 eu-central-1"
expect_same "$(of moved '.outputs.result | fromjson | .instances[0].instance_type')" m5.large
expect_machines 0

TEST "what cannot be ended fails the post step, and is named"
step stuck '{}' --between "$(printf '%q ' env -i PATH="$PATH" curl -sS --fail -X POST --data-binary \
  TerminateInstances:UnauthorizedOperation \
  -H "Authorization: Bearer $(of_sandbox AWS_SECRET_ACCESS_KEY)" "$endpoint/_sandbox/faults")"
no_more_faults
expect_same "$(of stuck '"\(.main) \(.post)"')" "0 10"
of stuck '.errors[]' >said
expect_in said "$(ever_of stuck)"
flame terminate --run-id stuck
expect_machines 0

TEST "what a program prints is no command to the job"
cat >liar <<'PROGRAM'
#!/bin/sh
echo '::set-env name=PATH::/tmp/evil' >&2
echo '::error title=lie::all is lost' >&2
printf '%s\n' '{"error":{"kind":"bootstrap","message":"100% bad\n::add-mask::x"}}'
exit 9
PROGRAM
chmod +x liar
step lying "{\"path\": \"$work/liar\"}"
expect_same "$(of lying '"\(.main) \(.unknown | length) \(.errors | join("|"))"')" $'9 0 100% bad\n::add-mask::x'

TEST "a release of flame-ec2 is fetched and compared with its digest"
version=9.8.7 name=flame-ec2-9.8.7-linux-$(dpkg --print-architecture).tar.gz
served=served/acme/shop/releases/download/v$version
mkdir -p "$served" "tree/flame-ec2-$version/bin"
cp "$binary" "tree/flame-ec2-$version/bin/flame-ec2"
tar -C tree -czf "$served/$name" "flame-ec2-$version"
(cd "$served" && sha256sum "$name" >SHA256SUMS)
: >server.log
python3 -u -m http.server --bind 127.0.0.1 --directory served 0 >server.log 2>&1 &
server=$!
at_end+=("kill $server")
until_true 20 grep -q 'port [0-9]' server.log || die "no server"
with=(GITHUB_SERVER_URL="http://127.0.0.1:$(grep -oP 'port \K[0-9]+' server.log)")
digest=$(sha256sum "$served/$name" | cut -d' ' -f1)
step fetched '{"path": null, "version": "9.8.7"}' & steps=($!)
step pinned "{\"path\": null, \"version\": \"v9.8.7\", \"sha256\": \"$digest\"}" & steps+=($!)
step other "{\"path\": null, \"version\": \"9.8.7\", \"sha256\": \"${digest/[0-9]/f}\"}" & steps+=($!)
step absent '{"path": null, "version": "9.8.6"}' & steps+=($!)
for one in "${steps[@]}"; do wait "$one"; done
with=()
for name in fetched pinned; do expect_same "$(of "$name" '"\(.main) \(.post)"')" "0 0"; done
for name in other absent; do expect_same "$(of "$name" '"\(.main) \(.post)"')" "1 0"; done
of other '.errors[]' >said
expect_in said "has the SHA-256 $digest"
of absent '.errors[]' >said
expect_in said "cannot fetch http://"
expect_machines 0
node -e 'Object.defineProperty(process, "platform", { value: "darwin" });
  const { findProgram } = require(process.argv[1]);
  try { findProgram({ version: "9.8.7", sha256: "", path: "" }, "."); } catch (e) { console.log(e.message); }' \
  "$project/integrations/github/program.js" >said
expect_in said "no release is for darwin"
