// Base64: what decodes is exactly what encodes to the same text.
#include "base/base64.h"

#include "base/require.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {

void examine(std::string_view input) {
  if (const std::optional<std::string> bytes = base64_decode(input)) {
    require(base64_encode(*bytes) == input, "a text that decodes is the one that the bytes encode to");
  }
  const std::string text = base64_encode(input);
  require(text.size() == (input.size() + 2) / 3 * 4, "three bytes take four characters");
  require(base64_decode(text) == input, "what was encoded decodes to what it was");
}

std::vector<std::string> seeds() {
  return {"",     "AA==", "AAA=", "AAAA",  "AP8BgA==", "+/+/", "====",
          "A===", "AB==", " AAA", "AAA\n", "AA=A",     "/w=="};
}

}  // namespace penstock
