#include "server/tls_stream.h"

#include <openssl/err.h>

#include <utility>

namespace penstock {
namespace {

// A record holds at most so much; two pieces that fit into one are written as one.
constexpr std::size_t kRecordMax = 16 << 10;

}  // namespace

TlsStream::TlsStream(SSL* ssl, int descriptor, TlsSide side) : ssl_(ssl) {
  broken_ = !ssl_ || SSL_set_fd(ssl_.get(), descriptor) != 1;
  if (ssl_) side == TlsSide::kServer ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
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
    default:
      broken_ = true;
      ERR_clear_error();
      return Flow::kBroken;
  }
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
