defmodule FlameEC2.MixProject do
  use Mix.Project

  def project do
    [
      app: :flame_ec2,
      version: "0.1.0",
      elixir: "~> 1.14",
      elixirc_paths: if(Mix.env() == :test, do: ["lib", "test/support"], else: ["lib"]),
      deps: deps(Mix.env()),
      # What a machine of the tests runs.
      releases: [runner: [include_executables_for: [:unix]]]
    ]
  end

  def application, do: application(Mix.env())

  # The stand-in for FLAME has an application as FLAME has one.
  defp application(:test),
    do: [mod: {FLAME.Application, []}, extra_applications: [:logger, :crypto, :inets]]

  defp application(_), do: [extra_applications: [:logger, :crypto]]

  # The tests bring a stand-in for FLAME, so that they need no network.
  defp deps(:test), do: []
  defp deps(_), do: [{:flame, "~> 0.5.2"}]
end
