#include "broker/fingerprint.h"

#include <algorithm>
#include <string>

#include "base/digest.h"

namespace penstock {

Fingerprint fingerprint(std::initializer_list<std::string_view> texts) {
  std::string bytes;
  for (const std::string_view text : texts) {
    const std::uint32_t size = static_cast<std::uint32_t>(text.size());
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
    bytes.append(text);
  }
  const Sha256 digest = sha256(bytes);
  Fingerprint print;
  std::copy_n(digest.begin(), print.size(), print.begin());
  return print;
}

}  // namespace penstock
