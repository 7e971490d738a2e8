// TlsStream: the bytes of one connection that speaks TLS.
//
// It works on the descriptor of a non-blocking socket, which belongs to somebody else, and moves bytes as
// Socket does: a read gives all that has arrived, up to its room; a write that the kernel did not take whole
// is to be tried again with the rest of the same bytes. The handshake takes place by the way, in reads.
//
// Bytes count as written when the record that holds them has left whole. What the kernel took of a record
// that did not can't be read by the peer, so an answer of which no byte is written has reached nobody.
//
// OpenSSL writes in a way that raises SIGPIPE if the peer is gone: the process ignores that signal. One
// thread owns it.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "server/socket.h"

namespace penstock {

enum class TlsSide { kServer, kClient };

class TlsStream {
 public:
  // Takes the SSL: one that TlsIdentity::begin gave, or of a client. Null: the connection is broken.
  TlsStream(SSL* ssl, int descriptor, TlsSide side = TlsSide::kServer);
  ~TlsStream();

  Transfer read(std::span<char> into);
  Transfer write(std::string_view bytes, std::string_view more);
  Flow look();
  // Tells the peer that nothing more comes, as far as the kernel takes it now.
  void shut_sending();
  // A handshake goes on once the kernel takes bytes again.
  bool wants_writing() const { return wants_writing_; }
  bool shaken() const { return !broken_ && SSL_is_init_finished(ssl_.get()); }
  // Why the two did not agree to talk, in words of ours or of OpenSSL's, and whose certificate was refused, if one was.
  // Empty: they did, or have not yet, or the peer went away. The peer has been told by an alert.
  const std::string& disagreement() const { return disagreement_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  Flow flow_of(int result);
  std::string why_not() const;
  // OpenSSL's word on one certificate of the peer's, as it is to go on.
  static int judged(int good, X509_STORE_CTX* store);
  Transfer write_some(std::string_view bytes);

  std::unique_ptr<SSL, Free> ssl_;
  bool wants_writing_ = false;
  bool broken_ = false;
  std::string refused_;  // whose certificate
  std::string disagreement_;
  std::string joined_;  // head and body, while they are written together
};

}  // namespace penstock
