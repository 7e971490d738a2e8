// CredentialScope: who signed a request and for what, as its Authorization header says
// (Signature Version 4: "AWS4-HMAC-SHA256 Credential={key id}/{date}/{region}/{service}/aws4_request, ...").
//
// It reads and believes; nothing is verified here.
#pragma once

#include <optional>
#include <string_view>

namespace penstock {

struct CredentialScope {
  std::string_view access_key_id;  // 1 to 128 of A-Z, a-z, 0-9, '_', '-', '.', '+', '=' and '@'
  std::string_view date;
  std::string_view region;
  std::string_view service;

  // The parts look into the header's value. Nothing if it is not of that form.
  static std::optional<CredentialScope> parse(std::string_view authorization);
};

}  // namespace penstock
