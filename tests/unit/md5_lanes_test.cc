// RFC 1321, many texts at once.
#include "base/md5_lanes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace penstock {
namespace {

std::vector<Md5> together(const std::vector<std::string>& texts) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<Md5> digests(texts.size());
  md5_each(views, digests);
  return digests;
}

TEST(Md5Lanes, TheTestSuiteOfTheRfcHoldsForTextsTogether) {
  const std::vector<std::string> texts = {
      "",
      "a",
      "abc",
      "message digest",
      "abcdefghijklmnopqrstuvwxyz",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890"};
  const std::vector<std::string> expected = {
      "d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661", "900150983cd24fb0d6963f7d28e17f72",
      "f96b697d7cb7938d525a2f31aaf161d0", "c3fcd3d76192e4007dfb496cca67e13b", "d174ab98d277d9f5a5611c2c9f419d9f",
      "57edf4a22be3c955ac49da2e2107b67a"};
  const std::vector<Md5> digests = together(texts);
  for (std::size_t at = 0; at < texts.size(); ++at) EXPECT_EQ(hex(digests[at]), expected[at]) << texts[at];
}

TEST(Md5Lanes, EveryLengthAroundTheEndsOfBlocksHasTheDigestThatItHasAlone) {
  std::vector<std::string> texts;
  for (std::size_t size = 0; size <= 200; ++size) texts.emplace_back(size, static_cast<char>('a' + size % 26));
  const std::vector<Md5> digests = together(texts);
  for (std::size_t at = 0; at < texts.size(); ++at) EXPECT_EQ(digests[at], md5(texts[at])) << at;
}

// Few and many, short and long, and some that are too long for a lane.
TEST(Md5Lanes, AnyMixtureOfTextsHasTheDigestsThatTheyHaveAlone) {
  SeededRandom random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> texts(random.below(24));
    for (std::string& text : texts) {
      const std::uint64_t sizes[] = {3, 70, 1500, 40'000};
      text.resize(random.below(sizes[random.below(random.below(8) == 0 ? 4 : 3)]));
      for (char& byte : text) byte = static_cast<char>(random.next());
    }
    const std::vector<Md5> digests = together(texts);
    for (std::size_t at = 0; at < texts.size(); ++at) {
      ASSERT_EQ(digests[at], md5(texts[at])) << "round " << round << ", text " << at << " of " << texts.size();
    }
  }
}

}  // namespace
}  // namespace penstock
