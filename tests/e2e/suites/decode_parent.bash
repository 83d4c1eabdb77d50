# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034,SC2154
# decode-parent, and Erlang's opinion of the same values; boot refuses what no machine could reach.

needs elixir jq
ordinary=(--app hello --bundle s3://bundles/hello.tar.gz --image-id ami-0123456789abcdef0
  --subnet-id subnet-0123456789abcdef0 --security-group-id sg-0123456789abcdef0)

# decode FILE [ARGUMENT...]: the value is on standard input.
decode() {
  local file=$1 environment=()
  shift
  mapfile -t environment < <(flame_environment)
  status=0
  env -i --default-signal "${environment[@]}" "$binary" decode-parent - "$@" <"$file" >stdout 2>stderr ||
    status=$?
  keep_output
}

# example NODE: a value of ours, in the file "value" alone: it is what was asked for.
example() {
  flame decode-parent --example "$1"
  expect_status 0
  mv stdout value
  rm "outputs/$calls.stdout"
  secrets+=("$(cat value)")
}

# erlang CODE [FLAG...]: Elixir on a node that has the flags; no epmd, and on loopback alone.
erlang() {
  local code=$1
  shift
  env -i PATH=/usr/bin:/bin HOME="$work/home" LC_ALL=C.UTF-8 ERL_EPMD_PORT=1 timeout 120 elixir \
    --erl "-start_epmd false -erl_epmd_port 0 -kernel inet_dist_use_interface {127,0,0,1} $*" \
    -e "$code" >elixir.log 2>&1 || die "elixir: $(head -n 5 elixir.log)"
}

# What decode-parent prints of a map, by Erlang's own reading.
reading='
  yes = fn is -> if is, do: "yes", else: "no" end
  shown = fn
    _, nil -> "-"
    key, atom when is_atom(atom) and key in [:backend, :backend_app] -> String.replace_prefix(to_string(atom), "Elixir.", "")
    _, text -> if is_binary(text) and text != "", do: text, else: "-"
  end
  text = fn map ->
    host = map.pid |> node() |> to_string() |> String.split("@") |> List.last()
    true = is_reference(map.ref)
    ["node: #{node(map.pid)}", "host: #{host}", "long_name: #{yes.(host =~ ".")}",
     "loopback: #{yes.(host =~ ~r/^127/)}" |
     for key <- ~w(backend backend_app backend_vsn flame_vsn node_base host_env)a do
       "#{key}: #{shown.(key, Map.get(map, key))}"
     end] |> Enum.map_join(&(&1 <> "\n"))
  end
'
# A map as FLAME.Parent makes it, in each way that its terms can be written.
minting='
  map = %{ref: make_ref(), pid: self(), backend: FlameEC2, flame_vsn: "0.5.3", backend_app: :flame_ec2,
    backend_vsn: "1.0.0", node_base: "my_app-flame-0123456789abcdef0123", host_env: "INSTANCE_IP"}
  odd = [1, -1, 300, 1.5, 2 ** 80, -(2 ** 3000), {}, List.to_tuple(Enum.to_list(1..300)), [], ~c"text",
    [1 | 2], <<5::3>>, :ü, String.to_atom(String.duplicate("☃", 200)), %{deep: %{er: [self(), make_ref()]}},
    &Enum.map/2, fn -> 1 end, hd(Port.list()), :erlang.alias()]
  write = fn name, bytes -> File.write!("minted/" <> name, Base.encode64(bytes)) end
  good = fn name, bytes ->
    write.(name, bytes)
    File.write!("minted/#{name}.wanted", text.(:erlang.binary_to_term(bytes)))
  end
  term = &:erlang.term_to_binary/1
  for n <- 0..2, do: good.("minor#{n}", :erlang.term_to_binary(Map.put(map, :more, odd), minor_version: n))
  good.("compressed", <<131, 80, _::binary>> =
    :erlang.term_to_binary(Map.put(map, :more, List.duplicate("again", 100)), compressed: 9))
  for {odd, n} <- Enum.with_index(odd), do: good.("odd#{n}", term.(%{map | backend_vsn: odd}))
  good.("key", term.(Map.put(map, odd, odd)))
  good.("nil", term.(%{map | backend_app: nil, backend_vsn: nil, host_env: nil}))
  good.("least", term.(Map.drop(map, [:flame_vsn, :backend_app, :backend_vsn])))
  for key <- [:ref, :pid, :backend, :host_env, :node_base], do: write.("no_#{key}", term.(Map.delete(map, key)))
  write.("list", term.(Map.to_list(map)))
  write.("local", term.(%{map | backend: FLAME.LocalBackend}))

  # Pids and references as before OTP 19, 23 and 26, and each kind of atom, put in by hand.
  inner = fn value -> <<131, bytes::binary>> = term.(value); bytes end
  rest = for key <- [:backend, :node_base, :host_env], into: "", do: inner.(key) <> inner.(map[key])
  name = "old@10.0.0.8"
  for {atom, a} <- Enum.with_index([<<100, 12::16>>, <<115, 12>>, <<118, 12::16>>, <<119, 12>>]),
      {pid, p} <- Enum.with_index([<<103>>, <<88>>]), {ref, r} <- Enum.with_index([<<101>>, <<114, 3::16>>, <<90, 3::16>>]) do
    pid = pid <> atom <> name <> <<9::32, 0::32>> <> Enum.at([<<1>>, <<7::32>>], p)
    ref = ref <> atom <> name <> Enum.at([<<5::32, 1>>, <<1, 1::32, 2::32, 3::32>>, <<7::32, 1::32, 2::32, 3::32>>], r)
    good.("old#{a}#{p}#{r}", <<131, 116, 5::32>> <> inner.(:pid) <> pid <> inner.(:ref) <> ref <> rest)
  end
