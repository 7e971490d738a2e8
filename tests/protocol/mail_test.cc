// Mails and what else endpoints are handed: nothing that was published forges a line, and forms are AWS's.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "actions/mail.h"
#include "actions/payload.h"
#include "base/base64.h"
#include "protocol/mail_address.h"

namespace penstock {
namespace {

constexpr std::string_view kBase = "http://here:4566";

MessageContent message(std::string body, std::string subject = {}) {
  MessageContent content;
  content.body = std::move(body);
  content.notification = std::make_shared<Notification>();
  content.notification->topic_arn = "arn:aws:sns:us-east-1:000000000000:news";
  content.notification->subject = std::move(subject);
  content.notification->published = from_epoch_milliseconds(1'795'748'645'000);
  return content;
}

std::string mail(const MessageContent& content, std::string_view name = {}) {
  return render_mail(content, mail_text(content, false, kBase, nullptr),
                     {"from@mail.example", "to@example.com", name});
}

std::string head_of(const std::string& mail) { return mail.substr(0, mail.find("\r\n\r\n") + 2); }

TEST(MailAddress, IsAPlainOneOfAscii) {
  for (const char* good : {"a@b.c", "first.last+tag@mail-1.example.com", "!#$%&'*+-/=?^_`{|}~@x.y"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad : {"",
                          "@",
                          "a@",
                          "@b.c",
                          "a@b",
                          "a@b.",
                          "a@.c",
                          ".a@b.c",
                          "a.@b.c",
                          "a..b@c.d",
                          "a b@c.d",
                          "a@b c.d",
                          "a@-b.c",
                          "a@b-.c",
                          "a@b.c>",
                          "<a@b.c",
                          "a@b.c,d@e.f",
                          "\"a\"@b.c",
                          "a@[127.0.0.1]",
                          "a@b@c.d",
                          "a@b.c\r\nRCPT TO:<x@y.z>",
                          "\xc3\xa4@b.c",
                          "a@\xc3\xa4.c",
                          "a(b)@c.d",
                          "a\\b@c.d",
                          "a@b_c.d"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
  EXPECT_TRUE(is_mail_address(std::string(64, 'a') + "@b.c"));
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b.c"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'b') + ".c"));
  std::string wide = "a@b";
  while (wide.size() < 260) wide += ".b";
  EXPECT_FALSE(is_mail_address(wide));
}

TEST(Mail, HasItsHeadAndTheMessageAboveTheLink) {
  MessageContent content = message("hello\n.\nthere", "To you");
  EXPECT_EQ(
      mail(content, "The News"),
      "Date: Fri, 27 Nov 2026 03:04:05 +0000\r\n"
      "From: \"The News\" <from@mail.example>\r\n"
      "To: <to@example.com>\r\n"
      "Subject: To you\r\n"
      "Message-ID: "
      "<00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000000@mail.example>\r\n"
      "Auto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=UTF-8\r\n"
      "Content-Transfer-Encoding: 7bit\r\n"
      "\r\n"
      "hello\r\n.\r\nthere\r\n\r\n--\r\n"
      "If you wish to stop receiving notifications from this topic, please click or visit the link below to "
      "unsubscribe:\r\n"
      "http://here:4566/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-east-1:000000000000:news:"
      "00000000-0000-0000-0000-000000000000\r\n\r\n"
      "Please do not reply directly to this email.\r\n");
}

TEST(Mail, NothingThatWasPublishedForgesALine) {
  const std::string evil = "x\r\nBcc: other@example.com\r\n\r\nbody";
  const std::string whole = mail(message(evil, evil), evil);
  const std::string head = head_of(whole);
  EXPECT_EQ(head.find("Bcc"), std::string::npos);
  for (const char c : whole) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n');
  for (const char* name : {"a\"b\\c", "=?UTF-8?B?eA==?=", "\xe2\x82\xac", "a <x@y.z>, b"}) {
    const std::string named = head_of(mail(message("m", name), name));
    EXPECT_EQ(std::count(named.begin(), named.end(), '\n'), 9) << name;
  }
  EXPECT_NE(mail(message("m"), "a\"b\\c").find("From: \"a\\\"b\\\\c\" <from@mail.example>\r\n"),
            std::string::npos);
}

TEST(Mail, WideOrForeignTextIsEncodedInShortLinesOfWholeCharacters) {
  std::string subject;
  for (int at = 0; at < 90; ++at) subject += "\xe2\x82\xac";
  const std::string body = std::string(2'000, 'w');
  const std::string whole = mail(message(body, subject));
  std::string decoded;
  for (std::size_t at = 0; at < whole.size();) {
    const std::size_t end = whole.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - at, 100U);
    std::string_view line = std::string_view(whole).substr(at, end - at);
    if (const std::size_t word = line.find("=?UTF-8?B?"); word != std::string_view::npos) {
      line = line.substr(word);
      EXPECT_LE(line.size(), 75U);
      decoded += base64_decode(line.substr(10, line.size() - 12)).value_or("?");
    }
    at = end + 2;
  }
  EXPECT_EQ(decoded, subject);
  std::string encoded = whole.substr(whole.find("\r\n\r\n") + 4);
  std::erase_if(encoded, [](char c) { return c == '\r' || c == '\n'; });
  EXPECT_TRUE(base64_decode(encoded).value_or("").starts_with(body + "\n\n--\n"));
  const std::string carriage = mail(message("a\rb"));
  EXPECT_NE(carriage.find("Content-Transfer-Encoding: base64\r\n"), std::string::npos);
}

TEST(Mail, AConfirmationHasNoSendersNameAndALinkToVisit) {
  MessageContent content = message("ignored");
  content.notification->kind = Notification::Kind::kSubscriptionConfirmation;
  content.notification->token = "token";
  const std::string whole = mail(content, "Somebody");
  EXPECT_NE(whole.find("From: <from@mail.example>\r\n"), std::string::npos);
  EXPECT_NE(
      whole.find(
          "\r\nhttp://here:4566/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:000000000000:news&"
          "Token=token\r\n"),
      std::string::npos);
}

TEST(Payload, APlatformGetsItsOwnTextOrAStandardOne) {
  const std::string whole = R"({"default":"d","GCM":"{\"x\":1}","APNS":1})";
  EXPECT_EQ(platform_message(whole, true, "GCM"), R"({"x":1})");
  EXPECT_EQ(platform_message(whole, true, "APNS"), R"({"aps":{"alert":"d"}})");
  EXPECT_EQ(platform_message(whole, true, "ADM"), R"({"data":{"default":"d"}})");
  EXPECT_EQ(platform_message(R"({"default":"d","application":"a"})", true, "ADM"),
            R"({"data":{"default":"a"}})");
  EXPECT_EQ(platform_message("no \"json\"", false, "GCM"), R"({"data":{"default":"no \"json\""}})");
  EXPECT_EQ(platform_of_endpoint("arn:aws:sns:us-east-1:000000000000:endpoint/APNS_SANDBOX/app/id"),
            "APNS_SANDBOX");
  EXPECT_EQ(platform_of_endpoint("x"), "");
}

TEST(Payload, AFunctionIsHandedAnEventAndAStreamALine) {
  MessageContent content = message("hello");
  const PayloadPlace function{SubscriptionProtocol::kLambda, "f", "arn:sub", kBase};
  EXPECT_EQ(
      render_payload(content, function, nullptr),
      R"({"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"arn:sub","Sns":{)"
      R"("Type":"Notification","MessageId":"00000000-0000-0000-0000-000000000000",)"
      R"("TopicArn":"arn:aws:sns:us-east-1:000000000000:news","Subject":null,"Message":"hello",)"
      R"("Timestamp":"2026-11-27T03:04:05.000Z","UnsubscribeUrl":"http://here:4566/?Action=Unsubscribe&)"
      R"(SubscriptionArn=arn:aws:sns:us-east-1:000000000000:news:00000000-0000-0000-0000-000000000000",)"
      R"("MessageAttributes":{}}}]})");
  content.attributes = {{"b", "Binary", "xyz"}, {"n", "Number", "7"}};
  const PayloadPlace stream{SubscriptionProtocol::kFirehose, "s", "arn:sub", kBase};
  EXPECT_TRUE(
      render_payload(content, stream, nullptr)
          .ends_with(
              R"("MessageAttributes":{"b":{"Type":"Binary","Value":"eHl6"},"n":{"Type":"Number","Value":"7"}}})"
              "\n"));
  EXPECT_NE(render_payload(content, function, nullptr).find(R"("n":{"Type":"String","Value":"7"})"),
            std::string::npos);
  content.notification->raw = true;
  EXPECT_EQ(render_payload(content, stream, nullptr), "hello");
  content.notification->raw = false;
  EXPECT_EQ(render_payload(content, {SubscriptionProtocol::kSms, "+1", "arn:sub", kBase}, nullptr), "hello");
}

}  // namespace
}  // namespace penstock
