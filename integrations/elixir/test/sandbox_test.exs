defmodule FlameEC2.SandboxTest do
  # Against flame-ec2 itself, and machines that only exist.
  use FlameEC2.PoolCase, async: true

  import ExUnit.CaptureLog

  test "a pool boots a machine with its settings, and it lives once it has called back" do
    {runner, boot} = boot("Lives", env: %{"ODD" => "a b"}, tags: [Team: "blue"])
    {machine, environment, parent, terminator} = calls_back("Lives")
    assert Task.await(boot, 60_000) == :ok

    assert machine["tags"]["Team"] == "blue"
    assert machine["instance_type"] == "t3.small"
    assert environment["ODD"] == "a b"
    assert environment["PHX_SERVER"] == "false"
    assert environment["RELEASE_COOKIE"] == to_string(Node.get_cookie())
    assert parent.pid == runner
    refute Sandbox.ended?("Lives")

    assert {:ok, {pid, monitor}} = FLAME.Runner.spawn_monitor(runner, {Process, :sleep, [1]})

    assert is_pid(pid) and is_reference(monitor)
    send(runner, {:any, "message"})
    send(runner, "that nobody knows")
    assert Process.alive?(runner)

    monitor = Process.monitor(runner)
    Process.exit(terminator, :kill)
    assert_receive {:DOWN, ^monitor, _, _, {:shutdown, :killed}}, 10_000
  end

  test "no capacity is tried again, within the boot timeout" do
    Sandbox.fault("RunInstances[InstanceType=m5.large]:InsufficientInstanceCapacity=1")
    options = [boot_timeout: 60_000, instance_type: "m5.large", env: [], tags: []]
    {_runner, boot} = boot("Capacity", options)
    calls_back("Capacity")
    assert Task.await(boot, 60_000) == :ok
  end

  test "all mistakes in the options are told, and nothing is launched" do
    log =
      capture_log(fn ->
        {_runner, boot} =
          boot("Mistakes", subnt_id: "subnet-1", subnet_id: nil, max_lifetime: "soon")

        assert {:flame_ec2, "config", _} = error(boot)
      end)

    assert log =~ ~s("subnt_id" is no setting)
    assert log =~ "did you mean subnet_id?"
    assert log =~ "max_lifetime"
    assert Sandbox.machines("Mistakes") == []
  end

  test "no secret is in a log, a state or a report of a crash" do
    secret = "very-private-#{System.unique_integer()}"

    log =
      capture_log(fn ->
        {runner, boot} = boot("Secrets", [env: %{"TOKEN" => secret}], log: :error)
        {_, environment, _, _} = calls_back("Secrets")
        assert environment["TOKEN"] == secret
        assert Task.await(boot, 60_000) == :ok
        refute inspect(:sys.get_state(runner), structs: false, limit: :infinity) =~ secret
        # Its report holds the state and the last message.
        catch_exit(FLAME.Runner.spawn_monitor(runner, :nothing_to_run))
        {_, broken} = boot("Broken", env: %{"TOKEN" => secret}, image_id: "ami-1")
        error(broken)
        Process.sleep(100)
      end)

    assert log =~ "nothing_to_run"
    assert log =~ "InvalidAMIID"
    assert log =~ "flame-ec2 has booted i-"
    refute log =~ secret
    refute log =~ to_string(Node.get_cookie())
  end

  # The reference's options, by its names and of its kinds.
  @reference [
    auto_configure: false,
    log: false,
    image_id: "ami-0123456789abcdef0",
    launch_template_id: nil,
    launch_template_version: "$Default",
    subnet_id: "subnet-0123456789abcdef0",
    security_group_id: "sg-0123456789abcdef0",
    instance_type: "t3.nano",
    iam_instance_profile: "arn:aws:iam::123456789012:instance-profile/sandbox-runner",
    key_name: nil,
    aws_region: "us-east-1",
    env: %{"A" => "b"},
    boot_timeout: 60_000,
    app: "runner",
    s3_bundle_url: "s3://bundles/runner.tar.gz",
    instance_metadata_url: "http://169.254.169.254/latest/meta-data/",
    instance_metadata_token_url: "http://169.254.169.254/latest/api/token"
  ]

  test "the options of flame_ec2 are taken by their names" do
    endpoint = System.fetch_env!("AWS_ENDPOINT_URL")
    {_runner, boot} = boot("Names", @reference ++ [ec2_service_endpoint: endpoint <> "/"])
    {machine, environment, _, _} = calls_back("Names")
    assert Task.await(boot, 60_000) == :ok
    assert machine["profile_arn"] == @reference[:iam_instance_profile]
    assert machine["instance_type"] == "t3.nano"
    assert environment["A"] == "b"
  end
end
