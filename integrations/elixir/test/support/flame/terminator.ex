defmodule FLAME.Terminator do
  @moduledoc false
  # On the machine: connects to the parent's node every 100 ms for at most 20 s, says that it is up,
  # and ends the system by the parent's backend when the process of the runner is gone.
  use GenServer

  def start_link(parent), do: GenServer.start_link(__MODULE__, parent)

  @impl true
  def init(parent), do: {:ok, %{parent: parent, monitor: nil, tries: 200}, {:continue, :connect}}

  @impl true
  def handle_continue(:connect, state), do: connect(state)

  @impl true
  def handle_info(:connect, state), do: connect(state)

  def handle_info({:DOWN, monitor, _, _, reason}, %{monitor: monitor} = state) do
    IO.puts("TERMINATOR parent gone: #{inspect(reason)}")
    state.parent.backend.system_shutdown()
    {:noreply, state}
  end

  defp connect(%{tries: 0} = state) do
    state.parent.backend.system_shutdown()
    {:noreply, state}
  end

  defp connect(%{parent: parent} = state) do
    if Node.connect(node(parent.pid)) == true do
      monitor = Process.monitor(parent.pid)
      send(parent.pid, {parent.ref, {:remote_up, self()}})
      {:noreply, %{state | monitor: monitor}}
    else
      Process.send_after(self(), :connect, 100)
      {:noreply, %{state | tries: state.tries - 1}}
    end
  end
end
