// TlsClient: a blocking client by TLS for tests, which trusts one certificate and may show one of its own. Every wait
// ends after ten seconds, with a failure.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "server/tls_identity.h"
#include "tests/server/http_client.h"

namespace penstock {

class TlsClient {
 public:
  // `shown`: its own certificate; empty: none.
  TlsClient(std::uint16_t port, const std::string& trusted_pem, const char* host = "localhost",
            const TlsIdentity::Pem& shown = {}, int version_max = TLS1_3_VERSION);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;

  // Its own side of the handshake is done. By TLS 1.3 the server may refuse it all the same.
  bool shaken() const { return shaken_; }
  std::string version() const { return SSL_get_version(ssl_); }
  void send(std::string_view bytes);
  HttpAnswer answer();
  HttpAnswer call(std::string_view action, const nlohmann::json& json) {
    send(json_request(action, json.dump()));
    return answer();
  }
  void close() { SSL_shutdown(ssl_); }
  bool ended() { return !read_more(); }
  // The alert that ended the handshake or the connection, in OpenSSL's words; empty: there was none.
  const std::string& alert() const { return alert_; }

 private:
  bool read_more();
  void note_alert();

  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool shaken_ = false;
  std::string alert_;
  std::string received_;
};

}  // namespace penstock
