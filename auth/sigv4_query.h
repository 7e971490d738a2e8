// The query of a URI, parameter by parameter, as Signature Version 4 reads it.
//
// Parameters lie between '&'; empty ones do not count, and one without '=' has an empty value. Names and
// values are percent-encoded, and '+' is a blank.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

struct QueryParameter {
  std::string_view name;   // as sent
  std::string_view value;  // as sent
};

// The next parameter, and the query goes on behind it; nothing at its end.
std::optional<QueryParameter> next_parameter(std::string_view& query);

// The text without its encoding; nothing if a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

// Appends the text in the one encoding that everybody agrees on (RFC 3986): A-Z, a-z, 0-9 and -._~ stand
// for themselves, every other byte is %XX in upper case. False if a '%' is not followed by two digits.
bool append_reencoded(std::string& out, std::string_view text);

// Appends the bytes in that encoding; those of `kept` stand for themselves too.
void append_encoded(std::string& out, std::string_view bytes, std::string_view kept = {});

}  // namespace penstock
