#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/digest.h"
#include "broker/address.h"
#include "broker/message.h"

namespace penstock {
namespace {

TEST(Digest, KnownBytesHaveTheKnownMd5AndSha256) {
  EXPECT_EQ(hex(md5("hello")), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(hex(sha256("same")), "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5");
  EXPECT_EQ(hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Base64, EveryLengthComesBackAndOnlyTheCanonicalTextIsAccepted) {
  for (std::size_t size = 0; size < 20; ++size) {
    std::string bytes(size, '\xfb');
    const auto decoded = base64_decode(base64_encode(bytes));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded, bytes);
  }
  EXPECT_FALSE(base64_decode("QUJ").has_value());
  EXPECT_FALSE(base64_decode("QUJD ").has_value());
  EXPECT_FALSE(base64_decode("QUI=QUI=").has_value());
  EXPECT_FALSE(base64_decode("QR==").has_value()) << "stray bits in the last character";
  EXPECT_FALSE(base64_decode("====").has_value());
  EXPECT_FALSE(base64_decode("\nQUJ").has_value());
}

TEST(Bytes, AReaderThatIsShortFailsAndStaysFailed) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.number<std::uint16_t>(0x0102);
  writer.text("abc");
  writer.signed_number(-5);
  EXPECT_EQ(bytes.substr(0, 2), std::string("\x01\x02", 2));

  ByteReader whole(bytes);
  EXPECT_EQ(whole.number<std::uint16_t>(), 0x0102);
  EXPECT_EQ(whole.text(), "abc");
  EXPECT_EQ(whole.signed_number(), -5);
  EXPECT_TRUE(whole.finished());

  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    ByteReader reader(std::string_view(bytes).substr(0, cut));
    reader.number<std::uint16_t>();
    reader.text();
    reader.signed_number();
    EXPECT_TRUE(reader.failed()) << cut;
    EXPECT_EQ(reader.number<std::uint8_t>(), 0);
    EXPECT_FALSE(reader.finished());
  }
}

TEST(Bytes, ALengthBeyondTheEndIsRefusedHoweverLarge) {
  ByteReader reader(
      std::string_view("\xff\xff\xff\xff"
                       "abc",
                       7));
  EXPECT_EQ(reader.text(), "");
  EXPECT_TRUE(reader.failed());
}

TEST(Address, AnAccountIsExactlyTwelveDigits) {
  ASSERT_TRUE(AccountId::parse("000000000042").has_value());
  EXPECT_EQ(AccountId::parse("000000000042")->text(), "000000000042");
  for (const char* text : {"", "42", "0000000000042", "00000000004x", "-00000000042", " 00000000042"}) {
    EXPECT_FALSE(AccountId::parse(text).has_value()) << text;
  }
}

TEST(Address, ARegionIsBoundedAndLowerCase) {
  EXPECT_EQ(Region::parse("us-isob-east-1")->text(), "us-isob-east-1");
  EXPECT_FALSE(Region::parse("").has_value());
  EXPECT_FALSE(Region::parse("US-EAST-1").has_value());
  EXPECT_FALSE(Region::parse(std::string(24, 'a')).has_value());
  EXPECT_TRUE(Region::parse(std::string(23, 'a')).has_value());
}

TEST(MessageId, IsAVersionFourUuid) {
  SeededRandom random(1);
  const std::string text = MessageId::draw(random).text();
  ASSERT_EQ(text.size(), 36u);
  EXPECT_EQ(text[14], '4');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
  EXPECT_NE(text, MessageId::draw(random).text());
}

}  // namespace
}  // namespace penstock
