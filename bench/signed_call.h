// SignedCall: an SQS call as the SDK for JavaScript signs it, and the credentials that it is signed with.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

// Ready to be sent; good for a quarter of an hour.
std::string signed_call(std::string_view action, const std::string& body);

// Writes the file for --credentials that lets in who signed so.
void write_credentials(const std::string& file);

}  // namespace penstock
