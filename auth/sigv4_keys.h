// SigningKeys: the keys that signatures are made with, and the making itself.
//
// A signing key is the secret, hashed with date, region and service in turn (Signature Version 4, "Derive a
// signing key"): four HMACs that are the same for a whole day of one caller. So they are kept, by
// credential, date, region and service, in sets of four of which the one that was used longest ago gives
// way; the bound holds whatever regions a caller makes up.
//
// A key is kept as the OpenSSL context that has hashed it already, about a kilobyte, which OpenSSL wipes when
// the key gives way and at the end. One thread owns it.
#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "auth/secret.h"
#include "base/digest.h"

namespace penstock {

// HMAC-SHA-256 by OpenSSL, under the key that it was given last. Aborts if OpenSSL has none or has no memory:
// then no answer can be right.
class Hmac {
 public:
  Hmac();
  // One with the same key, without hashing it again; the algorithm is not looked up again either.
  Hmac(const Hmac& other);
  Hmac& operator=(const Hmac&) = delete;

  void use(std::string_view key);
  Sha256 operator()(std::string_view message);

 private:
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context_;
};

class SigningKeys {
 public:
  static constexpr std::size_t kKeysMax = 256;
  static constexpr std::size_t kDateLength = 8;  // "20261122"
  static constexpr std::size_t kRegionMax = 23;  // as long as the name of a region may be
  static constexpr std::size_t kServiceMax = 23;
  static constexpr std::uint32_t kNobody = 0xffff'ffff;

  // What a key is for. `credential` is a number that stands for the secret and for nothing else until
  // `forget`. Longer texts than the bounds above break an invariant.
  struct Purpose {
    std::uint32_t credential;
    std::string_view date, region, service;
  };

  SigningKeys() = default;
  SigningKeys(const SigningKeys&) = delete;
  SigningKeys& operator=(const SigningKeys&) = delete;

  // The signature of that text.
  Sha256 sign(const Purpose& purpose, const Secret& secret, std::string_view string_to_sign);

  // From here on the numbers of credentials may stand for others.
  void forget();

  std::size_t derived() const { return derived_; }  // so many keys so far

 private:
  static constexpr std::size_t kWays = 4;

  struct Slot {
    std::uint64_t used = 0;  // 0: nothing is here
    std::uint32_t credential = 0;
    std::uint8_t region_length = 0, service_length = 0;
    std::array<char, kDateLength> date{};
    std::array<char, kRegionMax> region{};
    std::array<char, kServiceMax> service{};
    std::unique_ptr<Hmac> key;

    bool is_for(const Purpose& purpose) const;
  };

  Slot& slot_for(const Purpose& purpose, const Secret& secret);
  std::unique_ptr<Hmac> derive(const Purpose& purpose, const Secret& secret);

  Hmac deriving_;
  std::array<Slot, kKeysMax> slots_{};
  std::uint64_t uses_ = 0;
  std::size_t derived_ = 0;
};

}  // namespace penstock
