// Signatures: whatever is written into a request, it is let in only as it was signed: the same with another body, method
// or path is not. A refusal is short and printable.
//
// The input is the method and the target in the first line, header lines up to an empty one, and the body.
#include "auth/sigv4_verifier.h"
#include "base/require.h"
#include "tests/auth/stage.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/request_text.h"

namespace penstock {
namespace {

void require_refused(SignatureVerifier& verifier, SignedRequest request, std::string_view service,
                     const char* because) {
  const auto verified = verifier.verify(request, service, noon());
  require(!verified, because);
}

void examine_as(SignatureVerifier& verifier, const RequestText& text, std::string_view service) {
  SignedRequest request{text.method, text.target, text.headers, text.body};
  const auto verified = verifier.verify(request, service, noon());
  if (!verified) {
    const std::string_view words = query_text(verified.error());
    require(!words.empty() && words.size() < 2'048, "a refusal is short");
    for (const char byte : words) {
      require(static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7f, "a refusal is printable");
    }
    return;
  }
  if (!*verified) return;  // no signature in it at all
  const std::string body = std::string(text.body) + "x";
  request.body = body;
  require_refused(verifier, request, service, "another body is refused");
  request.body = text.body;
  const std::string method = std::string(text.method) + "X";
  request.method = method;
  require_refused(verifier, request, service, "another method is refused");
  request.method = text.method;
  const std::size_t path = std::min(text.target.find('?'), text.target.size());
  const std::string target = std::string(text.target.substr(0, path)) + "x" + std::string(text.target.substr(path));
  request.target = target;
  require_refused(verifier, request, service, "another path is refused");
}

std::string text_of(SignedLetter letter, bool in_query) {
  in_query ? letter.presign() : letter.sign();
  const SignedRequest request = letter.request();
  std::string text = std::string(request.method) + " " + std::string(request.target) + "\n";
  for (const auto& [name, value] : request.headers) {
    text.append(name).append(": ").append(value).append("\n");
  }
  return text + "\n" + std::string(request.body);
}

}  // namespace

void examine(std::string_view input) {
  static SignatureVerifier verifier(known());
  const RequestText text(input);
  for (const std::string_view service : {"sqs", "sns"}) examine_as(verifier, text, service);
}

std::vector<std::string> seeds() {
  SignedLetter post;
  SignedLetter get;
  get.method = "GET";
  get.path = "/123456789012/q%201";
  get.query = {{"Action", "SendMessage"}, {"MessageBody", "a b+c~\xf0\x9f\x9a\xb0"}, {"Empty", ""}};
  get.body.clear();
  get.headers = {{"Host", "localhost:9324"}};
  SignedLetter session = post;
  session.access_key_id = "AKIDSESSION";
  session.headers.emplace_back("X-Amz-Security-Token", std::string(kToken));
  SignedLetter digest = post;
  digest.headers.emplace_back("X-Amz-Content-Sha256", "");
  SignedLetter spaces = post;
  spaces.headers.emplace_back("X-Amz-Meta", "  a   b  ");
  spaces.headers.emplace_back("X-Amz-Meta", "c");
  SignedLetter unknown = post;
  unknown.access_key_id = "AKIDNOBODY";
  SignedLetter expired = post;
  expired.access_key_id = "AKIDOLD";
  SignedLetter of_sns = post;
  of_sns.service = "sns";
  std::vector<std::string> texts;
  for (const SignedLetter& letter : {post, session, digest, spaces, unknown, expired, of_sns}) {
    texts.push_back(text_of(letter, false));
  }
  for (const SignedLetter& letter : {get, unknown}) texts.push_back(text_of(letter, true));
  texts.push_back(text_of(get, false));
  texts.push_back("POST /\nHost: a\nAuthorization: AWS4-HMAC-SHA256 Credential=/, SignedHeaders=;, Signature=\n\n");
  texts.push_back("GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=0\nHost: a\n\n");
  return texts;
}

}  // namespace penstock
