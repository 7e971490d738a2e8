// CertificateSource: where the certificate that TLS is served with comes from: two files that somebody keeps,
// or one that is made on request and kept in the data directory, so that clients can go on trusting it.
#pragma once

#include <optional>

#include "server/settings.h"
#include "server/start_refusal.h"
#include "server/tls_identity.h"

namespace penstock {

// Reads it, making it first if it was asked for and is not there, and has it used from here on. A refusal:
// all stays as it was. The data directory is there.
std::optional<StartRefusal> use_certificate(const Settings& settings, TlsIdentity& identity);

}  // namespace penstock
