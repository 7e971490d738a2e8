#include <gtest/gtest.h>

#include "base/base64.h"
#include "broker/receipt_handle.h"

namespace penstock {
namespace {

const ReceiptHandle kHandle{.partition = {0},
                            .queue = {7},
                            .lane = kLaterLane,
                            .sequence = {123456789},
                            .attempt = 3,
                            .received = from_epoch_milliseconds(1'790'000'000'123),
                            .nonce = 0xfedcba9876543210};

TEST(ReceiptHandle, DescribesItselfInSixtyFourCharacters) {
  const std::string text = kHandle.text();
  EXPECT_EQ(text.size(), 64u);
  EXPECT_EQ(ReceiptHandle::parse(text), kHandle);
}

TEST(ReceiptHandle, AnyChangedByteIsRefused) {
  const std::string bytes = *base64_decode(kHandle.text());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      EXPECT_FALSE(ReceiptHandle::parse(base64_encode(changed)).has_value()) << at << "." << bit;
    }
  }
}

TEST(ReceiptHandle, GarbageIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("garbage"), std::string(64, 'A'), std::string(1'000'000, 'x'),
        kHandle.text() + "A", kHandle.text().substr(1)}) {
    EXPECT_FALSE(ReceiptHandle::parse(text).has_value());
  }
}

}  // namespace
}  // namespace penstock
