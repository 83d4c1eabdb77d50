defmodule FlameEC2.Machine do
  @moduledoc false
  # What the tests want of a machine: its release holds this module too.

  def report_to(pid), do: send(pid, {:report, node(), System.get_env("ODD"), Node.get_cookie()})

  # As FLAME's terminator of a machine says that it is up, by what FLAME_PARENT holds.
  def calls_back(flame_parent) do
    parent = FLAME.Parent.decode(flame_parent)
    terminator = spawn(fn -> Process.sleep(:infinity) end)
    send(parent.pid, {parent.ref, {:remote_up, terminator}})
    {parent, terminator}
  end
end
