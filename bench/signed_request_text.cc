#include "bench/signed_request_text.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "auth/sigv4_canonical.h"
#include "auth/sigv4_keys.h"
#include "auth/wall_time.h"
#include "base/digest.h"

namespace penstock {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return text;
}

}  // namespace

std::string signed_post(const Caller& caller, std::string_view service,
                        std::vector<std::pair<std::string, std::string>> headers, const std::string& body) {
  const std::string date =
      basic_time(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const std::string digest = hex(sha256(body));
  const std::string scope =
      date.substr(0, 8) + "/" + caller.region + "/" + std::string(service) + "/aws4_request";
  headers.emplace_back("Host", caller.authority);
  headers.emplace_back("X-Amz-Date", date);
  headers.emplace_back("X-Amz-Content-Sha256", digest);
  if (!caller.session_token.empty()) headers.emplace_back("X-Amz-Security-Token", caller.session_token);
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) names.push_back(lower_case(name));
  std::sort(names.begin(), names.end());
  std::string signed_headers;
  for (const std::string& name : names) signed_headers += (signed_headers.empty() ? "" : ";") + name;

  CanonicalRequest canonical;
  const std::vector<SignedRequest::Header> views(headers.begin(), headers.end());
  if (!canonical.begin({"POST", "/", views, body}, signed_headers))
    throw std::logic_error("the request cannot be signed");
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + hex(sha256(canonical.finish(digest)));
  thread_local SigningKeys keys;
  keys.forget();  // callers have no numbers here
  const Sha256 signature = keys.sign({0, std::string_view(date).substr(0, 8), caller.region, service},
                                     Secret(caller.secret_access_key), to_sign);
  std::string text = "POST / HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
  return text + "Authorization: AWS4-HMAC-SHA256 Credential=" + caller.access_key_id + "/" + scope +
         ", SignedHeaders=" + signed_headers + ", Signature=" + hex(signature) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace penstock
