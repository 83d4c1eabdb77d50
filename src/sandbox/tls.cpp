#include "sandbox/tls.hpp"

#include "io/files.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace flame::sandbox {
namespace {

constexpr long k_hour = 3600; // seconds

template <typename T, void (*Free)(T*)> struct Freed {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

bool extend(X509* certificate, int id, const char* value)
{
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make_certificate(EVP_PKEY* key)
{
  Certificate made(X509_new());
  X509* x509 = made.get();
  const auto* name = reinterpret_cast<const unsigned char*>("flame-ec2-sandbox");
  const bool done =
    x509 != nullptr && key != nullptr && X509_set_version(x509, 2) == 1 // 2 is version 3
    && ASN1_INTEGER_set(X509_get_serialNumber(x509), 1) == 1
    && X509_gmtime_adj(X509_getm_notBefore(x509), -k_hour) != nullptr
    && X509_gmtime_adj(X509_getm_notAfter(x509), 30L * 24 * k_hour) != nullptr
    && X509_set_pubkey(x509, key) == 1
    && X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC, name, -1, -1, 0)
         == 1
    && X509_set_issuer_name(x509, X509_get_subject_name(x509)) == 1
    && extend(x509, NID_basic_constraints, "critical,CA:TRUE")
    && extend(x509, NID_subject_alt_name, "DNS:localhost,DNS:*.localhost,IP:127.0.0.1")
    && X509_sign(x509, key, EVP_sha256()) > 0;
  return done ? std::move(made) : nullptr;
}

std::string text_of(BIO* bio)
{
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

} // namespace

Result<TlsFiles> make_tls_files(const std::string& folder)
{
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate = make_certificate(key.get());
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  if (!certificate || PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1
      || PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
           != 1) {
    return fail(ErrorKind::internal, "OpenSSL made no certificate");
  }
  TlsFiles files{.certificate = folder + "/ca.pem", .key = folder + "/key.pem"};
  return io::write_file(files.certificate, text_of(certificate_text.get()))
    .and_then([&] { return io::write_file(files.key, text_of(key_text.get())); })
    .map([&] { return files; });
}

} // namespace flame::sandbox
