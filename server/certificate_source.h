// CertificateSource: where the certificate that TLS is served with comes from: two files that somebody keeps,
// or one that is made on request and kept in the data directory, so that clients can go on trusting it.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "server/settings.h"
#include "server/start_refusal.h"
#include "server/tls_identity.h"

namespace penstock {

// Where a certificate that is made on request is kept.
std::string self_signed_certificate_path(const Settings& settings);

// What connections to each of the two sides begin with.
struct ServedCertificate {
  TlsIdentity::Context api;
  TlsIdentity::Context admin;
};

// Reads it, making it first if it was asked for and is not there, and those who vouch for clients. It is for
// the caller to have it used. The data directory is there, if the certificate is to be kept in it.
tl::expected<ServedCertificate, StartRefusal> read_certificate(const Settings& settings);

}  // namespace penstock
