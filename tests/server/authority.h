// Authority: somebody for tests who vouches for certificates by TLS, and takes them back.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "server/tls_identity.h"

namespace penstock {

class Authority {
 public:
  explicit Authority(const std::string& name);

  const std::string& pem() const { return pem_; }
  // For a client of this name; `purpose` as OpenSSL writes extended key usages; good for an hour, or `expired`.
  TlsIdentity::Pem issue(const std::string& name, const std::string& purpose = "clientAuth", bool expired = false);
  // The list of what it has revoked, of the one that was issued last.
  std::string revocation_of_the_last() const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };

  std::unique_ptr<EVP_PKEY, Free> key_;
  std::unique_ptr<X509, Free> certificate_;
  std::string pem_;
  long last_ = 1;  // serial number
};

}  // namespace penstock
