// A mail address as mails are sent to: a plain one (RFC 5321: dot-atom @ domain) of ASCII. No quoted local
// parts, no literals, no comments: whatever passes stands in an SMTP command and in a head as it is.
#pragma once

#include <string_view>

namespace penstock {

bool is_mail_address(std::string_view text);

}  // namespace penstock
