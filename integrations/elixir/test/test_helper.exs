Code.require_file("pool_case.exs", __DIR__)

# Machines need root, a sandbox that boots them, and a wire to them: tests/e2e/suites/elixir.bash.
excluded = if FlameEC2.Sandbox.here?(), do: [:machine], else: [:machine, :sandbox]
ExUnit.start(exclude: excluded, capture_log: true)
