// Channel: the bytes of one connection, plain or by TLS.
//
// A plain one is its Socket and nothing else; one by TLS has a TlsStream on top.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "server/socket.h"
#include "server/tls_identity.h"
#include "server/tls_stream.h"

namespace penstock {

class Channel {
 public:
  // `identity`: null for a plain connection.
  Channel(Socket&& socket, const TlsIdentity* identity) : socket_(std::move(socket)) {
    if (identity) tls_ = std::make_unique<TlsStream>(identity->begin(), socket_.descriptor());
  }
  ~Channel() { close(); }

  bool secure() const { return tls_ != nullptr; }
  int descriptor() const { return socket_.descriptor(); }

  // Once the two have not agreed to talk: what the peer still sends, to be thrown away.
  Transfer read(std::span<char> into) {
    return tls_ && tls_->disagreement().empty() ? tls_->read(into) : socket_.read(into);
  }
  Transfer write(std::string_view bytes, std::string_view more = {}) {
    return tls_ ? tls_->write(bytes, more) : socket_.write(bytes, more);
  }
  // What a read would find now, without taking anything.
  Flow look() const { return tls_ ? tls_->look() : socket_.look(); }
  // What stopped a read goes on when the kernel takes bytes.
  bool wants_writing() const { return tls_ && tls_->wants_writing(); }
  // Why there will be no TLS; empty: nothing speaks against it.
  std::string_view disagreement() const { return tls_ ? std::string_view(tls_->disagreement()) : std::string_view(); }
  void shut_sending() {
    if (tls_) tls_->shut_sending();
    socket_.shut_sending();
  }
  void close() {
    if (tls_ && socket_.descriptor() >= 0) tls_->shut_sending();
    tls_.reset();
    socket_.close();
  }

 private:
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace penstock