'

TEST "Erlang reads in an example of ours what we read"
example my_app@10.0.0.7
cp value example
decode example
expect_status 0
expect_stderr_empty
cp stdout ours
mkdir minted
erlang "$reading $minting"'
  parent = File.read!("example") |> String.trim() |> Base.decode64!() |> :erlang.binary_to_term()
  ~w(backend backend_app backend_vsn flame_vsn host_env node_base pid ref)a = parent |> Map.keys() |> Enum.sort()
  :"my_app@10.0.0.7" = node(parent.ref)
  File.write!("example.wanted", text.(parent))
' -name "minter_$$@10.0.0.7"
cmp example.wanted ours || die "Erlang reads: $(cat example.wanted)"

TEST "each value that Erlang writes is read as Erlang reads it"
read=0
for wanted in minted/*.wanted; do
  secrets+=("$(cat "${wanted%.wanted}")")
  decode "${wanted%.wanted}"
  expect_status 0
  cmp "$wanted" stdout || die "${wanted%.wanted}: Erlang reads: $(cat "$wanted")"
  read=$((read + 1))
done
[ "$read" -ge 50 ] || die "only $read values were made"

TEST "keys that are missing are named"
for key in ref pid backend host_env node_base; do
  decode "minted/no_$key"
  expect_error 3 "FLAME_PARENT has no $key"
done
decode minted/list
expect_error 3 "but not a map"

TEST "a value that was cut says so, wherever it was"
value=$(cat minted/minor1)
for ((size = 7; size < ${#value} - 4; size += 37)); do
  printf %s "${value:0:size}" >part
  decode part
  expect_error 3 "FLAME_PARENT was cut"
done
printf '%s\n%s\n' "${value:0:76}" "${value:76}" >part
decode part
expect_error 3 "holds blanks or line breaks"
echo 'no base64!' | tr -d ' ' >part
decode part
expect_error 3 "is not base64"

TEST "a backend that ends no machine"
decode minted/local --json
expect_status 3
expect_json .backend FLAME.LocalBackend
expect_json .error.kind config
expect_in_stderr "FLAME.LocalBackend, which ends no machine"

TEST "the value is the operand, or the variable"
flame decode-parent "$value" --json
expect_status 0
expect_json .node "minter_$$@10.0.0.7"
expect_json .long_name true
flame decode-parent
expect_error 2 "FLAME_PARENT is not set"
with=("FLAME_PARENT=$value")
flame decode-parent --output env
expect_status 0
expect_in_stdout "FLAME_PARENT_HOST=10.0.0.7"
with=()

sandbox
# refused WORDS: the parent in the file "value", by decode-parent and by a boot.
refused() {
  decode value --json
  expect_status 3
  expect_in_stderr "$1"
  expect_in_stdout "$1"
  with=("FLAME_PARENT=$(cat value)")
  flame boot "${ordinary[@]}"
  expect_error 3 "$1"
  ! grep -q RunInstances sandbox.log || die "a machine was asked for"
  expect_machines 0
  with=()
}

TEST "a parent that is not distributed"
erlang 'File.write!("value", Base.encode64(:erlang.term_to_binary(%{ref: make_ref(), pid: self(),
  backend: FlameEC2, node_base: "a-flame-0", host_env: nil})))'
secrets+=("$(cat value)")
refused "nonode@nohost, which is not distributed"

TEST "a parent with a short name"
example app@web-1
expect_in_stderr "warning: FLAME_PARENT is of the node app@web-1, a short name"
refused "app@web-1, a short name"

TEST "a parent on the loopback interface"
for node in app@127.0.0.1 app@localhost app@::1; do
  example "$node"
  refused "the node $node, on the loopback interface"
done

TEST "a boot with an example is a boot"
with=("FLAME_PARENT=$(cat example)")
flame boot "${ordinary[@]}" --instance-type t3.nano --json
expect_status 0
expect_machines 1
grep -q RunInstances sandbox.log || die "the sandbox notes no launch"
id=$(jq -r '.instances[0].instance_id' stdout)
flame terminate "$id"
expect_status 0

TEST "a boot for a backend that ends no machine needs a lifetime"
with=("FLAME_PARENT=$(cat minted/local)")
flame boot "${ordinary[@]}"
expect_error 3 "max_lifetime is not set" FLAME.LocalBackend
flame boot "${ordinary[@]}" --instance-type t3.nano --max-lifetime 1h
expect_status 0
expect_in_stderr "warning: FLAME_PARENT names the backend FLAME.LocalBackend"
flame terminate --all --yes
expect_status 0
with=()
