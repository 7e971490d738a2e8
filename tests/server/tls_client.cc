#include "tests/server/tls_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/server/answer_text.h"

namespace penstock {
namespace {

template <class Object, class Read>
Object* object_in(const std::string& pem, Read read) {
  BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Object* const object = read(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return object;
}

}  // namespace

TlsClient::TlsClient(std::uint16_t port, const std::string& trusted_pem, const char* host,
                     const TlsIdentity::Pem& shown, int version_max) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  context_ = SSL_CTX_new(TLS_client_method());
  if (version_max < TLS1_2_VERSION) {
    // What nobody should speak any more has to be asked for.
    SSL_CTX_set_min_proto_version(context_, version_max);
    SSL_CTX_set_security_level(context_, 0);
  }
  SSL_CTX_set_max_proto_version(context_, version_max);
  X509* const trusted = object_in<X509>(trusted_pem, PEM_read_bio_X509);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), trusted);
  X509_free(trusted);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  if (!shown.certificate.empty()) {
    X509* const own = object_in<X509>(shown.certificate, PEM_read_bio_X509);
    EVP_PKEY* const key = object_in<EVP_PKEY>(shown.key, PEM_read_bio_PrivateKey);
    EXPECT_EQ(SSL_CTX_use_certificate(context_, own), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context_, key), 1);
    X509_free(own);
    EVP_PKEY_free(key);
  }
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, socket_);
  SSL_set1_host(ssl_, host);
  shaken_ = SSL_connect(ssl_) == 1;
  if (!shaken_) note_alert();
}

TlsClient::~TlsClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) ::close(socket_);
}

void TlsClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t size = 0;
    ASSERT_EQ(SSL_write_ex(ssl_, bytes.data(), bytes.size(), &size), 1);
    bytes.remove_prefix(size);
  }
}

HttpAnswer TlsClient::answer() {
  return take_answer(received_, false, [this] { return read_more(); });
}

bool TlsClient::read_more() {
  char bytes[16 << 10];
  std::size_t size = 0;
  if (SSL_read_ex(ssl_, bytes, sizeof bytes, &size) != 1) {
    note_alert();
    return false;
  }
  received_.append(bytes, size);
  return true;
}

void TlsClient::note_alert() {
  const unsigned long code = ERR_peek_error();
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) >= SSL_AD_REASON_OFFSET) {
    alert_ = ERR_reason_error_string(code);
  }
  ERR_clear_error();
}

}  // namespace penstock
