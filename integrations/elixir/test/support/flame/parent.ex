defmodule FLAME.Parent do
  @moduledoc false
  # FLAME_PARENT: base64 of a term, a map of eight keys.
  @keys [:ref, :pid, :backend, :node_base, :host_env, :flame_vsn, :backend_app, :backend_vsn]
  defstruct @keys

  def new(ref, pid, backend, node_base, host_env) do
    %__MODULE__{
      ref: ref,
      pid: pid,
      backend: backend,
      node_base: node_base,
      host_env: host_env,
      flame_vsn: "0.5.3",
      backend_app: :flame_ec2,
      backend_vsn: "0.1.0"
    }
  end

  def encode(parent), do: parent |> Map.take(@keys) |> :erlang.term_to_binary() |> Base.encode64()
  def decode(text), do: struct!(__MODULE__, text |> Base.decode64!() |> :erlang.binary_to_term())
  def get, do: with(text when text != nil <- System.get_env("FLAME_PARENT"), do: decode(text))
end
