#include "tests/conformance/filter_cases.h"

#include <algorithm>
#include <utility>

#include "tests/policies/filter_table.h"

namespace penstock::conformance {
namespace {

using Message = FilterTable::Message;
using Refused = FilterTable::Refused;

constexpr std::size_t kMessagesMax = 10;  // that one ReceiveMessage can bring
constexpr std::size_t kRefusedMax = 14;   // a case that fails should still tell where
constexpr std::string_view kQueueArn = "arn:aws:sqs:us-east-1:000000000000:";

// As notation.h has it.
std::string in_notation(std::string_view text) {
  std::string with_dollars;
  for (const char c : text) with_dollars += c == '$' ? "$$" : std::string(1, c);
  return Json(std::move(with_dollars)).dump();
}

// The text of a case file, and the line of the page that each of its lines is about.
class CaseText {
 public:
  void add(int page_line, const std::string& line) {
    text_ += line + "\n";
    page_lines_.push_back(page_line);
  }

  Result<std::vector<Case>> cases() const {
    Result<std::vector<Case>> cases = parse_cases(text_);
    if (!cases) return refuse(ErrorCode::kMalformedInput, cases.error().text + " of\n" + text_);
    for (Case& one : *cases) {
      one.line = page_line(one.line);
      for (CaseStep& step : one.steps) step.line = page_line(step.line);
    }
    return cases;
  }

 private:
  int page_line(int line) const { return page_lines_[static_cast<std::size_t>(line) - 1]; }

