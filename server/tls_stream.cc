#include "server/tls_stream.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509.h>

#include <array>
#include <utility>

namespace penstock {
namespace {

// A record holds at most so much; two pieces that fit into one are written as one.
constexpr std::size_t kRecordMax = 16 << 10;
constexpr std::size_t kSubjectMax = 200;

}  // namespace

TlsStream::TlsStream(SSL* ssl, int descriptor, TlsSide side) : ssl_(ssl) {
  broken_ = !ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1;
  if (!ssl_) return;
  side == TlsSide::kServer ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), judged);
}

TlsStream::~TlsStream() = default;

Flow TlsStream::flow_of(int result) {
  wants_writing_ = false;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Flow::kBlocked;
    case SSL_ERROR_WANT_WRITE:
      wants_writing_ = true;
      return Flow::kBlocked;
    case SSL_ERROR_ZERO_RETURN:
      return Flow::kEnded;
    case SSL_ERROR_SSL:
      // By TLS 1.3 the word of a server that refuses our certificate comes when the handshake is over for us.
      if (!SSL_is_init_finished(ssl_.get()) || ERR_GET_REASON(ERR_peek_error()) >= SSL_AD_REASON_OFFSET) {
        disagreement_ = why_not();
      }
      [[fallthrough]];
    default:
      broken_ = true;
      ERR_clear_error();
      return Flow::kBroken;
  }
}

int TlsStream::judged(int good, X509_STORE_CTX* store) {
  if (good == 1) return good;
  const auto* const ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const stream = static_cast<TlsStream*>(SSL_get_app_data(ssl));
  if (const X509* const refused = X509_STORE_CTX_get_current_cert(store)) {
    // What is not printable in it is escaped.
    std::array<char, kSubjectMax> subject{};
    X509_NAME_oneline(X509_get_subject_name(refused), subject.data(), static_cast<int>(subject.size()));
    stream->refused_ = subject.data();
  }
  return good;
}

std::string TlsStream::why_not() const {
  if (const long verdict = SSL_get_verify_result(ssl_.get()); verdict != X509_V_OK) {
    return std::string("its certificate: ") + X509_verify_cert_error_string(verdict) + " (" + refused_ + ")";
  }
  const unsigned long code = ERR_peek_error();
  if (ERR_GET_REASON(code) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) return "it shows no certificate";
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "TLS failed";
}

Transfer TlsStream::read(std::span<char> into) {
  if (broken_) return {Flow::kBroken, 0};
  Transfer read{Flow::kMoved, 0};
  while (read.bytes < into.size()) {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data() + read.bytes, into.size() - read.bytes, &size);
    if (result != 1) {
      // What came before it is told first; the end, or the break, by the next read.
      const Flow flow = flow_of(result);
      if (read.bytes == 0) read.flow = flow;
      break;
    }
    wants_writing_ = false;
    read.bytes += size;
  }
  return read;
}

Transfer TlsStream::write_some(std::string_view bytes) {
  if (bytes.empty()) return {Flow::kMoved, 0};
  ERR_clear_error();
  std::size_t size = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
  if (result == 1) return {Flow::kMoved, size};
  const Flow flow = flow_of(result);
  // What the kernel does not take is told by the watch in any case; this is for handshakes.
  wants_writing_ = false;
  return {flow == Flow::kEnded ? Flow::kBroken : flow, 0};
}

Transfer TlsStream::write(std::string_view bytes, std::string_view more) {
  if (broken_) return {Flow::kBroken, 0};
  if (!more.empty() && bytes.size() + more.size() <= kRecordMax) {
    joined_.assign(bytes).append(more);
    bytes = joined_;
    more = {};
  }
  Transfer written{Flow::kMoved, 0};
  for (std::string_view piece : {bytes, more}) {
    while (!piece.empty()) {
      const Transfer some = write_some(piece);
      if (some.flow == Flow::kBroken) return some;
      if (some.flow == Flow::kBlocked) {
        if (written.bytes == 0) written.flow = Flow::kBlocked;
        return written;
      }
      written.bytes += some.bytes;
      piece.remove_prefix(some.bytes);
    }
  }
  return written;
}

Flow TlsStream::look() {
  if (broken_) return Flow::kBroken;
  ERR_clear_error();
  char byte = 0;
  std::size_t size = 0;
  const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &size);
  return result == 1 ? Flow::kMoved : flow_of(result);
}

void TlsStream::shut_sending() {
  if (broken_ || !SSL_is_init_finished(ssl_.get())) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace penstock
