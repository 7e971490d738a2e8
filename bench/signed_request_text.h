// A POST with Signature Version 4, ready to be sent; good for some minutes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/sqs_dialect.h"

namespace penstock {

// `headers` are signed, all of them, with the host, the date and the body's digest, which are added. The
// caller has a secret.
std::string signed_post(const Caller& caller, std::string_view service,
                        std::vector<std::pair<std::string, std::string>> headers, const std::string& body);

}  // namespace penstock
