// The room auth/ as a program, for tests that are written in other languages: a request on each line of
// standard input, its answer on a line of standard output, both JSON.
//
//   {"verify": {"method", "target", "headers": [[name, value]], "body", "service", "now"}}
//       -> {"arn", "region"}, {"unsigned": true} or {"code", "text"}
//   {"generate_key": {"common_name", "now"}} -> {"id", "file", "certificate", "pem"}
//   {"sign": {"pem", "version", "message": {"Type", "Message", ...}}} -> {"signature"}
//
// The one argument is a credentials file.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "auth/credentials_file.h"
#include "auth/notification_key.h"
#include "auth/signed_notification.h"
#include "auth/sigv4_verifier.h"
#include "protocol/errors.h"

namespace penstock {
namespace {

using nlohmann::json;

json verify(SignatureVerifier& verifier, const json& asked) {
  const auto method = asked.at("method").get<std::string>(), target = asked.at("target").get<std::string>(),
             body = asked.at("body").get<std::string>(), service = asked.at("service").get<std::string>();
  const auto headers = asked.at("headers").get<std::vector<std::pair<std::string, std::string>>>();
  const std::vector<SignedRequest::Header> views(headers.begin(), headers.end());
  const auto now = parse_basic_time(asked.at("now").get<std::string>());
  const auto verified = verifier.verify({method, target, views, body}, service, now.value());
  if (!verified)
    return {{"code", wire_error(verified.error().code).query_code}, {"text", query_text(verified.error())}};
  if (!*verified) return {{"unsigned", true}};
  return {{"arn", (*verified)->identity->arn()}, {"region", (*verified)->region}};
}

json generate_key(const json& asked) {
  const auto key = NotificationKey::generate(asked.at("common_name").get<std::string>(),
                                             parse_basic_time(asked.at("now").get<std::string>()).value());
  return {{"id", key.value().id()},
          {"file", key.value().certificate_file_name()},
          {"certificate", key.value().certificate_pem()},
          {"pem", key.value().pem().revealed()}};
}

json sign(const json& asked) {
  const auto key = NotificationKey::from_pem(asked.at("pem").get<std::string>());
  const json& message = asked.at("message");
  const auto member = [&message](const char* name) {
    return message.contains(name) ? message.at(name).get<std::string>() : std::string();
  };
  const std::string type = member("Type"), text = member("Message"), id = member("MessageId"),
                    subject = member("Subject"), time = member("Timestamp"), topic = member("TopicArn"),
                    url = member("SubscribeURL"), token = member("Token");
  const std::string to_sign =
      type == "Notification"
          ? string_to_sign(NotificationMembers{
                text, id,
                message.contains("Subject") ? std::optional<std::string_view>(subject) : std::nullopt, time,
                topic})
          : string_to_sign(ConfirmationMembers{type == "SubscriptionConfirmation"
                                                   ? ConfirmationType::kSubscription
                                                   : ConfirmationType::kUnsubscribe,
                                               text, id, url, time, token, topic});
  const auto version = asked.at("version") == "1" ? SignatureVersion::kSha1 : SignatureVersion::kSha256;
  return {{"signature", key.value().sign(version, to_sign)}};
}

int serve(const char* credentials_path) {
  auto contents = CredentialsFile(credentials_path).read();
  if (!contents) {
    std::cerr << contents.error() << "\n";
    return 1;
  }
  SignatureVerifier verifier(Credentials::gather(std::move(contents->credentials)).value());
  for (std::string line; std::getline(std::cin, line);) {
    const json asked = json::parse(line);
    const json answer = asked.contains("verify")         ? verify(verifier, asked["verify"])
                        : asked.contains("generate_key") ? generate_key(asked["generate_key"])
                                                         : sign(asked.at("sign"));
    std::cout << answer.dump() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace penstock

int main(int argc, char** argv) { return argc == 2 ? penstock::serve(argv[1]) : 64; }
