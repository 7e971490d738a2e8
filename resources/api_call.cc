#include "resources/api_call.h"

#include <nlohmann/json.hpp>

#include "broker/topic.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kJson = "application/x-amz-json-1.0";
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kSnsVersion = "2010-03-31";

// Nothing of it is verified; it says for whom the call is.
std::string authorization(const World& world, std::string_view service) {
  return "AWS4-HMAC-SHA256 Credential=" + world.account.text() + "/20000101/" +
         std::string(world.region.text()) + "/" + std::string(service) +
         "/aws4_request, SignedHeaders=host, Signature=0";
}

std::string path_of(const World& world, const std::string& name) {
  return "/" + world.account.text() + "/" + name;
}

Json object_of(const DeclaredAttributes& attributes) {
  Json object = Json::object();
  for (const DeclaredAttribute& attribute : attributes) object[attribute.name] = attribute.value;
  return object;
}

std::string dumped(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string form_encoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      (encoded += '%') += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

}  // namespace

ApiCall ApiCall::of_sqs(const World& world, std::string_view action, std::string json) {
  ApiCall call;
  call.authorization_ = authorization(world, "sqs");
  call.target_ = "AmazonSQS." + std::string(action);
  call.content_type_ = kJson;
  call.body_ = std::move(json);
  return call;
}

ApiCall ApiCall::of_sns(const World& world, std::string_view action, const Members& members) {
  ApiCall call;
  call.authorization_ = authorization(world, "sns");
  call.content_type_ = kForm;
  call.body_ = "Action=" + std::string(action) + "&Version=" + std::string(kSnsVersion);
  for (const auto& [name, value] : members) call.body_ += "&" + name + "=" + form_encoded(value);
  return call;
}

ApiCall ApiCall::create_queue(const World& world, const std::string& name,
                              const DeclaredAttributes& attributes) {
  Json json{{"QueueName", name}};
  if (!attributes.empty()) json["Attributes"] = object_of(attributes);
  return of_sqs(world, "CreateQueue", dumped(json));
}

ApiCall ApiCall::set_queue(const World& world, const std::string& name,
                           const DeclaredAttributes& attributes) {
  return of_sqs(world, "SetQueueAttributes",
                dumped({{"QueueUrl", path_of(world, name)}, {"Attributes", object_of(attributes)}}));
}

ApiCall ApiCall::delete_queue(const World& world, const std::string& name) {
  return of_sqs(world, "DeleteQueue", dumped({{"QueueUrl", path_of(world, name)}}));
}

ApiCall ApiCall::tag_queue(const World& world, const std::string& name, const std::vector<Tag>& tags) {
  Json all = Json::object();
  for (const Tag& tag : tags) all[tag.key] = tag.value;
  return of_sqs(world, "TagQueue", dumped({{"QueueUrl", path_of(world, name)}, {"Tags", all}}));
}

ApiCall ApiCall::create_topic(const World& world, const std::string& name) {
  Members members{{"Name", name}};
  if (name.ends_with(".fifo")) {
    members.emplace_back("Attributes.entry.1.key", "FifoTopic");
    members.emplace_back("Attributes.entry.1.value", "true");
  }
  return of_sns(world, "CreateTopic", members);
}

ApiCall ApiCall::set_topic(const World& world, const std::string& name, const DeclaredAttribute& attribute) {
  const std::string arn = topic_arn(world, name);
  if (attribute.name == "DataProtectionPolicy") {
    return of_sns(world, "PutDataProtectionPolicy",
                  {{"ResourceArn", arn}, {"DataProtectionPolicy", attribute.value}});
  }
  return of_sns(world, "SetTopicAttributes",
                {{"TopicArn", arn}, {"AttributeName", attribute.name}, {"AttributeValue", attribute.value}});
}

ApiCall ApiCall::tag_topic(const World& world, const std::string& name, const std::vector<Tag>& tags) {
  Members members{{"ResourceArn", topic_arn(world, name)}};
  for (std::size_t at = 0; at < tags.size(); ++at) {
    const std::string member = "Tags.member." + std::to_string(at + 1);
    members.emplace_back(member + ".Key", tags[at].key);
    members.emplace_back(member + ".Value", tags[at].value);
  }
  return of_sns(world, "TagResource", members);
}

ApiCall ApiCall::subscribe(const World& world, const std::string& topic, const DeclaredSubscription& wanted) {
  Members members{
      {"TopicArn", topic_arn(world, topic)}, {"Protocol", wanted.protocol}, {"Endpoint", wanted.endpoint}};
  std::size_t number = 0;
  for (const DeclaredAttribute& attribute : wanted.attributes) {
    const std::string entry = "Attributes.entry." + std::to_string(++number);
    members.emplace_back(entry + ".key", attribute.name);
    members.emplace_back(entry + ".value", attribute.value);
  }
  return of_sns(world, "Subscribe", members);
}

ApiCall ApiCall::set_subscription(const World& world, const std::string& arn,
                                  const DeclaredAttribute& attribute) {
  return of_sns(
      world, "SetSubscriptionAttributes",
      {{"SubscriptionArn", arn}, {"AttributeName", attribute.name}, {"AttributeValue", attribute.value}});
}

ApiRequest ApiCall::request() const {
  ApiRequest request;
  request.method = "POST";
  request.target = "/";
  request.headers = {
      {"authorization", authorization_}, {"content-type", content_type_}, {"accept", "application/json"}};
  if (!target_.empty()) request.headers.emplace_back("x-amz-target", target_);
  request.body = body_;
  return request;
}

std::optional<std::string> refusal_in(const ApiResponse& response) {
  if (response.status < 400) return std::nullopt;
  const Json json = Json::parse(response.body, nullptr, false);
  const Json* error = &json;
  if (json.is_object() && json.contains("Error")) error = &json["Error"];
  for (const char* const name : {"message", "Message"}) {
    if (error->is_object() && error->contains(name) && (*error)[name].is_string()) {
      return (*error)[name].get<std::string>();
    }
  }
  return "it was answered " + std::to_string(response.status);
}

}  // namespace penstock
