#include "base/version.hpp"
#include "cli/program.hpp"
#include "cli/real_world.hpp"
#include "io/clock.hpp"
#include "io/random.hpp"
#include "io/signals.hpp"
#include "io/terminal.hpp"

#include <string>
#include <vector>

int main(int argc, char** argv)
{
  flame::io::hold_standard_streams();
  const flame::io::Signals signals;
  flame::io::SystemClock clock;
  flame::io::SystemRandom random;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  flame::cli::World world = flame::cli::real_world(clock, signals, random);
  return flame::cli::run_program(arguments, world, flame::commit());
}
