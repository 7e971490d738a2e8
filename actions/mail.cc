#include "actions/mail.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "actions/envelope.h"
#include "base/base64.h"
#include "protocol/text.h"
#include "protocol/utf8.h"

namespace penstock {
namespace {

constexpr std::size_t kLineMax = 998;      // RFC 5322, without CRLF
constexpr std::size_t kBase64Line = 76;    // RFC 2045
constexpr std::size_t kWordBytesMax = 45;  // that an encoded word holds: of at most 75 characters (RFC 2047)

bool is_ascii_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// As encoded words, one a line, each of whole characters.
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size()) {
      const std::size_t size = utf8_character(text.substr(end)).size;
      if (end + size > kWordBytesMax) break;
      end += size;
    }
    if (!words.empty()) words += "\r\n ";
    words += joined({"=?UTF-8?B?", base64_encode(text.substr(0, end)), "?="});
    text.remove_prefix(end);
  }
  return words;
}

// What stands in a head: as it is if that means itself there, encoded otherwise.
std::string head_text(std::string_view text) {
  constexpr std::size_t kPlainMax = 200;
  const bool plain = is_ascii_text(text) && text.size() <= kPlainMax && text.find("=?") == std::string::npos;
  return plain ? std::string(text) : encoded_words(text);
}

// In front of an address.
std::string phrase(std::string_view name) {
  if (name.empty()) return {};
  if (!is_ascii_text(name) || name.find("=?") != std::string_view::npos) return encoded_words(name) + " ";
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\" ";
}

// "Fri, 27 Nov 2026 03:10:00 +0000"
std::string mail_date(Time time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_time<Milliseconds> moment{Milliseconds{epoch_milliseconds(time)}};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(moment - day).count();
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0000",
                kDays[std::chrono::weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60),
                static_cast<int>(second % 60));
  return text;
}

// With CRLF at the ends of its lines; nothing if it can't go as it is.
std::string plain_lines(std::string_view text) {
  std::string lines;
  lines.reserve(text.size() + text.size() / 32 + 2);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const bool fits = line.size() <= kLineMax && std::all_of(line.begin(), line.end(), [](char c) {
                        return (c >= ' ' && c <= '~') || c == '\t';
                      });
    if (!fits) return {};
    lines.append(line).append("\r\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string base64_lines(std::string_view text) {
  const std::string encoded = base64_encode(text);
  std::string lines;
  lines.reserve(encoded.size() + encoded.size() / kBase64Line * 2 + 4);
  for (std::size_t at = 0; at < encoded.size(); at += kBase64Line) {
    lines.append(encoded, at, kBase64Line).append("\r\n");
  }
  return lines;
}

}  // namespace

MailText mail_text(const MessageContent& content, bool json, std::string_view url_base,
                   NotificationSigning* signing) {
  const Notification& notification = *content.notification;
  MailText text;
  switch (notification.kind) {
    case Notification::Kind::kNotification:
      text.subject = notification.subject.empty() ? "AWS Notification Message" : notification.subject;
      text.body = joined(
          {content.body,
           "\n\n--\nIf you wish to stop receiving notifications from this topic, please click or "
           "visit the link below to unsubscribe:\n",
           unsubscribe_url(notification, url_base), "\n\nPlease do not reply directly to this email.\n"});
      break;
    case Notification::Kind::kSubscriptionConfirmation:
      text.subject = "AWS Notification - Subscription Confirmation";
      text.body = joined(
          {"You have chosen to subscribe to the topic:\n", notification.topic_arn,
           "\n\nTo confirm this subscription, click or visit the link below (If this was in error no "
           "action is necessary):\n",
           subscribe_url(notification, url_base), "\n\nPlease do not reply directly to this email.\n"});
      break;
    case Notification::Kind::kUnsubscribeConfirmation:
      text.subject = "AWS Notification - Unsubscribe Confirmation";
      text.body = joined(
          {"Your subscription to the topic below has been deactivated:\n", notification.topic_arn,
           "\n\nIf this was in error, click or visit the link below to resubscribe:\n",
           subscribe_url(notification, url_base), "\n\nPlease do not reply directly to this email.\n"});
      break;
  }
  if (json) text.body = render_envelope(content, url_base, signing);
  return text;
}

std::string render_mail(const MessageContent& content, const MailText& text, const MailParties& parties) {
  const Notification& notification = *content.notification;
  const bool named = notification.kind == Notification::Kind::kNotification;
  const std::size_t at = parties.from.find('@');
  const std::string_view domain = parties.from.substr(std::min(at + 1, parties.from.size()));
  std::string mail =
      joined({"Date: ", mail_date(notification.published),
              "\r\nFrom: ", named ? phrase(parties.display_name) : std::string(), "<", parties.from,
              ">\r\nTo: <", parties.to, ">\r\nSubject: ", head_text(text.subject), "\r\nMessage-ID: <",
              notification.id.text(), ".", notification.subscription.text(), "@", domain,
              ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
              "charset=UTF-8\r\n"});
  if (const std::string plain = plain_lines(text.body); !plain.empty()) {
    return mail + "Content-Transfer-Encoding: 7bit\r\n\r\n" + plain;
  }
  return mail + "Content-Transfer-Encoding: base64\r\n\r\n" + base64_lines(text.body);
}

}  // namespace penstock
