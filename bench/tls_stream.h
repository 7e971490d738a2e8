// TlsStream: the client's side of TLS on a socket that does not block. It reads and writes as recv and send
// do: -1 with errno EAGAIN is to be tried again when the socket has moved. The handshake goes on within both.
#pragma once

#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>

namespace penstock {

// Whom a client believes: the authorities of the system, or those of a file in PEM.
class TlsTrust {
 public:
  // Throws if the file cannot be read.
  explicit TlsTrust(const std::string& authorities_file);
  SSL_CTX* context() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

class TlsStream {
 public:
  TlsStream(const TlsTrust& trust, int socket, const std::string& host);
  // Both throw if the server's certificate is not to be believed: then there is nothing to be measured.
  ssize_t write(const char* bytes, std::size_t size);
  ssize_t read(char* bytes, std::size_t size);

 private:
  ssize_t result(int done);

  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
};

}  // namespace penstock
