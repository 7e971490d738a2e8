#include "auth/notification_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "base/base64.h"
#include "base/digest.h"

namespace penstock {
namespace {

using std::chrono::days;

constexpr int kBits = 2048;
constexpr int kBitsMax = 8192;
constexpr std::size_t kCommonNameMax = 64;
constexpr std::size_t kPemMax = 64 * 1024;
constexpr days kGoodBefore{1};
constexpr days kGoodFor{3650};

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
void free_bio(BIO* bio) { BIO_free(bio); }
using Bio = std::unique_ptr<BIO, Freed<BIO, free_bio>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX, EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>>;

tl::unexpected<std::string> fault(std::string text) { return tl::unexpected(std::move(text)); }

bool is_host(std::string_view name) {
  return !name.empty() && name.size() <= kCommonNameMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::string der_of(X509* certificate) {
  unsigned char* out = nullptr;
  const int size = i2d_X509(certificate, &out);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

std::string_view text_in(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view{};
}

Bio reading(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody is asked for a password.
int no_password(char*, int, int, void*) { return -1; }

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A number of 127 bits that the key itself gives.
bool set_serial(X509* certificate, EVP_PKEY* key) {
  unsigned char* out = nullptr;
  const int size = i2d_PUBKEY(key, &out);
  if (size <= 0) return false;
  Sha256 digest = sha256({reinterpret_cast<char*>(out), static_cast<std::size_t>(size)});
  OPENSSL_free(out);
  digest[0] = static_cast<std::uint8_t>((digest[0] & 0x7f) | 0x40);
  const Number serial(BN_bin2bn(digest.data(), 16, nullptr));
  return serial && BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Certificate self_signed(EVP_PKEY* key, const std::string& common_name, WallTime now) {
  const auto moment = [](WallTime time) { return static_cast<time_t>(time.time_since_epoch().count()); };
  Certificate made(X509_new());
  X509* const certificate = made.get();
  if (!made) return nullptr;
  X509_NAME* const name = X509_get_subject_name(certificate);
  const bool good = X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate, key) &&
                    ASN1_TIME_set(X509_getm_notBefore(certificate), moment(now - kGoodBefore)) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(certificate), moment(now + kGoodFor)) != nullptr &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                               reinterpret_cast<const unsigned char*>(common_name.data()),
                                               static_cast<int>(common_name.size()), -1, 0) == 1 &&
                    X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
                    add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(certificate, NID_subject_alt_name, "DNS:" + common_name) &&
                    X509_sign(certificate, key, EVP_sha256()) > 0;
  return good ? std::move(made) : nullptr;
}

}  // namespace

NotificationKey::NotificationKey(Key key, Secret pem, std::string certificate, std::string id)
    : key_(std::move(key)), pem_(std::move(pem)), certificate_(std::move(certificate)), id_(std::move(id)) {}

tl::expected<NotificationKey, std::string> NotificationKey::generate(std::string_view common_name,
                                                                     WallTime now) {
  if (!is_host(common_name))
    return fault("the common name must have 1 to 64 letters, digits, dots or hyphens");
  const Key key(EVP_RSA_gen(static_cast<unsigned>(kBits)), &EVP_PKEY_free);
  if (!key) return fault("OpenSSL could not make a key");
  const Certificate certificate = self_signed(key.get(), std::string(common_name), now);
  if (!certificate) return fault("OpenSSL could not make a certificate");
  // OpenSSL wipes the memory of such a BIO when it goes.
  const Bio pem(BIO_new(BIO_s_mem()));
  if (!pem || PEM_write_bio_PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(pem.get(), certificate.get()) != 1) {
    return fault("OpenSSL could not write the key");
  }
  return from_pem(text_in(pem));
}

tl::expected<NotificationKey, std::string> NotificationKey::from_pem(std::string_view pem) {
  if (pem.size() > kPemMax) return fault("the text is longer than 64 KiB");
  const Bio key_text = reading(pem), certificate_text = reading(pem);
  if (!key_text || !certificate_text) return fault("OpenSSL could not read the text");
  Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, no_password, nullptr), &EVP_PKEY_free);
  const Certificate certificate(PEM_read_bio_X509(certificate_text.get(), nullptr, no_password, nullptr));
  const bool own = key && certificate && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();  // a refusal must not be found by whoever uses OpenSSL next in this thread
  if (!key) return fault("the text has no unencrypted private key");
  if (!certificate) return fault("the text has no certificate");
  const int bits = EVP_PKEY_get_bits(key.get());
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || bits < kBits || bits > kBitsMax)
    return fault("the key is not RSA of 2048 to 8192 bits");
  if (!own) return fault("the certificate is not of this key");

  const Bio alone(BIO_new(BIO_s_mem()));
  if (!alone || PEM_write_bio_X509(alone.get(), certificate.get()) != 1)
    return fault("OpenSSL could not write the certificate");
  const std::string der = der_of(certificate.get());
  if (der.empty()) return fault("OpenSSL could not encode the certificate");
  return NotificationKey(std::move(key), Secret(pem), std::string(text_in(alone)),
                         hex(sha256(der)).substr(0, 32));
}

std::string NotificationKey::sign(SignatureVersion version, std::string_view string_to_sign) const {
  const EVP_MD* const digest = version == SignatureVersion::kSha1 ? EVP_sha1() : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;  // the context's own
  std::array<unsigned char, kBitsMax / 8> signature;
  std::size_t size = signature.size();
  // The key was seen to be good, so this fails only for want of memory: then no answer can be right.
  if (!context || EVP_DigestSignInit(context.get(), &padding, digest, nullptr, key_.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PADDING) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size,
                     reinterpret_cast<const unsigned char*>(string_to_sign.data()),
                     string_to_sign.size()) != 1) {
    std::abort();
  }
  return base64_encode({reinterpret_cast<const char*>(signature.data()), size});
}

}  // namespace penstock
