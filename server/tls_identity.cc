#include "server/tls_identity.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "server/endpoint.h"

namespace penstock {
namespace {

constexpr std::size_t kPemMax = 256 << 10;
constexpr long kGoodForSeconds = 10L * 366 * 24 * 3600;
constexpr long kGoodBeforeSeconds = 24L * 3600;

template <auto Free>
struct FreedBy {
  template <class Object>
  void operator()(Object* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, FreedBy<&BIO_free_all>>;
using Key = std::unique_ptr<EVP_PKEY, FreedBy<&EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreedBy<&X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreedBy<&X509_EXTENSION_free>>;

tl::unexpected<std::string> fault(std::string text) {
  ERR_clear_error();  // it must not be found by whoever uses OpenSSL next in this thread
  return tl::unexpected(std::move(text));
}

Bio reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_in(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// Nobody is asked for a password.
int no_password(char*, int, int, void*) { return -1; }

struct FreeInfos {
  void operator()(STACK_OF(X509_INFO) * infos) const { sk_X509_INFO_pop_free(infos, X509_INFO_free); }
};

// Whoever has a certificate that one of these vouches for, and that none of their lists has revoked.
bool trust_clients(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reading(pem);
  const std::unique_ptr<STACK_OF(X509_INFO), FreeInfos> infos(
      PEM_X509_INFO_read_bio(bio.get(), nullptr, no_password, nullptr));
  if (!infos) return false;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  bool vouched = false;
  for (int at = 0; at < sk_X509_INFO_num(infos.get()); ++at) {
    const X509_INFO* const info = sk_X509_INFO_value(infos.get(), at);
    if (info->x509 != nullptr) {
      // The name tells clients that have several certificates which one is wanted.
      if (X509_STORE_add_cert(store, info->x509) != 1 || SSL_CTX_add_client_CA(context, info->x509) != 1) return false;
      vouched = true;
    }
    if (info->crl != nullptr && (X509_STORE_add_crl(store, info->crl) != 1 ||
                                 X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK) != 1)) {
      return false;
    }
  }
  return vouched;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);
  BIGNUM* const number = BN_bin2bn(bytes, sizeof bytes, nullptr);
  const bool set =
      number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

// "DNS:localhost,IP:127.0.0.1"
std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    const bool address =
        host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
    names += (names.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + host;
  }
  return names;
}

Certificate certificate_of(EVP_PKEY* key, const std::vector<std::string>& hosts) {
  Certificate made(X509_new());
  X509* const certificate = made.get();
  if (!made) return nullptr;
  X509_NAME* const name = X509_get_subject_name(certificate);
  constexpr std::string_view kName = "Penstock";
  const bool good = X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
                    X509_gmtime_adj(X509_getm_notBefore(certificate), -kGoodBeforeSeconds) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(certificate), kGoodForSeconds) != nullptr &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                               reinterpret_cast<const unsigned char*>(kName.data()),
                                               static_cast<int>(kName.size()), -1, 0) == 1 &&
                    X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
                    // So that it can be given to clients as the authority to trust.
                    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                    add_extension(certificate, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
                    add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
                    add_extension(certificate, NID_subject_key_identifier, "hash") &&
                    add_extension(certificate, NID_subject_alt_name, alternative_names(hosts)) &&
                    X509_sign(certificate, key, EVP_sha256()) > 0;
  return good ? std::move(made) : nullptr;
}

// The certificate and those behind it.
bool use_chain(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reading(pem);
  const Certificate own(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) return false;
  while (Certificate next{PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)}) {
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1) return false;
    static_cast<void>(next.release());  // the context's now
  }
  ERR_clear_error();  // the end of the text counts as one
  return true;
}

}  // namespace

tl::expected<TlsIdentity::Pem, std::string> TlsIdentity::self_signed(const std::vector<std::string>& hosts) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return fault("OpenSSL could not make a key");
  const Certificate certificate = certificate_of(key.get(), hosts);
  if (!certificate) return fault("OpenSSL could not make a certificate");
  const Bio key_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
  if (!key_text || !certificate_text ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return fault("OpenSSL could not write the key");
  }
  return Pem{text_in(certificate_text), text_in(key_text)};
}

tl::expected<std::string, std::string> TlsIdentity::read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fault(path + " cannot be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > kPemMax) return fault(path + " is longer than a certificate or key can be");
  return text;
}

tl::expected<TlsIdentity::Pem, std::string> TlsIdentity::read(const std::string& certificate_path,
                                                              const std::string& key_path) {
  auto certificate = read(certificate_path);
  if (!certificate) return tl::unexpected(std::move(certificate.error()));
  auto key = read(key_path);
  if (!key) return tl::unexpected(std::move(key.error()));
  return Pem{*std::move(certificate), *std::move(key)};
}

tl::expected<TlsIdentity::Context, std::string> TlsIdentity::prepare(const Pem& pem,
                                                                     const std::optional<Clients>& clients) {
  const Context context(SSL_CTX_new(TLS_server_method()), FreedBy<&SSL_CTX_free>());
  if (!context) return fault("OpenSSL has no memory for TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (!use_chain(context.get(), pem.certificate)) return fault("the certificate's file has no certificate");
  const Bio bio = reading(pem.key);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) return fault("the key's file has no unencrypted private key");
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return fault("the key is not the certificate's");
  }
  if (clients) {
    if (!trust_clients(context.get(), clients->authorities)) {
      return fault("there is no certificate in it, or one that cannot be read");
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | (clients->required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context.get(), 0);
  }
  ERR_clear_error();
  return context;
}

SSL* TlsIdentity::begin() const {
  const Context context = context_.load();
  return context ? SSL_new(context.get()) : nullptr;
}

}  // namespace penstock
