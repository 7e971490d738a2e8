// CertificateSource: where the certificate that TLS is served with comes from: two files that somebody keeps,
// or one that is made on request and kept in the data directory, so that clients can go on trusting it.
#pragma once

#include <optional>
#include <string>

#include "server/settings.h"
#include "server/start_refusal.h"
#include "server/tls_identity.h"

namespace penstock {

// Where a certificate that is made on request is kept.
std::string self_signed_certificate_path(const Settings& settings);

// Reads it, making it first if it was asked for and is not there, and those who vouch for clients, and has both used
// from here on. A refusal: all stays as it was. The data directory is there, if the certificate is to be kept in it.
std::optional<StartRefusal> use_certificate(const Settings& settings, TlsIdentity& api, TlsIdentity& admin);

}  // namespace penstock
