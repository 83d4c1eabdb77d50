defmodule FlameEC2.SettingsTest do
  use ExUnit.Case, async: true

  alias FlameEC2.Settings

  defp init(opts), do: FlameEC2.init(Keyword.merge([executable: "/bin/true", app: "demo"], opts))

  defp pool(name, opts) do
    start_supervised!({FLAME.Pool, [name: name, backend: {FlameEC2, []}] ++ opts}, id: name)
    [terminator_sup: Module.concat(name, "TerminatorSup")]
  end

  test "the boot timeout is the pool's, whatever the pool is called" do
    assert {:ok, %{boot_timeout: 7_000}} = init(pool(Some.Pool, boot_timeout: 7_000))
    assert {:ok, %{boot_timeout: 8_000}} = init(pool(:plain_pool, boot_timeout: 8_000))
  end

  test "a boot timeout of one's own wins, and without either it is the reference's" do
    assert {:ok, %{boot_timeout: 9_000}} =
             init(pool(Other.Pool, boot_timeout: 7_000) ++ [boot_timeout: 9_000])

    assert {:ok, %{boot_timeout: 120_000}} = init([])
    assert {:ok, %{boot_timeout: 120_000}} = init(terminator_sup: No.Such.TerminatorSup)
    assert {:ok, %{boot_timeout: 120_000}} = init(pool(Patient.Pool, boot_timeout: :infinity))
  end

  test "what is missing is named" do
    assert_raise ArgumentError, ~r/app is not set/, fn -> init(app: nil) end
    assert_raise ArgumentError, ~r/no number of milliseconds/, fn -> init(boot_timeout: "2m") end

    assert_raise ArgumentError, ~r(there is no /no/such/command), fn ->
      init(executable: "/no/such/command")
    end
  end

  test "maps, keywords, atoms and lists become what JSON has, and nil is what is not set" do
    settings =
      Settings.new(env: [A: "b"], tags: %{x: :y}, instance_type: ["a", :b], count: 1, key_name: nil)

    assert Map.delete(settings, :release_cookie) ==
             %{env: %{A: "b"}, tags: %{x: :y}, instance_type: ["a", :b], count: 1}
  end

  test "an empty keyword is an empty table, and an empty list of anything else a list" do
    settings = Settings.new(env: [], tags: fn -> [] end, secret: [], ec2: [], setup_commands: [])

    assert Map.delete(settings, :release_cookie) ==
             %{env: %{}, tags: %{}, secret: %{}, ec2: %{}, setup_commands: []}
  end

  test "a function gives what no supervisor shall show" do
    assert %{env: %{"A" => "b"}} = Settings.new(env: fn -> %{"A" => "b"} end)
    assert %{env: %{A: "b"}} = Settings.new(env: [A: fn -> "b" end])
  end

  test "what is no text is named, and its value is not shown" do
    for secret <- [<<"very-private", 255>>, {:very, "very-private"}, nil] do
      error = assert_raise ArgumentError, fn -> Settings.new(env: %{"TOKEN" => secret}) end
      assert error.message == "FlameEC2: env.TOKEN is no text"
    end
  end
end

defmodule FlameEC2.ConfigTest do
  # Not with others, who would see its configuration.
  use ExUnit.Case

  alias FlameEC2.Fake

  @tag :tmp_dir
  test "options of the application are there, and those of the pool win", %{tmp_dir: folder} do
    Application.put_env(:flame, FlameEC2, app: "demo", image_id: "ami-1", subnet_id: "subnet-1")
    on_exit(fn -> Application.delete_env(:flame, FlameEC2) end)
    fake = Fake.new(folder, [Fake.error(3, kind: "config", message: "no")])
    {:ok, state} = FlameEC2.init(executable: fake, image_id: "ami-2")
    assert {:error, {:flame_ec2, "config", "no"}} = FlameEC2.remote_boot(state)

    assert %{"app" => "demo", "image_id" => "ami-2", "subnet_id" => "subnet-1"} =
             Fake.told(folder, 1)
  end
end
