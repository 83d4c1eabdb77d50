#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace flame::test {

// A file below tests/fixtures, byte for byte: fixture("xml/run_instances.xml").
inline std::string fixture(const std::string& name)
{
  std::ifstream file(FLAME_FIXTURES "/" + name, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), "cannot read the fixture " << name);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace flame::test
