defmodule FlameEC2.Fake do
  @moduledoc false
  # A flame-ec2 that answers as a test wants it: FOLDER/answers/N is a script of sh for its Nth call.
  # What it was told is in FOLDER/told.N, when in FOLDER/at.N.

  def new(folder, answers) do
    File.mkdir_p!(Path.join(folder, "answers"))

    for {answer, n} <- Enum.with_index(answers, 1),
        do: File.write!(Path.join(folder, "answers/#{n}"), answer)

    path = Path.join(folder, "flame-ec2")

    File.write!(path, """
    #!/bin/sh
    cd '#{folder}' || exit 99
    n=$(($(ls | grep -c '^told') + 1))
    IFS= read -r line
    date +%s%3N >at.$n
    printf '%s' "$*" >arguments.$n
    printf '%s' "$line" >told.$n
    . ./answers/$n
    """)

    File.chmod!(path, 0o755)
    path
  end

  # Boots, is content with an up, and lives on.
  def up do
    """
    echo '{"run_id":"r","instances":[{"instance_id":"i-1","private_ip":"10.0.0.9"}]}'
    read -r up && [ "$up" = up ] || exit 129
    """
  end

  def error(status, fields) do
    "echo '#{FLAME.Parser.JSON.encode!(%{error: Map.new(fields)})}'; exit #{status}"
  end

  # The settings that the Nth call was told, once it was.
  def told(folder, n) do
    FlameEC2.Sandbox.until(fn -> File.exists?(Path.join(folder, "told.#{n}")) end)
    # The file may be there before what is in it.
    FlameEC2.Sandbox.until(fn ->
      text = File.read!(Path.join(folder, "told.#{n}"))
      if String.ends_with?(text, "}"), do: FLAME.Parser.JSON.decode!(text)
    end)
  end

  def at(folder, n),
    do: folder |> Path.join("at.#{n}") |> File.read!() |> String.trim() |> String.to_integer()

  def calls(folder), do: folder |> File.ls!() |> Enum.count(&String.starts_with?(&1, "told"))
end
