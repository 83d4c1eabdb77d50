defmodule FLAME.Backend do
  @moduledoc false
  # All below this folder stands in for FLAME 0.5, as far as a backend sees of it, and is written from
  # its documentation. Only tests are built with it.
  @callback init(Keyword.t()) :: {:ok, term} | {:error, term}
  @callback remote_boot(state :: term) :: {:ok, pid, state :: term} | {:error, term}
  @callback remote_spawn_monitor(state :: term, (() -> term) | {module, atom, list}) ::
              {:ok, {pid, reference}} | {:error, term}
  @callback system_shutdown() :: term
  @callback handle_info(term, state :: term) :: {:noreply, state :: term}
  @optional_callbacks handle_info: 2
end
