defmodule FLAME.Pool do
  @moduledoc false
  # What a backend sees of its pool: the options that the pool adds to its own, and the table of the
  # pool's name, where its callers find how long they wait.
  use Supervisor

  def start_link(opts), do: Supervisor.start_link(__MODULE__, opts)

  @impl true
  def init(opts) do
    name = Keyword.fetch!(opts, :name)
    :ets.new(name, [:set, :public, :named_table])
    :ets.insert(name, {:meta, %{boot_timeout: Keyword.get(opts, :boot_timeout, 30_000)}})
    {backend, theirs} = Keyword.fetch!(opts, :backend)
    added = [terminator_sup: Module.concat(name, "TerminatorSup"), log: opts[:log] || false]
    :ets.insert(name, {:backend, {backend, Keyword.merge(theirs, added)}})
    children = [{DynamicSupervisor, name: Module.concat(name, "RunnerSup"), strategy: :one_for_one}]
    Supervisor.init(children, strategy: :one_for_all)
  end

  # A runner that is not booted yet.
  def runner(name) do
    backend = :ets.lookup_element(name, :backend, 2)
    DynamicSupervisor.start_child(Module.concat(name, "RunnerSup"), {FLAME.Runner, backend})
  end
end
