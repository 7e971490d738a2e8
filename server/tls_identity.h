// TlsIdentity: the certificate and key that a daemon shows to those who connect by TLS.
//
// It is read when the daemon starts and again on SIGHUP; connections keep the one that they began with. What
// is offered is TLS 1.2 and 1.3, without renegotiation and compression. Any thread may begin a connection.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace penstock {

class TlsIdentity {
 public:
  // PEM texts: the certificate, with those that vouch for it behind it; and its unencrypted private key.
  struct Pem {
    std::string certificate;
    std::string key;
  };

  // A new key and a certificate that vouches for itself, good for ten years for these hosts (names or
  // addresses) and for whoever chooses to trust it.
  static tl::expected<Pem, std::string> self_signed(const std::vector<std::string>& hosts);
  // The files, or what is wrong with them, in one line that repeats nothing of the key.
  static tl::expected<Pem, std::string> read(const std::string& certificate_path,
                                             const std::string& key_path);

  TlsIdentity() = default;

  // From here on connections begin with this one; or what is wrong with it, and all stays as it was.
  tl::expected<void, std::string> use(const Pem& pem);

  // For a connection that was accepted; null if there is no memory for it, or no identity.
  SSL* begin() const;

 private:
  using Context = std::shared_ptr<SSL_CTX>;

  std::atomic<Context> context_{};
};

}  // namespace penstock
