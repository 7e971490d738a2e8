// ClientTls: how this program connects by TLS itself: whom it trusts, and what it shows of itself.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace penstock {

struct FreeClientTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
// TLS 1.2 and later; the other side must show a certificate that is vouched for.
using ClientTls = std::unique_ptr<SSL_CTX, FreeClientTls>;

// Trusts nobody yet; null if there is no memory.
ClientTls new_client_tls();

// Whom to trust when a daemon is asked, and what to show to it. Paths of PEM files.
struct TlsTrust {
  std::string ca_file;      // those who vouch for it; empty: whom the system trusts
  std::string pinned_file;  // in their place: the very certificate that it shows, whatever host it names
  std::string certificate_file;  // what we show, those that vouch for it behind it; empty: nothing
  std::string key_file;          // its key
};
// Or what is wrong with these files.
tl::expected<ClientTls, std::string> client_tls(const TlsTrust& trust);

// Why nobody can be vouched for by that file; nothing: there is a certificate in it.
std::optional<std::string> wrong_with_authorities(const std::string& path);

// A connection to this host (a name, or an address), whose certificate must be of that host; null if there is no memory.
SSL* begin_client_tls(SSL_CTX* context, const std::string& host, bool host_is_address);
// The same without a look at what host the certificate is of.
SSL* begin_pinned_tls(SSL_CTX* context);

}  // namespace penstock
