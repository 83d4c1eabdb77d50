#pragma once

#include "boot/user_data.hpp"

// Runners for tests: the least one, and one that uses everything.
namespace flame::tests {

inline boot::Runner least_runner()
{
  return {.app = "hello",
          .run_id = "run-1",
          .nonce = "0123456789abcdef",
          .fetch = {.format = "tar.gz", .url = "http://127.0.0.1:4566/bucket/hello.tar.gz"},
          .variables = {}};
}

inline boot::Runner full_runner()
{
  return {.app = "my_app-2.0",
          .run_id = "ci-4711",
          .nonce = "fedcba9876543210",
          .fetch = {.format = "tar.gz",
                    .url = "https://b.s3.eu-west-1.amazonaws.com/my%20app.tgz?X-Amz-Expires=900"},
          .variables = {{"GREETING", "it's \"s3cret\" & $HOME\n"},
                        {"RELEASE_NODE", "my_app@", true},
                        {"INSTANCE_IP", "", true},
                        {"RELEASE_COOKIE", "cookie-of-the-release"}},
          .run_as = "flame",
          .start_command = "bin/my_app --flag 'a b' && echo \"done\"",
          .stop_command = "bin/my_app stop",
          .setup_commands = {"echo set up", "sysctl -w vm.swappiness=1 || true"},
          .max_lifetime = std::chrono::hours(1),
          .bootstrap_timeout = std::chrono::minutes(10),
          .ready_command = "test -d bin"};
}

// With a store, which takes the environment and what the machine says.
inline boot::Runner stored_runner()
{
  boot::Runner runner = least_runner();
  runner.variables = {{"GREETING", "it's \"s3cret\" & $HOME\n"}, {"INSTANCE_IP", "", true}};
  runner.env_url = "http://127.0.0.1:4566/bucket/env";
  runner.store = {
    .url = "http://127.0.0.1:4566/bucket",
    .fields = {{"policy", "eyJ0aWNrZXQ\"\\iOiAxfQ=="}, {"x-amz-server-side-encryption", "AES256"}},
    .prefix = "it's/flame/runs/run-1/boot-1/"};
  return runner;
}

} // namespace flame::tests
