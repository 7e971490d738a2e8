// TlsIdentity: the certificate and key that a daemon shows to those who connect by TLS.
//
// It is read when the daemon starts and again on SIGHUP; connections keep the one that they began with. What
// is offered is TLS 1.2 and 1.3, without renegotiation and compression. Any thread may begin a connection.
//
// It may want certificates of clients. Then each connection is judged by itself: none resumes an earlier one, so that
// who is no longer vouched for is refused from the next connection on.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/shared_slot.h"

namespace penstock {

class TlsIdentity {
 public:
  // PEM texts: the certificate, with those that vouch for it behind it; and its unencrypted private key.
  struct Pem {
    std::string certificate;
    std::string key;
  };
  // Which clients may connect.
  struct Clients {
    std::string authorities;  // PEM: the certificates of those who vouch for clients, and their lists of revoked ones
    bool required = true;     // false: so may clients that show no certificate
  };
  // What connections can begin with.
  using Context = std::shared_ptr<SSL_CTX>;

  // A new key and a certificate that vouches for itself, good for ten years for these hosts (names or
  // addresses) and for whoever chooses to trust it.
  static tl::expected<Pem, std::string> self_signed(const std::vector<std::string>& hosts);
  // The files, or what is wrong with them, in one line that repeats nothing of the key.
  static tl::expected<Pem, std::string> read(const std::string& certificate_path,
                                             const std::string& key_path);
  static tl::expected<std::string, std::string> read(const std::string& path);

  // Or what is wrong with these. No clients: whoever connects.
  static tl::expected<Context, std::string> prepare(const Pem& pem, const std::optional<Clients>& clients);

  TlsIdentity() = default;

  // From here on connections begin with this one.
  void use(Context context) { context_.exchange(std::move(context)); }

  // For a connection that was accepted; null if there is no memory for it, or no identity.
  SSL* begin() const;

 private:
  SharedSlot<SSL_CTX> context_;
};

}  // namespace penstock
