defmodule FlameEC2.Settings do
  @moduledoc false
  # From options of Elixir to settings of flame-ec2, which judges them: it names every mistake.

  # Settings that are tables: an empty list is an empty keyword there.
  @tables [:ec2, :env, :secret, :tags]

  # A map that JSON can carry. What does not fit is named without its value, which may be a secret.
  def new(opts) do
    settings = for {key, value} <- opts, value != nil, into: %{}, do: {key, plain(value, key)}
    # Both sides need the same cookie, and only a release of the same build has it by itself.
    if Node.alive?(), do: Map.put_new(settings, :release_cookie, Node.get_cookie()), else: settings
  end

  # Milliseconds, or nil. FLAME tells a backend no timeout, but the name of a supervisor of the pool,
  # under whose own name FLAME.Pool keeps for its callers how long they wait.
  def of_pool(supervisor) do
    pool = String.replace_suffix(to_string(supervisor), ".TerminatorSup", "")
    Enum.find_value([pool, String.replace_prefix(pool, "Elixir.", "")], &boot_timeout/1)
  end

  defp boot_timeout(pool) do
    case :ets.lookup(String.to_existing_atom(pool), :meta) do
      [{:meta, %{boot_timeout: ms}}] when is_integer(ms) -> ms
      _ -> nil
    end
  rescue
    # There is no such atom, or no such table.
    ArgumentError -> nil
  end

  defp plain(function, name) when is_function(function, 0), do: plain(function.(), name)
  defp plain(value, _) when is_number(value) or (is_atom(value) and value != nil), do: value
  defp plain([], name) when name in @tables, do: %{}
  defp plain([{_, _} | _] = pairs, name), do: pairs |> Map.new() |> plain(name)
  defp plain(list, name) when is_list(list), do: Enum.map(list, &plain(&1, name))

  defp plain(map, name) when is_map(map) and not is_struct(map),
    do: Map.new(map, fn {key, value} -> {key, plain(value, "#{name}.#{key}")} end)

  defp plain(value, name) do
    if is_binary(value) and String.valid?(value),
      do: value,
      else: raise(ArgumentError, "FlameEC2: #{name} is no text")
  end
end
