defmodule FlameEC2.Sandbox do
  @moduledoc false
  # The flame-ec2-sandbox whose variables are in the environment, by its own pages.

  def here?, do: System.get_env("AWS_ENDPOINT_URL") != nil

  # What a pool needs to boot there. The run id says later whose machine is whose.
  def options(run_id, more \\ []) do
    Keyword.merge(
      [
        executable: System.get_env("FLAME_EC2", "flame-ec2"),
        app: "runner",
        s3_bundle_url: "s3://bundles/runner.tar.gz",
        image_id: "ami-0123456789abcdef0",
        subnet_id: "subnet-0123456789abcdef0",
        security_group_id: "sg-0123456789abcdef0",
        instance_type: "t3.small",
        run_id: run_id
      ],
      more
    )
  end

  def machines(run_id) do
    "instances"
    |> get()
    |> FLAME.Parser.JSON.decode!()
    |> Enum.filter(&(&1["tags"]["flame-ec2:run-id"] == run_id))
  end

  def ended?(run_id),
    do:
      match?([_ | _], machines(run_id)) and
        Enum.all?(machines(run_id), &(&1["state"] == "terminated"))

  # The environment of the release, as the machine would have it.
  def environment(%{"id" => id}) do
    [_, packed] = Regex.run(~r/^vars='([^']*)'/m, get("instances/#{id}/user-data"))
    lines = packed |> Base.decode64!(ignore: :whitespace) |> String.split("\n")

    for line <- lines,
        [_, name, value] <- [Regex.run(~r/^(\w+)="(.*)"$/, line)],
        into: %{},
        do: {name, value}
  end

  def console(%{"id" => id}), do: get("instances/#{id}/console")
  def power_off(%{"id" => id}), do: request(:post, "instances/#{id}/power-off", "")
  def fault(spec), do: request(:post, "faults", spec)

  # Tries every 50 ms, for a minute at most: other tests may keep this computer busy.
  def until(what, tries \\ 1200) do
    cond do
      found = what.() -> found
      tries == 0 -> raise "that has not happened"
      true -> Process.sleep(50) && until(what, tries - 1)
    end
  end

  defp get(page), do: request(:get, page, "")

  defp request(method, page, body) do
    address = String.to_charlist("#{System.fetch_env!("AWS_ENDPOINT_URL")}/_sandbox/#{page}")
    secret = String.to_charlist("Bearer #{System.fetch_env!("AWS_SECRET_ACCESS_KEY")}")
    headers = [{~c"authorization", secret}]

    asked =
      if method == :post, do: {address, headers, ~c"text/plain", body}, else: {address, headers}

    {:ok, {{_, status, _}, _, answer}} = :httpc.request(method, asked, [], body_format: :binary)
    true = status in 200..299
    answer
  end
end
