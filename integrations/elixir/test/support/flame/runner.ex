defmodule FLAME.Runner do
  @moduledoc false
  # The process that a machine belongs to. It boots within a call, hands messages that it does not
  # know to a backend that wants them, and stops when the terminator on the machine does.
  use GenServer, restart: :temporary

  def start_link(backend), do: GenServer.start_link(__MODULE__, backend)
  def remote_boot(runner), do: GenServer.call(runner, :remote_boot, :infinity)
  def spawn_monitor(runner, term), do: GenServer.call(runner, {:spawn_monitor, term})

  @impl true
  def init({backend, opts}) do
    with {:ok, state} <- backend.init(opts),
         do: {:ok, %{backend: backend, state: state, terminator: nil}}
  end

  @impl true
  def handle_call(:remote_boot, _from, %{backend: backend} = runner) do
    case backend.remote_boot(runner.state) do
      {:ok, terminator, state} when is_pid(terminator) ->
        {:reply, :ok, %{runner | state: state, terminator: Process.monitor(terminator)}}

      {:error, reason} ->
        {:stop, {:shutdown, reason}, runner}
    end
  end

  def handle_call({:spawn_monitor, term}, _from, %{backend: backend} = runner) do
    {:reply, backend.remote_spawn_monitor(runner.state, term), runner}
  end

  @impl true
  def handle_info({:DOWN, monitor, _, _, reason}, %{terminator: monitor} = runner),
    do: {:stop, {:shutdown, reason}, runner}

  def handle_info({_ref, {:remote_shutdown, reason}}, runner),
    do: {:stop, {:shutdown, reason}, runner}

  def handle_info(message, %{backend: backend} = runner) do
    if function_exported?(backend, :handle_info, 2) do
      {:noreply, state} = backend.handle_info(message, runner.state)
      {:noreply, %{runner | state: state}}
    else
      {:noreply, runner}
    end
  end
end
