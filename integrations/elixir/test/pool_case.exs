defmodule FlameEC2.PoolCase do
  # Boots by a pool, on the sandbox, machines that only exist. Each test has its own run id, so that
  # all may run at once.
  use ExUnit.CaseTemplate

  alias FlameEC2.{Machine, Sandbox}

  using do
    quote do
      import FlameEC2.PoolCase
      alias FlameEC2.Sandbox
      @moduletag :sandbox
      @moduletag timeout: 180_000
    end
  end

  # A runner of a pool, and its boot in another process, as FLAME.Pool has it.
  def boot(run_id, opts \\ [], pool_opts \\ []) do
    name = Module.concat(Pools, run_id)
    backend = {FlameEC2, Sandbox.options(run_id, opts)}
    start_supervised!({FLAME.Pool, [name: name, backend: backend] ++ pool_opts}, id: name)
    {:ok, runner} = FLAME.Pool.runner(name)
    tasks = start_supervised!(Task.Supervisor, id: {name, Task})
    {runner, Task.Supervisor.async_nolink(tasks, FLAME.Runner, :remote_boot, [runner])}
  end

  def launched(run_id) do
    Sandbox.until(fn -> List.first(Sandbox.machines(run_id)) end)
  end

  def calls_back(run_id) do
    machine = launched(run_id)
    environment = Sandbox.environment(machine)
    {parent, terminator} = Machine.calls_back(environment["FLAME_PARENT"])
    {machine, environment, parent, terminator}
  end

  # The error that FLAME.Runner stops with.
  def error(task) do
    assert {:exit, {{:shutdown, reason}, _}} = Task.yield(task, 90_000)
    reason
  end
end
