defmodule FlameEC2.CommandTest do
  use ExUnit.Case, async: true

  import ExUnit.CaptureLog
  alias FlameEC2.{Fake, Machine}

  @moduletag :tmp_dir
  @again [kind: "capacity", message: "no t3.nano", retryable: true]

  defp state(folder, answers, opts \\ []) do
    defaults = [executable: Fake.new(folder, answers), app: "demo", boot_timeout: 60_000]
    {:ok, state} = FlameEC2.init(Keyword.merge(defaults, opts))
    state
  end

  # A boot in a process like FLAME's runner, to which the machine of call N calls back.
  defp boot(folder, state, n) do
    runner = Task.async(fn -> FlameEC2.remote_boot(state) end)
    {_parent, terminator} = Machine.calls_back(Fake.told(folder, n)["flame_parent"])
    assert {:ok, ^terminator, %FlameEC2{node: node}} = Task.await(runner, 60_000)
    assert node == node(terminator)
  end

  test "it is up when the machine has called back", %{tmp_dir: folder} do
    boot(folder, state(folder, [Fake.up()]), 1)
    told = Fake.told(folder, 1)
    parent = FLAME.Parent.decode(told["flame_parent"])
    assert parent.backend == FlameEC2 and parent.host_env == "INSTANCE_IP"
    assert parent.node_base =~ ~r/^demo-flame-[0-9a-f]{20}$/
    assert told["wait_for"] == "launched"
    assert {ms, "ms"} = Integer.parse(told["boot_timeout"])
    assert ms in 1_000..60_000
  end

  test "no argument holds anything of the settings", %{tmp_dir: folder} do
    boot(folder, state(folder, [Fake.up()], env: %{"TOKEN" => "very-private"}), 1)
    assert File.read!(Path.join(folder, "arguments.1")) == "boot --attached --json --quiet"
  end

  test "it asks again after the time that AWS wished, and not before", %{tmp_dir: folder} do
    answers = [Fake.error(6, @again ++ [retry_after_ms: 700]), Fake.up()]
    boot(folder, state(folder, answers), 2)
    assert Fake.at(folder, 2) - Fake.at(folder, 1) >= 700
  end

  test "a wish beyond the boot timeout is kept, and nothing is asked after it", %{tmp_dir: folder} do
    state = state(folder, [Fake.error(7, @again ++ [retry_after_ms: 1_500])], boot_timeout: 1_000)
    {μs, answer} = :timer.tc(fn -> FlameEC2.remote_boot(state) end)
    assert answer == {:error, {:flame_ec2, "capacity", "no t3.nano"}}
    assert μs >= 1_500_000
    assert Fake.calls(folder) == 1
  end

  test "what will not be better next time is not tried again", %{tmp_dir: folder} do
    answer = Fake.error(5, kind: "denied", message: "no right", retryable: false)
    assert {:error, {:flame_ec2, "denied", _}} = FlameEC2.remote_boot(state(folder, [answer]))
    assert Fake.calls(folder) == 1
  end

  test "what an ended machine has sent is not the answer of the next", %{tmp_dir: folder} do
    state = state(folder, [Fake.error(6, @again ++ [retry_after_ms: 10]), Fake.up()])
    runner = Task.async(fn -> FlameEC2.remote_boot(state) end)
    second = Fake.told(folder, 2)["flame_parent"]
    Machine.calls_back(Fake.told(folder, 1)["flame_parent"])
    assert Task.yield(runner, 300) == nil
    {_, terminator} = Machine.calls_back(second)
    assert {:ok, ^terminator, _} = Task.await(runner, 60_000)
  end

  test "all mistakes, hints and what may still run are logged", %{tmp_dir: folder} do
    error = [
      kind: "leftover",
      message: "one",
      hint: "do this",
      run_id: "r-1",
      instances: ["i-1", "i-2"],
      also: [%{message: "two", hint: nil}]
    ]

    log = capture_log(fn -> FlameEC2.remote_boot(state(folder, [Fake.error(10, error)])) end)
    assert log =~ "flame-ec2: one; do this; two; may still run: i-1 i-2; "
    assert log =~ "flame-ec2 terminate --run-id r-1"
  end

  test "a command that is no flame-ec2 is an error, and never a machine", %{tmp_dir: folder} do
    for {answer, n} <- Enum.with_index(["exit 0", "exit 3", "echo what", "kill -9 $$", "echo {}"]) do
      state = state(Path.join(folder, "#{n}"), [answer])
      assert {:error, {:flame_ec2, "internal", "the command " <> _}} = FlameEC2.remote_boot(state)
    end
  end

  test "a command that ends at once, unread, does not end the runner", %{tmp_dir: folder} do
    path = Path.join(folder, "quick")
    File.write!(path, "#!/bin/sh\nexec <&-\nexit 3\n")
    File.chmod!(path, 0o755)

    {:ok, state} =
      FlameEC2.init(executable: path, app: "demo", env: %{"A" => String.duplicate("a", 300_000)})

    assert {:error, {:flame_ec2, "internal", _}} = FlameEC2.remote_boot(state)
  end

  test "a status other than 0 after the call back is no machine", %{tmp_dir: folder} do
    state = state(folder, ["read -r up; " <> Fake.error(9, kind: "bootstrap", message: "it left")])
    runner = Task.async(fn -> FlameEC2.remote_boot(state) end)
    Machine.calls_back(Fake.told(folder, 1)["flame_parent"])
    assert {:error, {:flame_ec2, "bootstrap", "it left"}} = Task.await(runner, 60_000)
  end

  test "a level of its own says which machine it is", %{tmp_dir: folder} do
    log = capture_log(fn -> boot(folder, state(folder, [Fake.up()], log: :warning), 1) end)
    assert log =~ "flame-ec2 has booted i-1 at 10.0.0.9, run r"
    assert File.read!(Path.join(folder, "arguments.1")) == "boot --attached --json"
  end
end
