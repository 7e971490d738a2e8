// CanonicalRequest: the one text that a request has for everybody who signs or verifies it (Signature
// Version 4, "Create a canonical request"): method, path, query, signed headers with their values, their
// names, and the digest of the body.
//
// It is built anew for each request in memory that is kept, so that nothing is allocated once the longest
// request has been seen. One thread owns it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/signed_request.h"

namespace penstock {

class CanonicalRequest {
 public:
  // What came to light while the headers were gathered, which ends at the first name that is out of order or
  // missing: so however long the list, there are no more names to look for than the request has headers.
  struct Headers {
    bool in_order = true;      // each name is one of a header in lower case, and greater than the one before
    bool host = false;         // `host` is among them
    std::string_view missing;  // a name that the request has no header of; empty: none
    std::size_t amz = 0;       // so many of the request's x-amz-* headers are signed
  };

  // Everything but the body. Nothing if the query cannot be decoded.
  //
  // The path is normalised (no empty and no dot segments) and encoded once more than on the wire; query
  // parameters are sorted, without X-Amz-Signature; the values of a header are trimmed, their blanks
  // collapsed and repeated headers joined with commas. `signed_headers` is the list as the claim has it.
  std::optional<Headers> begin(const SignedRequest& request, std::string_view signed_headers);

  // The whole text, which lies here until the next one begins. `body_digest` is the SHA-256 of the body in
  // lower-case hexadecimal.
  std::string_view finish(std::string_view body_digest);

 private:
  // A parameter's place in query_, encoded.
  struct Parameter {
    std::size_t begin;
    std::size_t value;  // where the value begins
    std::size_t end;
  };

  void append_path(std::string_view path);
  bool append_query(std::string_view query);
  Headers append_headers(const SignedRequest& request, std::string_view signed_headers);

  std::string text_;
  std::string query_;
  std::vector<Parameter> parameters_;
  std::vector<std::string_view> segments_;
};

// The next name of "host;x-amz-date", and the list goes on behind it. The end of the list is for the caller
// to see: an empty list has no name.
std::string_view next_signed_name(std::string_view& signed_headers);

// Whether the header's name begins with x-amz-.
bool is_amz(std::string_view header_name);

}  // namespace penstock
