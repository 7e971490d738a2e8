// Secret: bytes that must not be found later: not in a log, not in a copy that was forgotten, not in memory
// that was given back.
//
// It has one owner, is wiped when that one goes, compares in constant time, and can be printed by nobody by
// accident: `revealed` is the only way to its bytes, and easy to search for.
#pragma once

#include <openssl/crypto.h>

#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  ~Secret() { wipe(); }

  std::string_view revealed() const { return {bytes_.data(), bytes_.size()}; }
  bool empty() const { return bytes_.empty(); }

  // Takes as long for a near miss as for a wild guess; only a wrong length shows.
  bool equals(std::string_view guess) const {
    return guess.size() == bytes_.size() && CRYPTO_memcmp(guess.data(), bytes_.data(), bytes_.size()) == 0;
  }

 private:
  void wipe() {
    if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
  }

  std::vector<char> bytes_;
};

}  // namespace penstock
