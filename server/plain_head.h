// PlainHead: a head as nearly every client sends it, read in one pass.
//
// Of all heads that Beast accepts these are the plainest: HTTP/1.1, a path of ordinary characters, one header
// a line with one blank before a value of visible ASCII, one Host, at most one Content-Length, and nothing
// that changes how the body or the connection is understood. Whatever else a head has is left to Beast; so
// nothing is accepted here that Beast does not accept, and with the same outcome, which the fuzz target
// http_request compares.
#pragma once

#include <string_view>

#include "server/http_head.h"

namespace penstock {

// True: the head, empty line included, is plain, and `head` says what is in it. False: it is to be parsed by
// others, whether it is good or not; of `head` only the memory is then of use.
bool read_plain_head(std::string_view bytes, HttpHead& head);

}  // namespace penstock
