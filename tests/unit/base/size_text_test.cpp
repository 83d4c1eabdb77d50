#include "base/size_text.hpp"

#include <doctest/doctest.h>

using namespace flame;

TEST_CASE("size_text never says that something is nothing")
{
  CHECK(size_text(0) == "0 bytes");
  CHECK(size_text(1) == "1 byte");
  CHECK(size_text(1023) == "1023 bytes");
  CHECK(size_text(1024) == "1.0 KiB");
  CHECK(size_text(104'858) == "102.4 KiB");
  CHECK(size_text(1024UL * 1024) == "1.0 MiB");
  CHECK(size_text(3UL * 1024 * 1024 * 1024) == "3072.0 MiB");
}
