// A mail of a topic: to an endpoint of protocol email, for people to read, or email-json, the envelope for
// programs (Amazon SNS Developer Guide, "Email subscriptions").
//
// What it says goes out as ASCII alone, whatever was published: no line of the head can be forged by a
// subject or a name, and no body is too wide for a server. The sender's name is the topic's DisplayName;
// not of a confirmation, which goes to somebody who has not asked for anything yet.
#pragma once

#include <string>
#include <string_view>

#include "actions/notification_signing.h"
#include "broker/message.h"

namespace penstock {

struct MailText {
  std::string subject;  // UTF-8, without line breaks
  std::string body;     // UTF-8
};

// What its reader sees. The content must have a notification; `url_base` is scheme and authority.
MailText mail_text(const MessageContent& content, bool json, std::string_view url_base,
                   NotificationSigning* signing);

struct MailParties {
  std::string_view from;  // plain addresses of ASCII (protocol/mail_address.h)
  std::string_view to;
  std::string_view display_name;  // UTF-8; may be empty
};

// All of it as SMTP carries it (RFC 5322, with MIME): lines end in CRLF and have at most 998 bytes. Dots at
// the beginning of lines are the transport's business.
std::string render_mail(const MessageContent& content, const MailText& text, const MailParties& parties);

}  // namespace penstock
