#pragma once

#include "base/error.hpp"
#include "base/ports.hpp"

#include <cstddef>
#include <string>
#include <vector>

// Other programs, without a shell.
namespace flame::io {

struct Command {
  std::vector<std::string> arguments = {}; // the first is looked for in PATH when it has no '/'
  Millis limit = std::chrono::seconds(60); // then it is killed
  std::size_t output_limit = 64UL * 1024;  // of each stream, bytes; more is a failure
  const Cancel* cancel = nullptr;          // not owned; may be null
  Millis cancel_grace = Millis(0);         // how long to go on once cancelled
};

struct Finished {
  int status = 0; // of exit(); 128 and the signal when one killed it
  std::string output = {};
  std::string errors = {}; // what it wrote to stderr
};

// Runs it to its end, in our environment. It may ask at a terminal when our standard input is one;
// else its standard input is empty, and what it leaves behind when it is stopped is killed with it.
// It cannot be started, takes too long, writes too much: kind config. Cancelled: kind interrupted.
// Messages name the program, never an argument or what it wrote.
Result<Finished> run_process(const Command& command);

} // namespace flame::io
