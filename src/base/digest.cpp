#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <new>

namespace flame {
namespace {

constexpr std::size_t k_block_size = 64;

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

// OpenSSL takes all its tables apart at exit, which costs as much as a launch's signatures, for
// memory that the kernel takes anyway. Only who comes first can say no: us, who sign before we
// send.
const EVP_MD* fetch_sha256()
{
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  return EVP_MD_fetch(nullptr, "SHA256", nullptr);
}

// Fetched once: an implicit fetch costs more than hashing a short text.
const EVP_MD* sha256_algorithm()
{
  static const EVP_MD* const sha256_md = fetch_sha256();
  return sha256_md;
}

std::string digest_of(const EVP_MD* algorithm, std::string_view first, std::string_view second)
{
  // One context a thread, used again: making one allocates twice.
  thread_local const Context context(EVP_MD_CTX_new());
  std::string digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm)), '\0');
  const bool done =
    context && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1
    && EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1
    && EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1
    && EVP_DigestFinal_ex(context.get(), reinterpret_cast<std::uint8_t*>(digest.data()), nullptr)
         == 1;
  if (!done) {
    throw std::bad_alloc(); // the only way that a built-in digest can fail
  }
  return digest;
}

} // namespace

std::string sha256(std::string_view bytes)
{
  return digest_of(sha256_algorithm(), bytes, {});
}

struct Sha256::State {
  Context context = Context(EVP_MD_CTX_new());
};

Sha256::Sha256() : state_(std::make_unique<State>())
{
  if (!state_->context
      || EVP_DigestInit_ex2(state_->context.get(), sha256_algorithm(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes)
{
  if (EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) != 1) {
    throw std::bad_alloc();
  }
}

std::string Sha256::digest()
{
  constexpr std::size_t size = 32;
  std::string digest(size, '\0');
  if (EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<std::uint8_t*>(digest.data()),
                         nullptr)
      != 1) {
    throw std::bad_alloc();
  }
  return digest;
}

std::string sha1(std::string_view bytes)
{
  return digest_of(EVP_sha1(), bytes, {});
}

std::string hmac_sha256(std::string_view key, std::string_view bytes)
{
  const std::string short_key = key.size() > k_block_size ? sha256(key) : std::string(key);
  std::string inner(k_block_size, '\x36');
  std::string outer(k_block_size, '\x5c');
  for (std::size_t i = 0; i < short_key.size(); ++i) {
    inner[i] = static_cast<char>(inner[i] ^ short_key[i]);
    outer[i] = static_cast<char>(outer[i] ^ short_key[i]);
  }
  return digest_of(sha256_algorithm(), outer, digest_of(sha256_algorithm(), inner, bytes));
}

} // namespace flame
