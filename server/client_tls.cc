#include "server/client_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "server/text_file.h"

namespace penstock {
namespace {

constexpr std::size_t kAuthoritiesBytesMax = 16 << 20;  // a system's whole store has a quarter of a megabyte

tl::unexpected<std::string> fault(std::string text) {
  ERR_clear_error();  // it must not be found by whoever uses OpenSSL next in this thread
  return tl::unexpected(std::move(text));
}

// Nobody is asked for a password.
int no_password(char*, int, int, void*) { return -1; }

// The first certificate in the file, and no other.
bool pin(SSL_CTX* context, const std::string& path) {
  BIO* const bio = BIO_new_file(path.c_str(), "r");
  if (bio == nullptr) return false;
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, no_password, nullptr);
  BIO_free(bio);
  if (certificate == nullptr) return false;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const bool pinned =
      X509_STORE_add_cert(store, certificate) == 1 && X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1;
  X509_free(certificate);
  return pinned;
}

}  // namespace

ClientTls new_client_tls() {
  ClientTls context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) return nullptr;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(context.get(), no_password);
  return context;
}

tl::expected<ClientTls, std::string> client_tls(const TlsTrust& trust) {
  ClientTls context = new_client_tls();
  if (!context) return fault("no memory for TLS");
  if (!trust.pinned_file.empty()) {
    if (!pin(context.get(), trust.pinned_file)) return fault(trust.pinned_file + " holds no certificate to trust");
  } else if (trust.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_locations(context.get(), trust.ca_file.c_str(), nullptr) != 1) {
    return fault(trust.ca_file + " holds no certificate to trust");
  }
  if (!trust.certificate_file.empty()) {
    if (SSL_CTX_use_certificate_chain_file(context.get(), trust.certificate_file.c_str()) != 1) {
      return fault(trust.certificate_file + " holds no certificate");
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), trust.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
      return fault(trust.key_file + " holds no unencrypted private key of " + trust.certificate_file);
    }
  }
  ERR_clear_error();
  return context;
}

std::optional<std::string> wrong_with_authorities(const std::string& path) {
  if (const auto text = read_text_file(path, kAuthoritiesBytesMax); !text)
    return path + " cannot be read: " + text.error();
  const auto context = client_tls({.ca_file = path});
  return context ? std::nullopt : std::optional(context.error());
}

SSL* begin_client_tls(SSL_CTX* context, const std::string& host, bool host_is_address) {
  SSL* const ssl = SSL_new(context);
  if (ssl == nullptr) return nullptr;
  const bool good = host_is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1
                                    : SSL_set1_host(ssl, host.c_str()) == 1 &&
                                          SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  if (good) return ssl;
  SSL_free(ssl);
  return nullptr;
}

SSL* begin_pinned_tls(SSL_CTX* context) { return SSL_new(context); }

}  // namespace penstock
