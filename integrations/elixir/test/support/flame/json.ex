defmodule FLAME.Parser.JSON do
  @moduledoc false
  # FLAME takes that of OTP 27, or Jason. Neither is in every distribution, so that this one is written
  # out; it knows what flame-ec2 prints.

  def encode!(map) when is_map(map) do
    "{" <> Enum.map_join(map, ",", fn {key, value} -> text(key) <> ":" <> encode!(value) end) <> "}"
  end

  def encode!(list) when is_list(list), do: "[" <> Enum.map_join(list, ",", &encode!/1) <> "]"
  def encode!(value) when is_number(value) or is_boolean(value), do: to_string(value)
  def encode!(nil), do: "null"
  def encode!(value), do: text(value)

  defp text(value) do
    escaped =
      for <<char::utf8 <- to_string(value)>>, into: "" do
        if char in [?", ?\\] or char < 0x20,
          do: "\\u" <> String.pad_leading(Integer.to_string(char, 16), 4, "0"),
          else: <<char::utf8>>
      end

    "\"" <> escaped <> "\""
  end

  def decode!(text) do
    {value, rest} = value(text)
    "" = String.trim(rest)
    value
  end

  defp value(<<space, rest::binary>>) when space in ~c" \n", do: value(rest)
  defp value("{" <> rest), do: object(rest, %{})
  defp value("[" <> rest), do: list(rest, [])
  defp value("\"" <> rest), do: string(rest, "")
  defp value("null" <> rest), do: {nil, rest}
  defp value("true" <> rest), do: {true, rest}
  defp value("false" <> rest), do: {false, rest}

  defp value(rest) do
    {number, rest} = Float.parse(rest)
    {if(number == trunc(number), do: trunc(number), else: number), rest}
  end

  defp object("}" <> rest, map), do: {map, rest}
  defp object(<<skip, rest::binary>>, map) when skip in ~c", \n", do: object(rest, map)

  defp object("\"" <> rest, map) do
    {key, ":" <> rest} = string(rest, "")
    {value, rest} = value(rest)
    object(rest, Map.put(map, key, value))
  end

  defp list("]" <> rest, items), do: {Enum.reverse(items), rest}
  defp list(<<skip, rest::binary>>, items) when skip in ~c", \n", do: list(rest, items)

  defp list(rest, items) do
    {item, rest} = value(rest)
    list(rest, [item | items])
  end

  defp string("\"" <> rest, text), do: {text, rest}

  defp string("\\u" <> <<hex::binary-4, rest::binary>>, text),
    do: string(rest, text <> <<String.to_integer(hex, 16)::utf8>>)

  defp string("\\n" <> rest, text), do: string(rest, text <> "\n")
  defp string("\\t" <> rest, text), do: string(rest, text <> "\t")
  defp string(<<"\\", char, rest::binary>>, text), do: string(rest, text <> <<char>>)
  defp string(<<char::utf8, rest::binary>>, text), do: string(rest, text <> <<char::utf8>>)
end
