defmodule FlameEC2.Command do
  @moduledoc false
  # One `flame-ec2 boot --attached`: settings go in as a line, its result and its errors come as lines
  # of JSON, and `up` says that the machine has called back.

  alias FLAME.Parser.JSON
  require Logger

  # What flame-ec2 may take to end a machine after its own timeout.
  @cleanup 60_000
  @longest_line 1_000_000

  # {:ok, terminator} once the machine has called back with `ref` and flame-ec2 is content, or
  # {:error, error} as flame-ec2 prints one. No machine of this call lives then, or it is named.
  def boot(ref, settings, state, timeout) do
    runner = self()
    line = JSON.encode!(settings) <> "\n"
    wait(ref, spawn_monitor(fn -> attend(runner, state, line) end), timeout + @cleanup, nil)
  end

  # All that an error says, in one line.
  def text(error) do
    said = for %{} = part <- [error | List.wrap(error["also"])], do: [part["message"], part["hint"]]

    late =
      if error["kind"] == "timeout", do: "FLAME.Pool's boot_timeout, or FlameEC2's, is the limit"

    [said, late, living(error)] |> List.flatten() |> Enum.filter(&is_binary/1) |> Enum.join("; ")
  end

  defp living(%{"instances" => [_ | _] = ids, "run_id" => run}),
    do: "may still run: #{Enum.join(ids, " ")}; flame-ec2 terminate --run-id #{run}"

  defp living(_), do: nil

  defp wait(ref, {pid, monitor} = attendant, timeout, terminator) do
    receive do
      {^ref, {:remote_up, terminator}} ->
        send(pid, :up)
        wait(ref, attendant, timeout, terminator)

      {:DOWN, ^monitor, _, _, {:shutdown, {0, _}}} when terminator != nil ->
        {:ok, terminator}

      {:DOWN, ^monitor, _, _, {:shutdown, {_, %{"error" => error}}}} ->
        {:error, error}

      {:DOWN, ^monitor, _, _, {:shutdown, {status, _}}} ->
        {:error, internal("ended with #{inspect(status)}")}

      {:DOWN, ^monitor, _, _, {why, _stack}} ->
        {:error, internal("is not to be run, or is no flame-ec2: #{inspect(why)}")}
    after
      timeout ->
        Process.exit(pid, :kill)
        {:error, internal("has not ended after its timeout")}
    end
  end

  defp internal(what), do: %{"kind" => "internal", "message" => "the command #{what}"}

  # Owns the port, in a process of its own: the port's messages and exits are none of FLAME.Runner's.
  defp attend(runner, state, line) do
    Process.flag(:trap_exit, true)
    monitor = Process.monitor(runner)
    args = ["boot", "--attached", "--json"] ++ if state.log, do: [], else: ["--quiet"]
    options = [:binary, :exit_status, line: @longest_line, args: args]
    port = Port.open({:spawn_executable, state.executable}, options)
    tell(port, line)
    listen(port, monitor, state.log, %{})
  end

  defp listen(port, monitor, log, last) do
    receive do
      :up ->
        tell(port, "up\n")
        listen(port, monitor, log, last)

      {^port, {:data, {_, line}}} ->
        last = JSON.decode!(line)
        if log && last["instances"], do: Logger.log(log, "flame-ec2 has booted " <> machine(last))
        listen(port, monitor, log, last)

      {^port, {:exit_status, status}} ->
        exit({:shutdown, {status, last}})

      {:EXIT, ^port, reason} ->
        exit({:shutdown, {reason, last}})

      # The port closes with its owner: nobody is left who wants the machine.
      {:DOWN, ^monitor, _, _, _} ->
        exit(:normal)
    end
  end

  # Port.command/2 would fail with the line, and the secrets in it, among the arguments it reports.
  defp tell(port, line), do: send(port, {self(), {:command, line}})

  defp machine(%{"instances" => [machine | _]} = result),
    do: "#{machine["instance_id"]} at #{machine["private_ip"]}, run #{result["run_id"]}"
end
