#include "tests/auth/signer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace penstock {
namespace {

std::string hex_of(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(byte));
    text += two;
  }
  return text;
}

std::string digest_of(const std::string& text) {
  unsigned char out[32];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out);
  return {reinterpret_cast<char*>(out), sizeof out};
}

std::string mac_of(const std::string& key, const std::string& text) {
  unsigned char out[32];
  unsigned size = sizeof out;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), out, &size);
  return {reinterpret_cast<char*>(out), size};
}

std::string encoded(const std::string& text) {
  std::string out;
  for (const char character : text) {
    const auto c = static_cast<unsigned char>(character);
    if (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '~') {
      out += character;
    } else {
      char three[4];
      std::snprintf(three, sizeof three, "%%%02X", c);
      out += three;
    }
  }
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

template <class List>
auto named(List& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [name](const auto& entry) {
    return lower(entry.first) == lower(std::string(name));
  });
  if (found == list.end()) throw std::out_of_range("the letter has no " + std::string(name));
  return found;
}

}  // namespace

void SignedLetter::sign() {
  headers.emplace_back(date_header, date);
  headers.emplace_back("Authorization", algorithm + " Credential=" + credential() +
                                            ", SignedHeaders=" + names() + ", Signature=" + signature());
}

void SignedLetter::presign() {
  query.emplace_back("X-Amz-Algorithm", algorithm);
  query.emplace_back("X-Amz-Credential", credential());
  query.emplace_back("X-Amz-Date", date);
  if (!expires.empty()) query.emplace_back("X-Amz-Expires", expires);
  query.emplace_back("X-Amz-SignedHeaders", names());
  const std::string made = signature();
  query.emplace_back("X-Amz-Signature", made);
}

std::string& SignedLetter::header(std::string_view name) { return named(headers, name)->second; }
std::string& SignedLetter::parameter(std::string_view name) { return named(query, name)->second; }
void SignedLetter::drop_header(std::string_view name) { headers.erase(named(headers, name)); }
void SignedLetter::drop_parameter(std::string_view name) { query.erase(named(query, name)); }

SignedRequest SignedLetter::request() {
  target_ = path;
  char separator = path.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : query) {
    target_ += separator + encoded(name) + "=" + encoded(value);
    separator = '&';
  }
  views_.assign(headers.begin(), headers.end());
  return {method, target_, views_, body};
}

std::string SignedLetter::credential() const {
  return access_key_id + "/" + scope_date + "/" + region + "/" + service + "/" + terminator;
}

std::string SignedLetter::names() const {
  if (!signed_headers.empty()) return signed_headers;
  std::vector<std::string> all;
  for (const auto& [name, value] : headers) all.push_back(lower(name));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::string text;
  for (const std::string& name : all) text += (text.empty() ? "" : ";") + name;
  return text;
}

std::string SignedLetter::canonical() const {
  std::string text = method + "\n" + path + "\n";
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto& [name, value] : query) parameters.emplace_back(encoded(name), encoded(value));
  std::sort(parameters.begin(), parameters.end());
  for (std::size_t i = 0; i < parameters.size(); ++i)
    text += (i == 0 ? "" : "&") + parameters[i].first + "=" + parameters[i].second;
  text += "\n";
  std::string rest = names() + ";";
  for (std::size_t end; (end = rest.find(';')) != std::string::npos; rest.erase(0, end + 1)) {
    const std::string name = rest.substr(0, end);
    std::string values;
    for (const auto& [header_name, value] : headers) {
      if (lower(header_name) == lower(name)) values += (values.empty() ? "" : ",") + value;
    }
    text += name + ":" + values + "\n";
  }
  return text + "\n" + names() + "\n" + hex_of(digest_of(body));
}

std::string SignedLetter::signature() {
  const std::string to_sign = algorithm + "\n" + date + "\n" + scope_date + "/" + region + "/" + service +
                              "/" + terminator + "\n" + hex_of(digest_of(canonical()));
  const std::string key =
      mac_of(mac_of(mac_of(mac_of("AWS4" + secret, scope_date), region), service), terminator);
  return hex_of(mac_of(key, to_sign));
}

}  // namespace penstock
