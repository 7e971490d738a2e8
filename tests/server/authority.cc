#include "tests/server/authority.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace penstock {
namespace {

constexpr long kHour = 3600;

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  ASSERT_NE(extension, nullptr);
  EXPECT_EQ(X509_add_ext(certificate, extension, -1), 1);
  X509_EXTENSION_free(extension);
}

X509* new_certificate(EVP_PKEY* key, const std::string& name, long serial, long from, long until) {
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), until);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()), -1, 0);
  X509_set_pubkey(certificate, key);
  return certificate;
}

template <class Write>
std::string pem_by(Write write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  EXPECT_EQ(write(bio), 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

}  // namespace

Authority::Authority(const std::string& name) : key_(EVP_EC_gen("P-256")) {
  certificate_.reset(new_certificate(key_.get(), name, 1, -kHour, kHour));
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  add_extension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  EXPECT_GT(X509_sign(certificate_.get(), key_.get(), EVP_sha256()), 0);
  pem_ = pem_by([this](BIO* bio) { return PEM_write_bio_X509(bio, certificate_.get()); });
}

TlsIdentity::Pem Authority::issue(const std::string& name, const std::string& purpose, bool expired) {
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509, Free> issued(
      new_certificate(key.get(), name, ++last_, -kHour, expired ? -kHour / 2 : kHour));
  X509_set_issuer_name(issued.get(), X509_get_subject_name(certificate_.get()));
  add_extension(issued.get(), certificate_.get(), NID_ext_key_usage, purpose);
  EXPECT_GT(X509_sign(issued.get(), key_.get(), EVP_sha256()), 0);
  return {pem_by([&](BIO* bio) { return PEM_write_bio_X509(bio, issued.get()); }), pem_by([&](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

std::string Authority::revocation_of_the_last() const {
  X509_CRL* const list = X509_CRL_new();
  X509_CRL_set_version(list, X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list, X509_get_subject_name(certificate_.get()));
  ASN1_TIME* const time = X509_gmtime_adj(nullptr, -kHour / 2);
  X509_CRL_set1_lastUpdate(list, time);
  X509_REVOKED* const revoked = X509_REVOKED_new();
  ASN1_INTEGER* const serial = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial, last_);
  X509_REVOKED_set_serialNumber(revoked, serial);
  X509_REVOKED_set_revocationDate(revoked, time);
  X509_CRL_add0_revoked(list, revoked);
  X509_gmtime_adj(time, kHour);
  X509_CRL_set1_nextUpdate(list, time);
  ASN1_INTEGER_free(serial);
  ASN1_TIME_free(time);
  EXPECT_GT(X509_CRL_sign(list, key_.get(), EVP_sha256()), 0);
  std::string pem = pem_by([list](BIO* bio) { return PEM_write_bio_X509_CRL(bio, list); });
  X509_CRL_free(list);
  return pem;
}

}  // namespace penstock