  std::string text_;
  std::vector<int> page_lines_;
};

std::string filter_attributes(std::string_view policy, bool on_body) {
  return std::string("Attributes={") + (on_body ? "FilterPolicyScope: MessageBody, " : "") +
         "FilterPolicy: " + in_notation(policy) + "}";
}

std::string subscribe(std::string_view queue) {
  return "  sns: Subscribe TopicArn=$news Protocol=sqs Endpoint=" +
         in_notation(std::string(kQueueArn) + std::string(queue)) + " ";
}

// ---- which messages are wanted

std::string subject_of(const Message& message) { return "row " + std::to_string(message.row); }

std::string publish(const Message& message) {
  std::string step = "  sns: Publish TopicArn=$news Subject=" + in_notation(subject_of(message)) +
                     " Message=" + in_notation(message.body.empty() ? "hello" : message.body);
  if (message.attributes.empty()) return step;
  std::string attributes;
  for (const FilterTable::Attribute& attribute : message.attributes) {
    attributes += (attributes.empty() ? "" : ", ") + in_notation(attribute.name) +
                  ": {DataType: " + in_notation(attribute.type) +
                  (attribute.type.starts_with("Binary") ? ", BinaryValue: " : ", StringValue: ") +
                  in_notation(attribute.value) + "}";
  }
  return step + " MessageAttributes={" + attributes + "}";
}

// What the queue has: the envelopes of these, in their order.
std::string receive(std::string_view queue, const std::vector<const Message*>& messages) {
  std::string step = "  ReceiveMessage QueueUrl=$" + std::string(queue) + " MaxNumberOfMessages=10 -> ";
  if (messages.empty()) return step + "exactly";
  std::string envelopes;
  for (const Message* message : messages) {
    const std::string expression = "[\\s\\S]*\"Subject\" : \"" + subject_of(*message) + "\"[\\s\\S]*";
    envelopes += (envelopes.empty() ? "" : ", ") + std::string("{Body: ~") + Json(expression).dump() + "}";
  }
  return step + "Messages=[" + envelopes + "]";
}

// The messages of each policy together, in as few parts as ReceiveMessage allows.
std::vector<std::vector<const Message*>> parts_of(const std::vector<Message>& messages, bool on_body) {
  std::vector<std::vector<const Message*>> by_policy;
  for (const Message& message : messages) {
    if (message.on_body != on_body) continue;
    const auto same = std::find_if(by_policy.begin(), by_policy.end(), [&](const auto& group) {
      return group.front()->policy == message.policy && group.size() < kMessagesMax;
    });
    if (same == by_policy.end()) {
      by_policy.push_back({&message});
    } else {
      same->push_back(&message);
    }
  }
  std::vector<std::vector<const Message*>> parts;
  for (const auto& group : by_policy) {
    if (parts.empty() || parts.back().size() + group.size() > kMessagesMax) parts.emplace_back();
    parts.back().insert(parts.back().end(), group.begin(), group.end());
  }
  return parts;
}

void add_wanted(const std::vector<const Message*>& messages, CaseText& text) {
  const bool on_body = messages.front()->on_body;
  const int line = messages.front()->line;
  std::string title = std::string(on_body ? "SNS-518" : "SNS-517") + " What policies on " +
                      (on_body ? "bodies" : "attributes") + " want: rows";
  for (const Message* message : messages) title += " " + std::to_string(message->row);
  text.add(line, title);
  text.add(line, "  queue all");
  text.add(line, "  queue wanted");
  text.add(line, "  sns: CreateTopic Name=news -> TopicArn=?news");
  text.add(line, subscribe("all"));
  std::vector<const Message*> wanted;
  for (std::size_t at = 0; at < messages.size(); ++at) {
    const Message& message = *messages[at];
    if (at == 0 || messages[at - 1]->policy != message.policy) {
      text.add(message.line,
               subscribe("wanted") + filter_attributes(message.policy, on_body) + " -> SubscriptionArn=?one");
    }
    text.add(message.line, publish(message));
    if (at + 1 == messages.size() || messages[at + 1]->policy != message.policy) {
      text.add(message.line, "  sns: Unsubscribe SubscriptionArn=$one");
    }
    if (message.wanted) wanted.push_back(&message);
  }
  text.add(line, receive("all", messages));
  text.add(line, receive("wanted", wanted));
}

// ---- which policies are refused

std::string refusal(std::string_view prefix, const Refused& refused) {
  return " -> 400 InvalidParameter " + in_notation(std::string(prefix) + refused.text);
}

void add_refused(const std::vector<Refused>& all, std::size_t begin, std::size_t end, CaseText& text) {
  const int line = all[begin].line;
  text.add(line,
           "SNS-316 Policies that are refused: " + std::to_string(begin + 1) + " to " + std::to_string(end));
  text.add(line, "  sns: CreateTopic Name=news -> TopicArn=?news");
  text.add(line, subscribe("a") + "-> SubscriptionArn=?on_attributes");
  text.add(line, subscribe("b") + "Attributes={FilterPolicyScope: MessageBody} -> SubscriptionArn=?on_body");
  for (std::size_t at = begin; at < end; ++at) {
    const Refused& refused = all[at];
    const std::string subscription = refused.on_body ? "$on_body" : "$on_attributes";
    text.add(refused.line, subscribe("c") + filter_attributes(refused.policy, refused.on_body) +
                               refusal("Invalid parameter: Attributes Reason: ", refused));
    text.add(refused.line, "  sns: SetSubscriptionAttributes SubscriptionArn=" + subscription +
                               " AttributeName=FilterPolicy AttributeValue=" + in_notation(refused.policy) +
                               refusal("Invalid parameter: ", refused));
  }
  text.add(line, "  sns: ListSubscriptionsByTopic TopicArn=$news -> Subscriptions=[{}, {}]");
  for (const char* subscription : {"$on_attributes", "$on_body"}) {
    text.add(line, std::string("  sns: GetSubscriptionAttributes SubscriptionArn=") + subscription +
                       " -> Attributes={!FilterPolicy}");
  }
}

}  // namespace

Result<CaseFile> filter_cases(std::string_view page, const std::string& path) {
  const Result<FilterTable> table = read_filter_table(page);
  if (!table) return tl::unexpected(table.error());
  CaseText text;
  for (const bool on_body : {false, true}) {
    for (const auto& part : parts_of(table->messages, on_body)) add_wanted(part, text);
  }
  for (std::size_t at = 0; at < table->refused.size(); at += kRefusedMax) {
    add_refused(table->refused, at, std::min(at + kRefusedMax, table->refused.size()), text);
  }
  Result<std::vector<Case>> cases = text.cases();
  if (!cases) return tl::unexpected(cases.error());
  return CaseFile{.path = path, .name = "sns_filter_policies", .cases = std::move(*cases)};
}

}  // namespace penstock::conformance
