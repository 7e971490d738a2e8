// SignedLetter: a request that a play writes, spoils and signs.
//
// It signs whatever it is told, however wrong: a list of headers out of order, a scope of another service, a
// date of yesterday. So a play can break one rule and leave the signature itself right. It shares no code
// with what it tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/signed_request.h"

namespace penstock {

struct SignedLetter {
  std::string method = "POST";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query;  // not encoded
  std::vector<std::pair<std::string, std::string>> headers{
      {"Host", "localhost:9324"},
      {"Content-Type", "application/x-amz-json-1.0"},
      {"X-Amz-Target", "AmazonSQS.CreateQueue"},
  };
  std::string body = R"({"QueueName":"q1"})";

  std::string access_key_id = "AKIDEXAMPLE";
  std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  std::string date = "20261122T120000Z";
  std::string scope_date = "20261122";
  std::string region = "us-east-1";
  std::string service = "sqs";
  std::string terminator = "aws4_request";
  std::string algorithm = "AWS4-HMAC-SHA256";
  std::string signed_headers;   // empty: all that are there, and X-Amz-Date, sorted
  std::string expires = "900";  // of a presigned URL; empty: not said
  std::string date_header = "X-Amz-Date";

  // In the header Authorization, with the header X-Amz-Date; or in the query.
  void sign();
  void presign();

  std::string& header(std::string_view name);     // that is there
  std::string& parameter(std::string_view name);  // that is there
  void drop_header(std::string_view name);
  void drop_parameter(std::string_view name);

  // What a session hands over. It looks into this letter, until its next call.
  SignedRequest request();

  std::string credential() const;

 private:
  std::string signature();
  std::string names() const;
  std::string canonical() const;

  std::string target_;
  std::vector<SignedRequest::Header> views_;
};

}  // namespace penstock
