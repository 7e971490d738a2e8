#include "base/digest.h"

#include <openssl/evp.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/hex.h"

namespace penstock {
namespace {

class Digester {
 public:
  explicit Digester(const char* algorithm)
      : algorithm_(EVP_MD_fetch(nullptr, algorithm, nullptr), &EVP_MD_free),
        context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr) != 1) std::abort();
  }

  template <std::size_t Size>
  std::array<std::uint8_t, Size> operator()(std::string_view bytes) {
    std::array<std::uint8_t, Size> digest{};
    // Fails only for want of memory or of the algorithm itself: then no answer can be right.
    // Without naming the algorithm again, which would set the context up anew.
    if (EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) {
      std::abort();
    }
    return digest;
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

Md5 md5(std::string_view bytes) {
  thread_local Digester digester("MD5");
  return digester.operator()<16>(bytes);
}

Sha256 sha256(std::string_view bytes) {
  thread_local Digester digester("SHA256");
  return digester.operator()<32>(bytes);
}

std::uint32_t checksum32(std::string_view bytes) {
  return static_cast<std::uint32_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

void write_hex(std::string_view bytes, char* text) {
  static constexpr auto kPairs = [] {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> pairs{};
    for (std::size_t byte = 0; byte < pairs.size(); ++byte) pairs[byte] = {kDigits[byte >> 4], kDigits[byte & 15]};
    return pairs;
  }();
  for (const char byte : bytes) {
    std::memcpy(text, kPairs[static_cast<std::uint8_t>(byte)].data(), 2);
    text += 2;
  }
}

std::string hex(std::string_view bytes) {
  std::string text(bytes.size() * 2, '\0');
  write_hex(bytes, text.data());
  return text;
}

}  // namespace penstock
