#include "server/http_authorization.h"

#include <algorithm>
#include <map>

#include "base/base64.h"
#include "base/digest.h"
#include "protocol/text.h"

namespace penstock {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

using Parameters = std::map<std::string, std::string>;

// name=token or name="quoted", with commas between them.
Parameters parameters_of(std::string_view text) {
  Parameters parameters;
  std::size_t at = 0;
  while (at < text.size()) {
    while (at < text.size() && (text[at] == ' ' || text[at] == ',' || text[at] == '\t')) ++at;
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) break;
    const std::string name = lower(text.substr(at, equals - at));
    at = equals + 1;
    std::string value;
    if (at < text.size() && text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
      }
      ++at;
    } else {
      const std::size_t end = std::min(text.find_first_of(", \t", at), text.size());
      value = text.substr(at, end - at);
      at = end;
    }
    parameters.emplace(name, value);
  }
  return parameters;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// What goes back is put into a header: nothing in it may end that.
bool is_plain(const Parameters& parameters) {
  return std::all_of(parameters.begin(), parameters.end(), [](const auto& one) {
    return std::all_of(one.second.begin(), one.second.end(), [](char c) { return c >= ' ' && c <= '~'; });
  });
}

std::optional<std::string> digest_answer(const Parameters& said, bool sha, const HttpCredentials& credentials,
                                         std::string_view method, std::string_view target,
                                         std::string_view nonce) {
  const auto of = [&said](const char* name) {
    const auto found = said.find(name);
    return found == said.end() ? std::string() : found->second;
  };
  const auto digest = [sha](std::string_view text) { return sha ? hex(sha256(text)) : hex(md5(text)); };
  const std::string realm = of("realm");
  const std::string theirs = of("nonce");
  const std::string qops = of("qop");
  if (theirs.empty() || !is_plain(said)) return std::nullopt;
  bool with_qop = false;
  for (std::string_view rest = qops; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    with_qop = with_qop || equals_without_case(one, "auth");
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (!qops.empty() && !with_qop) return std::nullopt;
  const std::string who = digest(joined({credentials.user, ":", realm, ":", credentials.password}));
  const std::string what = digest(joined({method, ":", target}));
  const std::string response = with_qop
                                   ? digest(joined({who, ":", theirs, ":00000001:", nonce, ":auth:", what}))
                                   : digest(joined({who, ":", theirs, ":", what}));
  std::string answer =
      joined({"Digest username=", quoted(credentials.user), ", realm=", quoted(realm),
              ", nonce=", quoted(theirs), ", uri=", quoted(target), ", response=\"", response, "\""});
  if (said.contains("algorithm")) answer += joined({", algorithm=", of("algorithm")});
  if (said.contains("opaque")) answer += joined({", opaque=", quoted(of("opaque"))});
  if (with_qop) answer += joined({", qop=auth, nc=00000001, cnonce=\"", nonce, "\""});
  return answer;
}

}  // namespace

std::optional<std::string> authorization_for(const std::vector<std::string>& challenges,
                                             const HttpCredentials& credentials, std::string_view method,
                                             std::string_view target, std::string_view nonce) {
  std::optional<std::string> by_md5;
  std::optional<std::string> by_basic;
  const bool plain = std::all_of(credentials.user.begin(), credentials.user.end(),
                                 [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
  for (const std::string& challenge : challenges) {
    const std::size_t blank = std::min(challenge.find(' '), challenge.size());
    const std::string_view scheme = std::string_view(challenge).substr(0, blank);
    if (equals_without_case(scheme, "basic")) {
      by_basic = "Basic " + base64_encode(joined({credentials.user, ":", credentials.password}));
    } else if (equals_without_case(scheme, "digest") && plain) {
      const Parameters said = parameters_of(std::string_view(challenge).substr(blank));
      const auto algorithm = said.find("algorithm");
      const std::string name = algorithm == said.end() ? "md5" : lower(algorithm->second);
      if (name == "sha-256") {
        if (auto answer = digest_answer(said, true, credentials, method, target, nonce)) return answer;
      } else if (name == "md5") {
        by_md5 = digest_answer(said, false, credentials, method, target, nonce);
      }
    }
  }
  return by_md5 ? by_md5 : by_basic;
}

}  // namespace penstock
