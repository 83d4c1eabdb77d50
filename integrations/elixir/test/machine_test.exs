defmodule FlameEC2.MachineTest do
  # A release of this project on a machine that really runs, and its parent here.
  use ExUnit.Case

  alias FlameEC2.{Machine, Sandbox}

  @moduletag :machine
  @moduletag timeout: 180_000

  test "a release calls back, runs what it is told, and ends with the process of its runner" do
    odd = ~S( "quoted" $HOME\n) <> "\nsecond line é✓ "
    options = Sandbox.options("machine", env: %{"ODD" => odd}, instance_type: nil)

    start_supervised!(
      {FLAME.Pool, name: Machines, boot_timeout: 120_000, backend: {FlameEC2, options}}
    )

    {:ok, runner} = FLAME.Pool.runner(Machines)
    assert FLAME.Runner.remote_boot(runner) == :ok

    [machine] = Sandbox.machines("machine")
    assert {:ok, _} = FLAME.Runner.spawn_monitor(runner, {Machine, :report_to, [self()]})
    cookie = Node.get_cookie()
    assert_receive {:report, node, ^odd, ^cookie}, 30_000
    assert Regex.match?(~r/^runner-flame-[0-9a-f]{20}@#{machine["private_ip"]}$/, to_string(node))

    Process.exit(runner, :kill)
    assert Sandbox.until(fn -> Sandbox.ended?("machine") end)
    assert Sandbox.console(machine) =~ "TERMINATOR parent gone: :killed"
  end
end
