defmodule FlameEC2.EndingTest do
  # Against flame-ec2 itself: no machine outlives its runner. Where another end is tested, the boot
  # timeout is far away.
  use FlameEC2.PoolCase, async: true

  import ExUnit.CaptureLog

  test "the machine ends when the process of the runner dies before it was up" do
    {runner, _boot} = boot("Dies", boot_timeout: 600_000)
    launched("Dies")
    refute Sandbox.ended?("Dies")
    Process.exit(runner, :kill)
    assert Sandbox.until(fn -> Sandbox.ended?("Dies") end)
  end

  test "the machine ends with its pool, as when the application stops" do
    {_runner, _boot} = boot("Stops", boot_timeout: 600_000)
    launched("Stops")
    stop_supervised!(Pools.Stops)
    assert Sandbox.until(fn -> Sandbox.ended?("Stops") end)
  end

  test "the machine ends when the whole VM of the application is killed" do
    options = Sandbox.options("Killed", boot_timeout: 600_000)
    code = "{:ok, state} = FlameEC2.init(#{inspect(options)}); FlameEC2.remote_boot(state)"

    vm =
      Port.open({:spawn_executable, System.find_executable("elixir")},
        args: ["-pa", Application.app_dir(:flame_ec2, "ebin"), "-e", code],
        env: [{~c"ELIXIR_ERL_OPTIONS", ~c"-name killed@10.0.1.250"}]
      )

    {:os_pid, pid} = Port.info(vm, :os_pid)
    launched("Killed")
    {_, 0} = System.cmd("kill", ["-KILL", "#{pid}"])
    assert Sandbox.until(fn -> Sandbox.ended?("Killed") end)
  end

  test "who never calls back is ended after the boot timeout of the pool" do
    log =
      capture_log(fn ->
        {_runner, boot} = boot("Silent", [], boot_timeout: 2_000)
        assert {:flame_ec2, "timeout", _} = error(boot)
      end)

    assert log =~ "within the boot timeout of 2s"
    assert log =~ "FLAME.Pool's boot_timeout"
    assert Sandbox.until(fn -> Sandbox.ended?("Silent") end)
  end

  test "a machine that leaves is told at once" do
    {_runner, boot} = boot("Leaves", boot_timeout: 600_000)
    machine = launched("Leaves")
    Sandbox.power_off(machine)
    assert {:flame_ec2, "bootstrap", _} = error(boot)
  end
end
