// The answer to a receiver's 401: Basic (RFC 7617) and Digest (RFC 7616) with the credentials of its URL.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

struct HttpCredentials {
  std::string user;
  std::string password;
};

// The value of the Authorization header for the strongest of the challenges that is understood: Digest with
// SHA-256, then with MD5, then Basic. Nothing: none is. `challenges` are the values of WWW-Authenticate, one
// challenge each; `nonce` is ours, of hexadecimal digits.
std::optional<std::string> authorization_for(const std::vector<std::string>& challenges,
                                             const HttpCredentials& credentials, std::string_view method,
                                             std::string_view target, std::string_view nonce);

}  // namespace penstock
