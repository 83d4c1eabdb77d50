#include "fleet/output.hpp"

#include <doctest/doctest.h>

using namespace flame;
using fleet::Stream;

TEST_CASE("fleet::parse_pieces reads whole lines with the nonce, and no others")
{
  const std::string console = "[   1.0] systemd\r\n"
                              "flame-ec2 n0nce out=stdout at=0 b64=aGVsbG8= .\r\n"
                              "noise flame-ec2 n0nce out=stderr at=12 b64=AP8K .\n"
                              "flame-ec2 other out=stdout at=5 b64=aGVsbG8= .\n"
                              "flame-ec2 n0nce out=stdout at=5 b64=aGVs[ 2.0] kernel\n"
                              "flame-ec2 n0nce out=stdout at=5 b64=a .\n"
                              "flame-ec2 n0nce out=stdin at=5 b64=aGVsbG8= .\n"
                              "flame-ec2 n0nce out=stdout at=-5 b64=aGVsbG8= .\n"
                              "flame-ec2 n0nce out=stdout at=5 b64=aGVsbG8=";
  const auto pieces = fleet::parse_pieces(console, "n0nce");
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].stream == Stream::out);
  CHECK(pieces[0].bytes == "hello");
  CHECK(pieces[1].stream == Stream::err);
  CHECK(pieces[1].at == 12);
  CHECK(pieces[1].bytes == std::string("\0\xff\n", 3));
  CHECK(fleet::parse_pieces(console, "").empty());
}

TEST_CASE("fleet::parse_part gives each stream its bytes, or nothing when they are not whole")
{
  const auto part = fleet::parse_part("2 3 1\nab\n\n\nx");
  REQUIRE(part.has_value());
  CHECK(part->at(0) == "ab");
  CHECK(part->at(1) == "\n\n\n");
  CHECK(part->at(2) == "x");
  CHECK(fleet::parse_part("0 0 0\n").has_value());
  for (const char* bad : {"", "2 3 1", "2 3\nabcde", "2 3 1\nabcde", "2 3 1\nabcdefg", "2 x 1\nab",
                          "2 99999999999999999999 1\nab", "-1 0 0\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(fleet::parse_part(bad).has_value());
  }
}

TEST_CASE("fleet::Gathered shows every byte once, and counts those that never come")
{
  fleet::Gathered gathered;
  CHECK(gathered.take({Stream::out, 0, "abc"}) == "abc");
  CHECK(gathered.take({Stream::out, 0, "abc"}).empty()); // the console still has it
  CHECK(gathered.take({Stream::out, 1, "bcde"}) == "de");
  CHECK(gathered.left_out(Stream::out) == 0);
  CHECK(gathered.take({Stream::err, 0, "e"}) == "e"); // of its own
  CHECK(gathered.take({Stream::out, 10, "k"}) == "k");
  CHECK(gathered.left_out(Stream::out) == 5);
  CHECK(gathered.take({Stream::out, 7, "h"}).empty()); // too late to be put in its place
  gathered.end(Stream::out, 20);
  CHECK(gathered.left_out(Stream::out) == 14);
  CHECK(gathered.next(Stream::out) == 20);
  gathered.end(Stream::err, 1);
  CHECK(gathered.left_out(Stream::err) == 0);
}
