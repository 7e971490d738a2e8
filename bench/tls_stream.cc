#include "bench/tls_stream.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <stdexcept>

namespace penstock {

TlsTrust::TlsTrust(const std::string& authorities_file)
    : context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
  if (!context_) throw std::runtime_error("OpenSSL gives no context");
  const int loaded = authorities_file.empty()
                         ? SSL_CTX_set_default_verify_paths(context_.get())
                         : SSL_CTX_load_verify_locations(context_.get(), authorities_file.c_str(), nullptr);
  if (loaded != 1) throw std::runtime_error("no certificates of authorities in " + authorities_file);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

TlsStream::TlsStream(const TlsTrust& trust, int socket, const std::string& host)
    : ssl_(SSL_new(trust.context()), &SSL_free) {
  in6_addr ignored{};
  const bool is_address =
      inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
  bool ready = ssl_ != nullptr && SSL_set_fd(ssl_.get(), socket) == 1;
  if (ready && is_address) {
    ready = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1;
  } else if (ready) {
    ready = SSL_set1_host(ssl_.get(), host.c_str()) == 1 &&
            SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1;
  }
  if (!ready) throw std::runtime_error("TLS with " + host + " cannot begin");
  SSL_set_connect_state(ssl_.get());
}

ssize_t TlsStream::write(const char* bytes, std::size_t size) {
  ERR_clear_error();
  return result(SSL_write(ssl_.get(), bytes, static_cast<int>(std::min<std::size_t>(size, INT_MAX))));
}

ssize_t TlsStream::read(char* bytes, std::size_t size) {
  ERR_clear_error();
  return result(SSL_read(ssl_.get(), bytes, static_cast<int>(std::min<std::size_t>(size, INT_MAX))));
}

ssize_t TlsStream::result(int done) {
  if (done > 0) return done;
  switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      break;
  }
  if (const long verified = SSL_get_verify_result(ssl_.get()); verified != X509_V_OK) {
    throw std::runtime_error(std::string("the server's certificate is not to be believed: ") +
                             X509_verify_cert_error_string(verified));
  }
  if (errno == 0 || errno == EAGAIN) errno = EPROTO;
  return -1;
}

}  // namespace penstock
