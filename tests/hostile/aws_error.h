// AwsError: an answer, read as the error document that an AWS client would find in it.
//
// The reader is strict and knows nothing of the code that writes the documents: it uses the JSON and XML
// parsers of others, wants every part that AWS's SDKs look for, and nothing that is not UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "tests/server/http_client.h"

namespace penstock {

// The whole answer to a request that names no action.
inline constexpr std::string_view kUnknownOperation = "<UnknownOperationException/>\n";

struct AwsError {
  std::string complaint;  // empty: it is a well-formed error document
  std::string code;       // JSON: what follows '#' in __type; XML: <Code>
  std::string message;
};

AwsError read_aws_error(const HttpAnswer& answer);

}  // namespace penstock
