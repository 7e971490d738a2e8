#include "auth/sigv4_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "base/require.h"

namespace penstock {
namespace {

constexpr std::string_view kPrefix = "AWS4";
constexpr std::string_view kTerminator = "aws4_request";
constexpr std::size_t kSecretMax = 256;

template <std::size_t Size>
void copy_into(std::array<char, Size>& place, std::string_view text) {
  std::copy(text.begin(), text.end(), place.begin());
}

std::string_view bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Hmac::Hmac() : context_(nullptr, &EVP_MAC_CTX_free) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm(
      EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr), &EVP_MAC_free);
  if (algorithm) context_.reset(EVP_MAC_CTX_new(algorithm.get()));  // holds on to the algorithm
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
  if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters) != 1) std::abort();
}

Hmac::Hmac(const Hmac& other) : context_(EVP_MAC_CTX_dup(other.context_.get()), &EVP_MAC_CTX_free) {
  if (!context_) std::abort();
}

void Hmac::use(std::string_view key) {
  if (EVP_MAC_init(context_.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr) !=
      1)
    std::abort();
}

Sha256 Hmac::operator()(std::string_view message) {
  Sha256 tag{};
  std::size_t size = 0;
  // Without a key it begins anew with the one that it has.
  if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1 ||
      EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(message.data()),
                     message.size()) != 1 ||
      EVP_MAC_final(context_.get(), tag.data(), &size, tag.size()) != 1 || size != tag.size()) {
    std::abort();
  }
  return tag;
}

bool SigningKeys::Slot::is_for(const Purpose& purpose) const {
  return used != 0 && credential == purpose.credential &&
         std::string_view(date.data(), date.size()) == purpose.date &&
         std::string_view(region.data(), region_length) == purpose.region &&
         std::string_view(service.data(), service_length) == purpose.service;
}

Sha256 SigningKeys::sign(const Purpose& purpose, const Secret& secret, std::string_view string_to_sign) {
  return (*slot_for(purpose, secret).key)(string_to_sign);
}

SigningKeys::Slot& SigningKeys::slot_for(const Purpose& purpose, const Secret& secret) {
  require(purpose.date.size() == kDateLength && purpose.region.size() <= kRegionMax &&
              purpose.service.size() <= kServiceMax,
          "the parts of a credential scope fit a slot");
  const std::hash<std::string_view> hash;
  const std::size_t mixed = hash(purpose.date) ^ (hash(purpose.region) * 3) ^ (hash(purpose.service) * 5) ^
                            (std::hash<std::uint32_t>{}(purpose.credential) * 0x9e37'79b9'7f4a'7c15ULL);
  const auto set = slots_.begin() + static_cast<std::ptrdiff_t>((mixed >> 7) % (kKeysMax / kWays) * kWays);
  Slot* oldest = &*set;
  for (auto slot = set; slot != set + kWays; ++slot) {
    if (slot->is_for(purpose)) {
      slot->used = ++uses_;
      return *slot;
    }
    if (slot->used < oldest->used) oldest = &*slot;
  }
  oldest->key = derive(purpose, secret);
  oldest->used = ++uses_;
  oldest->credential = purpose.credential;
  oldest->region_length = static_cast<std::uint8_t>(purpose.region.size());
  oldest->service_length = static_cast<std::uint8_t>(purpose.service.size());
  copy_into(oldest->date, purpose.date);
  copy_into(oldest->region, purpose.region);
  copy_into(oldest->service, purpose.service);
  return *oldest;
}

std::unique_ptr<Hmac> SigningKeys::derive(const Purpose& purpose, const Secret& secret) {
  ++derived_;
  const std::string_view revealed = secret.revealed();
  require(revealed.size() <= kSecretMax, "a secret has at most 256 characters");
  std::array<char, kPrefix.size() + kSecretMax> first{};
  copy_into(first, kPrefix);
  std::copy(revealed.begin(), revealed.end(), first.begin() + kPrefix.size());
  deriving_.use({first.data(), kPrefix.size() + revealed.size()});
  OPENSSL_cleanse(first.data(), first.size());
  for (const std::string_view part : {purpose.date, purpose.region, purpose.service, kTerminator}) {
    Sha256 key = deriving_(part);
    deriving_.use(bytes_of(key));
    OPENSSL_cleanse(key.data(), key.size());
  }
  auto key = std::make_unique<Hmac>(deriving_);
  deriving_.use("");  // of the key there is one copy, which goes with its slot
  return key;
}

void SigningKeys::forget() {
  for (Slot& slot : slots_) slot = Slot{};
}

}  // namespace penstock
