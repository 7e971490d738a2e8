// The signatures of SNS messages: what they cover, that they verify, and that a key survives being stored.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "auth/notification_key.h"
#include "auth/signed_notification.h"
#include "base/base64.h"

namespace penstock {
namespace {

const WallTime kNow = *parse_basic_time("20261122T120000Z");

const NotificationKey& key() {
  static const NotificationKey made = *NotificationKey::generate("sns.us-east-1.amazonaws.com", kNow);
  return made;
}

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate certificate_of(const std::string& pem) {
  BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Certificate certificate(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), &X509_free);
  BIO_free(bio);
  return certificate;
}

// As a receiver verifies: with nothing but the certificate.
bool verifies(const std::string& certificate_pem, const EVP_MD* digest, std::string_view text,
              const std::string& signature) {
  const Certificate certificate = certificate_of(certificate_pem);
  const std::string bytes = *base64_decode(signature);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, X509_get0_pubkey(certificate.get())) ==
             1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

std::string pem_of(EVP_PKEY* own, const EVP_CIPHER* cipher = nullptr) {
  BIO* const bio = BIO_new(BIO_s_mem());
  unsigned char password[] = "password";
  PEM_write_bio_PrivateKey(bio, own, cipher, cipher != nullptr ? password : nullptr,
                           cipher != nullptr ? 8 : 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

TEST(SignedNotification, CoversTheMembersInTheOrderOfTheirNames) {
  const NotificationMembers members{.message = "hello\n\"world\" \xe2\x82\xac",
                                    .message_id = "e3b1f1a0-0000-4000-8000-000000000001",
                                    .subject = "greeting",
                                    .timestamp = "2026-11-22T12:00:00.000Z",
                                    .topic_arn = "arn:aws:sns:us-east-1:123456789012:news"};
  EXPECT_EQ(
      string_to_sign(members),
      "Message\nhello\n\"world\" \xe2\x82\xac\nMessageId\ne3b1f1a0-0000-4000-8000-000000000001\nSubject\n"
      "greeting\nTimestamp\n2026-11-22T12:00:00.000Z\nTopicArn\narn:aws:sns:us-east-1:123456789012:news\n"
      "Type\nNotification\n");
}

TEST(SignedNotification, HasASubjectOnlyIfThereIsOne) {
  EXPECT_EQ(string_to_sign(
                NotificationMembers{.message = "m", .message_id = "i", .timestamp = "t", .topic_arn = "a"}),
            "Message\nm\nMessageId\ni\nTimestamp\nt\nTopicArn\na\nType\nNotification\n");
  EXPECT_EQ(string_to_sign(NotificationMembers{
                .message = "m", .message_id = "i", .subject = "", .timestamp = "t", .topic_arn = "a"}),
            "Message\nm\nMessageId\ni\nSubject\n\nTimestamp\nt\nTopicArn\na\nType\nNotification\n");
}

TEST(SignedNotification, OfAConfirmationCoversItsTokenAndUrl) {
  ConfirmationMembers members{.type = ConfirmationType::kSubscription,
                              .message = "m",
                              .message_id = "i",
                              .subscribe_url = "https://localhost/?Action=ConfirmSubscription",
                              .timestamp = "t",
                              .token = "k",
                              .topic_arn = "a"};
  const std::string body =
      "Message\nm\nMessageId\ni\nSubscribeURL\nhttps://localhost/?Action=ConfirmSubscription\nTimestamp\nt\n"
      "Token\nk\nTopicArn\na\nType\n";
  EXPECT_EQ(string_to_sign(members), body + "SubscriptionConfirmation\n");
  members.type = ConfirmationType::kUnsubscribe;
  EXPECT_EQ(string_to_sign(members), body + "UnsubscribeConfirmation\n");
}

TEST(NotificationKey, BothVersionsVerifyByTheCertificateAlone) {
  const std::string text = "Message\nhello\n";
  const std::string one = key().sign(SignatureVersion::kSha1, text);
  const std::string two = key().sign(SignatureVersion::kSha256, text);
  EXPECT_TRUE(verifies(key().certificate_pem(), EVP_sha1(), text, one));
  EXPECT_TRUE(verifies(key().certificate_pem(), EVP_sha256(), text, two));
  EXPECT_FALSE(verifies(key().certificate_pem(), EVP_sha256(), text, one));
  EXPECT_FALSE(verifies(key().certificate_pem(), EVP_sha256(), "Message\nhellO\n", two));
}

TEST(NotificationKey, SignsTheSameBytesEachTimeAndAfterBeingStored) {
  const std::string text = "Message\nhello\n";
  const auto stored = NotificationKey::from_pem(key().pem().revealed());
  ASSERT_TRUE(stored) << stored.error();
  for (const SignatureVersion version : {SignatureVersion::kSha1, SignatureVersion::kSha256}) {
    EXPECT_EQ(key().sign(version, text), key().sign(version, text));
    EXPECT_EQ(key().sign(version, text), stored->sign(version, text));
  }
  EXPECT_EQ(stored->id(), key().id());
  EXPECT_EQ(stored->certificate_pem(), key().certificate_pem());
}

TEST(NotificationKey, ANewOneHasANewNameOf32HexadecimalDigits) {
  const auto other = NotificationKey::generate("sns.us-east-1.amazonaws.com", kNow);
  ASSERT_TRUE(other);
  EXPECT_NE(other->id(), key().id());
  EXPECT_EQ(key().id().size(), 32u);
  EXPECT_EQ(key().id().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(key().certificate_file_name(), "SimpleNotificationService-" + key().id() + ".pem");
}

TEST(NotificationKey, TheCertificateIsGoodFromADayBeforeForTenYears) {
  const Certificate certificate = certificate_of(key().certificate_pem());
  ASSERT_TRUE(certificate);
  const auto moment = [](WallTime time) { return static_cast<std::time_t>(time.time_since_epoch().count()); };
  EXPECT_EQ(ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate.get()), moment(kNow - std::chrono::days{1})),
            0);
  EXPECT_EQ(
      ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate.get()), moment(kNow + std::chrono::days{3650})), 0);
  EXPECT_EQ(X509_check_host(certificate.get(), "sns.us-east-1.amazonaws.com", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
  EXPECT_EQ(X509_check_ca(certificate.get()), 0);
}

TEST(NotificationKey, TheCertificateTellsNothingOfThePrivateKey) {
  EXPECT_EQ(key().certificate_pem().find("PRIVATE"), std::string::npos);
  EXPECT_NE(key().pem().revealed().find("-----BEGIN PRIVATE KEY-----"), std::string_view::npos);
}

TEST(NotificationKey, ATextThatIsNoneIsRefused) {
  const auto told = [](const std::string& text) {
    const auto read = NotificationKey::from_pem(text);
    return read ? "accepted" : read.error();
  };
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  const Key rsa(EVP_RSA_gen(2048u), &EVP_PKEY_free), small(EVP_RSA_gen(1024u), &EVP_PKEY_free);
  const Key curve(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::string certificate = key().certificate_pem();
  EXPECT_EQ(told(""), "the text has no unencrypted private key");
  EXPECT_EQ(told(certificate), "the text has no unencrypted private key");
  EXPECT_EQ(told(pem_of(rsa.get(), EVP_aes_256_cbc()) + certificate),
            "the text has no unencrypted private key");
  EXPECT_EQ(told(pem_of(rsa.get())), "the text has no certificate");
  EXPECT_EQ(told(pem_of(rsa.get()) + certificate), "the certificate is not of this key");
  EXPECT_EQ(told(pem_of(small.get()) + certificate), "the key is not RSA of 2048 to 8192 bits");
  EXPECT_EQ(told(pem_of(curve.get()) + certificate), "the key is not RSA of 2048 to 8192 bits");
  EXPECT_EQ(told(std::string(64 * 1024 + 1, '-')), "the text is longer than 64 KiB");
  const std::string whole(key().pem().revealed());
  EXPECT_EQ(told(whole), "accepted");
  for (std::size_t size = 0; size + 2 < whole.size(); size += 7)
    EXPECT_NE(told(whole.substr(0, size)), "accepted");
  for (const char* name : {"", "a b", "a\nb", "a,DNS:b", "a*"})
    EXPECT_FALSE(NotificationKey::generate(name, kNow)) << name;
  EXPECT_FALSE(NotificationKey::generate(std::string(65, 'a'), kNow));
}

}  // namespace
}  // namespace penstock
