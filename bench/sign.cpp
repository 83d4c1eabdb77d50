#include "aws/sigv4.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

// What a signature costs beside one pass of SHA-256 over the same body. The three take turns, so
// that a busy machine slows all of them; medians and ratios are printed.
namespace {

using namespace flame;
using namespace flame::aws;
using Time = std::chrono::steady_clock;

constexpr int k_rounds = 201;
constexpr int k_times = 50; // signatures a round, so that the clock costs nothing

const Credentials k_keys = {.access_key_id = "AKIDEXAMPLE",
                            .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

struct Contestant {
  const char* name;
  std::function<void()> run;
  std::vector<double> nanoseconds = {};
};

double median(std::vector<double>& values)
{
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

void measure(Contestant& contestant)
{
  const Time::time_point start = Time::now();
  for (int i = 0; i < k_times; ++i) {
    contestant.run();
  }
  const std::chrono::duration<double, std::nano> spent = Time::now() - start;
  contestant.nanoseconds.push_back(spent.count() / k_times);
}

// The floor: fetched once, one context.
class Pass {
public:
  explicit Pass(const std::string& body) : body_(body) {}
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  ~Pass()
  {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(sha256_);
  }
  void run()
  {
    EVP_DigestInit_ex2(context_, sha256_, nullptr);
    EVP_DigestUpdate(context_, body_.data(), body_.size());
    EVP_DigestFinal_ex(context_, digest_.data(), nullptr);
  }

private:
  const std::string& body_;
  EVP_MD* sha256_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context_ = EVP_MD_CTX_new();
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest_ = {};
};

// Signs the same request again and again: the body is moved through, as a client moves it.
class Signing {
public:
  Signing(std::string body, bool new_key) : new_key_(new_key)
  {
    request_ = {.method = "POST", .scheme = "https", .host = "ec2.eu-west-1.amazonaws.com"};
    request_.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
    request_.body = std::move(body);
  }
  void run()
  {
    if (new_key_) { // another day, another key
      time_ += std::chrono::days(days_ ? -1 : 1);
      days_ = !days_;
    }
    request_ = sign(std::move(request_), {"eu-west-1", "ec2", time_}, k_keys);
    request_.headers.resize(1);
  }

private:
  Request request_ = {};
  Seconds time_{std::chrono::seconds(1'768'464'930)};
  bool new_key_;
  bool days_ = false;
};

void compare(const char* title, const std::string& body)
{
  Pass pass(body);
  Signing cached(body, false);
  Signing fresh(body, true);
  std::array<Contestant, 3> contestants = {
    Contestant{"one SHA-256 pass", [&] { pass.run(); }},
    Contestant{"signature, key known", [&] { cached.run(); }},
    Contestant{"signature, new key", [&] { fresh.run(); }}};
  for (int round = 0; round < k_rounds; ++round) {
    for (Contestant& contestant : contestants) {
      measure(contestant);
    }
  }
  fmt::print("{} (median of {})\n", title, k_rounds);
  const double floor = median(contestants[0].nanoseconds);
  for (Contestant& contestant : contestants) {
    const double spent = median(contestant.nanoseconds);
    fmt::print("  {:22}{:8.0f} ns{:8.2f}\n", contestant.name, spent, spent / floor);
  }
}

} // namespace

int main()
{
  compare("20 KB body", std::string(20'000, 'x'));
  compare("empty body", "");
}
