// SnsDialect: how a client says SNS calls, which are in AWS Query in every SDK. For any endpoint.
#pragma once

#include <string>
#include <string_view>

#include "bench/sqs_dialect.h"

namespace penstock {

class SnsDialect {
 public:
  explicit SnsDialect(Caller caller) : caller_(std::move(caller)) {}

  std::string create_topic(std::string_view name) const {
    return call("CreateTopic", {{"Name", std::string(name)}});
  }
  std::string delete_topic(const std::string& arn) const { return call("DeleteTopic", {{"TopicArn", arn}}); }
  std::string publish(const std::string& arn, const std::string& message) const {
    return call("Publish", {{"TopicArn", arn}, {"Message", message}});
  }
  std::string subscribe_raw(const std::string& arn, const std::string& queue_arn) const {
    return call("Subscribe", {{"TopicArn", arn},
                              {"Protocol", "sqs"},
                              {"Endpoint", queue_arn},
                              {"Attributes.entry.1.key", "RawMessageDelivery"},
                              {"Attributes.entry.1.value", "true"}});
  }
  // Empty if it is not there.
  static std::string topic_arn(std::string_view answer) {
    const auto found = xml_texts(answer, "TopicArn");
    return found.empty() ? std::string() : found.front();
  }

 private:
  std::string call(std::string_view action, const QueryParameters& parameters) const {
    return query_call(caller_, "sns", "2010-03-31", action, parameters);
  }

  const Caller caller_;
};

}  // namespace penstock
