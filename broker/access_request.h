// AccessRequest: what access policies are asked: may this caller do this to that, under these circumstances?
//
// Nothing here looks at a clock or a socket. The time, the peer's address and whatever else conditions may
// name are put into the context by whoever builds the request.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/address.h"

namespace penstock {

// Who asks. Policies know a caller by its ARN or, if it is an AWS service, by its name.
class AccessCaller {
 public:
  enum class Kind { kAnonymous, kAccount, kIdentity, kService };

  static AccessCaller anonymous() { return AccessCaller(Kind::kAnonymous, "anonymous"); }
  // Such as "sns.amazonaws.com".
  static AccessCaller service(std::string name) { return AccessCaller(Kind::kService, std::move(name)); }
  // Of arn:PARTITION:iam::ACCOUNT:root, user/... or role/..., or arn:PARTITION:sts::ACCOUNT:assumed-role/
  // ROLE/SESSION; nothing if it is another.
  static std::optional<AccessCaller> of_arn(std::string arn);

  Kind kind() const { return kind_; }
  // The ARN; of a service its name.
  const std::string& name() const { return name_; }
  // Of a session: the ARN of its role, by which policies know it as well. Otherwise empty.
  const std::string& role() const { return role_; }
  // Nothing for anonymous callers and services.
  const std::optional<AccountId>& account() const { return account_; }

 private:
  AccessCaller(Kind kind, std::string name) : kind_(kind), name_(std::move(name)) {}

  Kind kind_;
  std::string name_;
  std::string role_;
  std::optional<AccountId> account_;
};

// The circumstances: condition keys (aws:SourceArn, aws:SourceIp, aws:CurrentTime ...), each with its values.
// The names of keys have no case.
class RequestContext {
 public:
  void set(std::string_view key, std::string value) { set_values(key, {std::move(value)}); }
  void set_values(std::string_view key, std::vector<std::string> values);

  // None if the request does not have the key.
  std::span<const std::string> values(std::string_view folded_key) const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> keys_;  // folded
};

struct AccessRequest {
  AccessCaller caller;
  std::string action;    // SERVICE:ACTION, as policy_action() gives it
  std::string resource;  // the ARN of the queue or topic, or "*"
  RequestContext context;
};

// The action under which policies know an operation of the service "sqs" or "sns": whoever may send may
// send batches.
std::string policy_action(std::string_view service, std::string_view operation);

// The parts of an ARN: arn, partition, service, region, account, resource (which may have colons).
// Nothing if there are fewer.
std::optional<std::vector<std::string_view>> arn_parts(std::string_view arn);

}  // namespace penstock
