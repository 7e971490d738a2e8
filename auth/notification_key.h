// NotificationKey: the key that SNS messages are signed with, and the certificate by which receivers know it.
//
// RSA of 2,048 bits and a self-signed X.509 certificate, as SDKs' validators expect them. A signature is RSA
// PKCS#1 v1.5, which has no chance in it: the same message under the same key gives the same bytes each time
// it is rendered, so nothing has to be stored but the key. Signing takes a few hundred microseconds and may
// be done by any thread.
//
// The key and the certificate together are one PEM text, which whoever stores it must keep from others (a
// file: mode 0600). Receivers fetch the certificate without credentials, under its file name; a new key has
// a new name, and old certificates must stay available for as long as old messages are about.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "auth/secret.h"
#include "auth/wall_time.h"
#include "base/result.h"

namespace penstock {

// The topic attribute SignatureVersion: "1" is SHA-1, "2" is SHA-256.
enum class SignatureVersion { kSha1 = 1, kSha256 = 2 };

class NotificationKey {
 public:
  // A new one; its certificate is good from a day before `now` for ten years. `common_name` is the host that
  // receivers expect, "sns.us-east-1.amazonaws.com", of at most 64 letters, digits, dots and hyphens.
  static tl::expected<NotificationKey, std::string> generate(std::string_view common_name, WallTime now);

  // The one that `pem` gave. Refused: a text without an unencrypted private key and a certificate, a key
  // that is not RSA of 2,048 to 8,192 bits, a certificate of another key. No refusal repeats the text.
  static tl::expected<NotificationKey, std::string> from_pem(std::string_view pem);

  const Secret& pem() const { return pem_; }
  const std::string& certificate_pem() const { return certificate_; }

  // 32 lower-case hexadecimal digits that stand for this certificate: the beginning of its SHA-256.
  const std::string& id() const { return id_; }
  // "SimpleNotificationService-{id}.pem"
  std::string certificate_file_name() const { return "SimpleNotificationService-" + id_ + ".pem"; }

  // The member Signature: base64.
  std::string sign(SignatureVersion version, std::string_view string_to_sign) const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

  NotificationKey(Key key, Secret pem, std::string certificate, std::string id);

  Key key_;
  Secret pem_;
  std::string certificate_;
  std::string id_;
};

}  // namespace penstock
