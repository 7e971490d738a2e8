// ApiCall: one request of the API, as the daemon makes it of itself: the same bytes that a client would send,
// for the account and region that it is about, so that whatever the actions check is checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/address.h"
#include "protocol/api_message.h"
#include "resources/declaration.h"

namespace penstock {

class ApiCall {
 public:
  using Members = std::vector<std::pair<std::string, std::string>>;

  // Of SQS: AWS JSON.
  static ApiCall create_queue(const World& world, const std::string& name,
                              const DeclaredAttributes& attributes);
  static ApiCall set_queue(const World& world, const std::string& name, const DeclaredAttributes& attributes);
  static ApiCall delete_queue(const World& world, const std::string& name);
  static ApiCall tag_queue(const World& world, const std::string& name, const std::vector<Tag>& tags);

  // Of SNS: AWS Query.
  static ApiCall create_topic(const World& world, const std::string& name);
  static ApiCall set_topic(const World& world, const std::string& name, const DeclaredAttribute& attribute);
  static ApiCall tag_topic(const World& world, const std::string& name, const std::vector<Tag>& tags);
  static ApiCall subscribe(const World& world, const std::string& topic, const DeclaredSubscription& wanted);
  static ApiCall set_subscription(const World& world, const std::string& arn,
                                  const DeclaredAttribute& attribute);

  // Looks into this.
  ApiRequest request() const;

 private:
  static ApiCall of_sqs(const World& world, std::string_view action, std::string json);
  static ApiCall of_sns(const World& world, std::string_view action, const Members& members);

  std::string authorization_;
  std::string target_;
  std::string content_type_;
  std::string body_;
};

// What the response refuses, in AWS's words; nothing: it is done.
std::optional<std::string> refusal_in(const ApiResponse& response);

}  // namespace penstock
