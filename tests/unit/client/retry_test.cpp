#include "client/retry.hpp"

#include <doctest/doctest.h>

using namespace flame;
using namespace flame::client;
using namespace std::chrono_literals;
using aws::ErrorClass;

TEST_CASE("client::retry_pause doubles, with full jitter, to 20 s")
{
  CHECK(retry_pause(ErrorClass::transient, 0, 1.0, {}) == 50ms);
  CHECK(retry_pause(ErrorClass::transient, 1, 1.0, {}) == 100ms);
  CHECK(retry_pause(ErrorClass::endpoint, 1, 0.5, {}) == 50ms);
  CHECK(retry_pause(ErrorClass::throttle, 0, 1.0, {}) == 1s);
  CHECK(retry_pause(ErrorClass::throttle, 1, 0.25, {}) == 500ms);
  CHECK(retry_pause(ErrorClass::throttle, 9, 1.0, {}) == 20s);
  CHECK(retry_pause(ErrorClass::transient, 1000, 1.0, {}) == 20s);
  CHECK(retry_pause(ErrorClass::throttle, 0, 0.0, {}) == 0ms);
}

TEST_CASE("client::retry_pause hears the server's wish, within reason")
{
  CHECK(retry_pause(ErrorClass::transient, 0, 1.0, 10ms) == 50ms);
  CHECK(retry_pause(ErrorClass::transient, 0, 1.0, 2s) == 2s);
  CHECK(retry_pause(ErrorClass::transient, 0, 1.0, 60s) == 5050ms);
}

TEST_CASE("client::is_retryable: what may pass, and nothing else")
{
  for (int i = 0; i <= static_cast<int>(ErrorClass::unknown); ++i) {
    const auto error_class = static_cast<aws::ErrorClass>(i);
    CAPTURE(aws::info(error_class).name);
    CHECK(is_retryable(error_class)
          == (error_class == ErrorClass::throttle || error_class == ErrorClass::transient
              || error_class == ErrorClass::endpoint));
  }
}

TEST_CASE("client::RetryBudget runs dry and fills up again")
{
  RetryBudget budget;
  int transients = 0;
  while (budget.take(ErrorClass::transient)) {
    ++transients;
  }
  CHECK(transients == 35); // 500 / 14
  CHECK(budget.left() == 10);
  CHECK(budget.take(ErrorClass::throttle));
  CHECK(budget.take(ErrorClass::throttle));
  CHECK(!budget.take(ErrorClass::throttle));
  budget.give_back({});
  CHECK(budget.left() == 1);
  budget.give_back(ErrorClass::transient);
  CHECK(budget.left() == 15);
  for (int i = 0; i < 1000; ++i) {
    budget.give_back({});
  }
  CHECK(budget.left() == 500);
}
