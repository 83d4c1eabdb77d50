defmodule FlameEC2 do
  @moduledoc """
  A `FLAME.Backend` that boots its runners on EC2 by way of the command `flame-ec2`.

      config :flame, :backend, FlameEC2
      config :flame, FlameEC2, s3_bundle_url: "s3://my-bucket/my_app.tar.gz", auto_configure: true

  Options are given so, or with the pool, which wins: `backend: {FlameEC2, instance_type: "c7i.large"}`.

    * `:executable` - where `flame-ec2` is, when it is not in the `PATH`.
    * `:boot_timeout` - milliseconds; by default those of the pool.
    * `:app` - by default `RELEASE_NAME`.
    * `:log` - the level for what is no error, or `false`. FLAME gives the pool's own here.
    * all settings of `flame-ec2` by their names in its file, as `flame-ec2 help settings` has them.

  A function of no arguments stands for its value, as in `env: &MyApp.secrets/0`: supervisors may show
  the options of a pool in their reports, and never what a function returns.

  Until the release on the machine has called back, the machine depends on the process of the runner:
  when that dies, `flame-ec2` sees its standard input end, and ends the machine. From then on FLAME's
  terminator on the machine watches the same process.
  """
  @behaviour FLAME.Backend

  alias FlameEC2.{Command, Settings}
  require Logger

  # The settings hold secrets, so they live in a function: no crash report shows what is in one.
  @derive {Inspect, except: [:settings]}
  defstruct [:app, :executable, :boot_timeout, :settings, :node, log: false]

  @boot_timeout 120_000
  # Before the next try when AWS has no wish: FLAME.Pool would ask again after a second.
  @pause 5_000
  @longest_pause 3_600_000

  @impl true
  def init(opts) do
    opts = :flame |> Application.get_env(__MODULE__, []) |> Keyword.merge(opts)
    {ours, theirs} = Keyword.split(opts, [:executable, :log, :boot_timeout, :terminator_sup])
    settings = Settings.new(theirs)
    name = ours[:executable] || "flame-ec2"
    app = settings[:app] || System.get_env("RELEASE_NAME")
    path = System.find_executable(name)
    timeout = ours[:boot_timeout] || Settings.of_pool(ours[:terminator_sup]) || @boot_timeout

    app || raise ArgumentError, "FlameEC2: app is not set, nor is RELEASE_NAME"

    path ||
      raise ArgumentError, "FlameEC2: there is no #{name}; install flame-ec2, or set executable"

    is_integer(timeout) ||
      raise ArgumentError, "FlameEC2: boot_timeout is no number of milliseconds"

    {:ok,
     %__MODULE__{
       app: app,
       executable: path,
       boot_timeout: timeout,
       settings: fn -> settings end,
       log: ours[:log] || false
     }}
  end

  @impl true
  def remote_boot(%__MODULE__{} = state), do: boot(state, now() + state.boot_timeout)

  @impl true
  def remote_spawn_monitor(%__MODULE__{node: node}, term) do
    case term do
      {module, name, args} -> {:ok, Node.spawn_monitor(node, module, name, args)}
      function when is_function(function, 0) -> {:ok, Node.spawn_monitor(node, function)}
    end
  end

  # On the machine, which powers off when its release has ended.
  @impl true
  def system_shutdown, do: System.stop()

  defp boot(state, deadline) do
    case attempt(state, max(deadline - now(), 1_000)) do
      {:ok, terminator} ->
        {:ok, terminator, %{state | node: node(terminator)}}

      {:error, error} ->
        Logger.error("flame-ec2: " <> Command.text(error))
        Process.sleep(pause(error))

        if error["retryable"] == true and now() < deadline,
          do: boot(state, deadline),
          else: {:error, {:flame_ec2, error["kind"], error["message"]}}
    end
  end

  # Each try is a parent of its own: what an ended machine has sent is nobody's answer then.
  defp attempt(state, timeout) do
    ref = make_ref()
    name = "#{state.app}-flame-#{Base.encode16(:crypto.strong_rand_bytes(10), case: :lower)}"
    parent = FLAME.Parent.new(ref, self(), __MODULE__, name, "INSTANCE_IP")

    settings =
      Map.merge(state.settings.(), %{
        flame_parent: FLAME.Parent.encode(parent),
        boot_timeout: "#{timeout}ms",
        wait_for: "launched"
      })

    Command.boot(ref, settings, state, timeout)
  end

  defp pause(%{"retry_after_ms" => wish}) when is_integer(wish), do: min(wish, @longest_pause)
  defp pause(%{"kind" => "timeout"}), do: 0
  defp pause(%{"retryable" => true}), do: @pause
  defp pause(_), do: 0

  defp now, do: System.monotonic_time(:millisecond)
end
