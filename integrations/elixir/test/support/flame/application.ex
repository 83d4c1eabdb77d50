defmodule FLAME.Application do
  @moduledoc false
  use Application

  def start(_type, _args) do
    children = for parent <- List.wrap(FLAME.Parent.get()), do: {FLAME.Terminator, parent}
    Supervisor.start_link(children, strategy: :one_for_one)
  end
end
