#include "tests/conformance/performance.h"

#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <regex>

#include "tests/conformance/speaker.h"
#include "tests/conformance/wire_errors.h"

namespace penstock::conformance {
namespace {

// Headers and captures are texts, whatever they look like.
std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

// The `@` members of a step leave it for the request's headers and path.
Result<Asked> asked_by(const CaseStep& step, const Captures& captures) {
  Result<Json> all = value_of(step.given, captures);
  if (!all) return tl::unexpected(all.error());
  Asked asked{
      .action = step.verb == "queue" ? "CreateQueue" : step.verb, .of_sns = step.of_sns, .headers = {}};
  for (const auto& [name, value] : all->items()) {
    if (name == "@path") {
      asked.path = text_of(value);
    } else if (name.starts_with('@')) {
      asked.headers.emplace_back(name.substr(1), text_of(value));
    } else {
      asked.members[name] = value;
    }
  }
  if (step.verb == "queue") {
    Json attributes = std::exchange(asked.members, Json{{"QueueName", step.plain[0]}});
    if (!attributes.empty()) asked.members["Attributes"] = std::move(attributes);
  }
  return asked;
}

std::string told(const HeardAnswer& answer) {
  if (!answer.complaint.empty()) return answer.complaint;
  if (!answer.code.empty()) {
    return std::to_string(answer.status) + " " + answer.code + " \"" + answer.text + "\"";
  }
  std::string text = answer.members.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 1000) text.resize(1000);
  return text;
}

Json described(const ApiResponse& response) {
  Json described{{"Status", response.status}, {"Body", response.body}};
  if (!response.content_type.empty()) described["Content-Type"] = response.content_type;
  for (const auto& [name, value] : response.headers) described[name] = value;
  return described;
}

// Adds the names of the members and of those inside of them.
void add_members(const std::string& prefix, const Json& members, std::vector<std::string>& names) {
  for (const auto& [name, value] : members.items()) {
    names.push_back(prefix + name);
    const std::string inner = prefix + name + ".";
    if (name == "MessageAttributes" || name == "MessageSystemAttributes" || value.is_array()) {
      for (const Json& element : value) {
        if (element.is_object()) add_members(inner, element, names);
      }
    } else if (value.is_object()) {
      add_members(inner, value, names);
    }
  }
}

// What an answer to bytes refuses with, in either form; empty: it does not, or in no form.
std::pair<Protocol, std::string> refusal_in(const ApiResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "x-amzn-query-error") return {Protocol::kJson, value.substr(0, value.find(';'))};
  }
  const std::size_t code = response.body.find("<Code>");
  if (code == std::string::npos) return {};
  const std::size_t end = response.body.find("</Code>", code);
  return {Protocol::kQuery, response.body.substr(code + 6, end - code - 6)};
}

// Null: cases have no such bound.
std::size_t* bound_named(std::string_view name, BrokerLimits& limits) {
  if (name == "in_flight") return &limits.touched_queue_max;
  if (name == "topics") return &limits.topics_max;
  if (name == "subscriptions") return &limits.subscriptions_topic_max;
  if (name == "filter_policies") return &limits.filter_policies_topic_max;
  if (name == "publication_bytes") return &limits.publication_bytes_max;
  if (name == "mobile_bytes") return &limits.mobile_bytes_max;
  return nullptr;
}

class Stage {
 public:
  explicit Stage(Speaker& speaker) : speaker_(speaker), protocol_(speaker.protocol()) {}

  Performance perform(const Case& one) {
    for (const CaseStep& step : one.steps) {
      if (!step.is_part_of(protocol_)) continue;
      const std::string otherwise = step.times == 1 ? perform(step) : perform_often(step);
      if (performance_.client_refused) break;
      if (otherwise.empty()) continue;
      performance_.otherwise = "line " + std::to_string(step.line) + ", in " +
                               std::string(name_of(protocol_)) + ": " + step.text.substr(0, 1000) + "\n  " +
                               otherwise;
      break;
    }
    speaker_.leave();
    return std::move(performance_);
  }

 private:
  struct UnderWay {
    bool of_sns = false;
    std::uint64_t request = 0;  // the speaker's number
    std::size_t seen = 0;  // its place in the performance; filled in when it is answered
  };

  std::string perform_often(const CaseStep& step) {
    std::string otherwise;
    for (int number = 1; number <= step.times && otherwise.empty(); ++number) {
      CaseStep one = step;
      one.given = counted(step.given, std::to_string(number));
      otherwise = perform(one);
    }
    return otherwise;
  }

  std::string perform(const CaseStep& step) {
    if (step.verb == "then") return answered(step, step.plain[0]);
    if (step.verb == "http") return exchange(step);
    if (step.is_request()) return ask(step);
    return direct(step);
  }

  std::string direct(const CaseStep& step) {
    if (step.verb == "advance") {
      double seconds = 0;
      const std::string& text = step.plain[0];
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
      if (error != std::errc{} || end != text.data() + text.size()) return "not understood";
      stack_->pass(Milliseconds{std::llround(seconds * 1000)});
      return {};
    }
    if (step.verb == "opt-out") return stack_->opt_out(step.plain[0]) ? "" : "could not opt out";
    if (step.verb == "code") {
      const std::string text = stack_->last_text_to(step.plain[1]);
      std::smatch code;
      if (!std::regex_search(text, code, std::regex("[0-9]+"))) return "no code came: " + text;
      captures_[step.plain[0]] = code.str();
      return {};
    }
    if (step.verb == "let") {
      const Result<Json> given = value_of(step.given, captures_);
      if (!given) return given.error().text;
      for (const auto& [name, value] : given->items()) captures_[name] = text_of(value);
      return {};
    }
    if (step.verb == "limits") {
      const Result<Json> given = value_of(step.given, captures_);
      if (!given) return given.error().text;
      BrokerLimits limits;
      for (const auto& [name, value] : given->items()) {
        std::size_t* const bound = bound_named(name, limits);
        if (bound == nullptr || !value.is_number_unsigned()) return "not understood: " + name;
        *bound = value.get<std::size_t>();
      }
      stack_ = std::make_unique<Stack>(limits);
      return {};
    }
    return "not understood";
  }

  std::string ask(const CaseStep& step) {
    const Result<Asked> asked = asked_by(step, captures_);
    if (!asked) return asked.error().text;
    SeenAnswer seen{.protocol = step.of_sns ? Protocol::kQuery : protocol_,
                    .action = (step.of_sns ? "sns:" : "") + asked->action};
    add_members("", asked->members, seen.members);
    asked_[step.who] = {step.of_sns, speaker_.ask(*stack_, *asked), seen_under_way_.size()};
    seen_under_way_.push_back(std::move(seen));
    return answered(step, step.who);
  }

  // Compares the answer to WHO's last request with what the step expects.
  std::string answered(const CaseStep& step, const std::string& who) {
    const auto asked = asked_.find(who);
    if (asked == asked_.end()) return "nobody of that name has asked anything";
    const std::optional<HeardAnswer> heard = speaker_.answer(asked->second.request);
    if (!heard) return std::holds_alternative<Waits>(step.expected) ? "" : "waits";
    if (std::holds_alternative<Waits>(step.expected)) return "does not wait";
    const HeardAnswer& answer = *heard;
    performance_.client_refused = answer.unasked && std::holds_alternative<Refusal>(step.expected);
    note(asked->second, answer);
    if (!answer.complaint.empty()) return answer.complaint;
    if (const auto* refusal = std::get_if<Refusal>(&step.expected)) return compare(*refusal, answer, asked->second.of_sns);
    if (!answer.code.empty()) return "led to " + told(answer);
    if (step.verb == "queue") captures_[step.plain[0]] = answer.members.value("QueueUrl", "");
    const std::string what = difference(std::get<Members>(step.expected), answer.members, captures_);
    return what.empty() ? "" : what + "\n  led to " + told(answer);
  }

  std::string compare(const Refusal& expected, const HeardAnswer& answer, bool of_sns) {
    const std::string otherwise = "led to " + told(answer);
    if (answer.code != expected.code || answer.status != expected.status) return otherwise;
    if (expected.text) {
      return difference(*expected.text, Json(answer.text), captures_).empty() ? "" : otherwise;
    }
    const WireErrorForm* form = of_sns ? find_sns_error(answer.code) : find_wire_error(answer.code);
    if (form == nullptr || form->json_text.empty()) return "this code has no standard text";
    const bool other_words = !of_sns && protocol_ == Protocol::kQuery && !form->query_text.empty();
    return answer.text == (other_words ? form->query_text : form->json_text) ? "" : otherwise;
  }

  void note(const UnderWay& asked, const HeardAnswer& answer) {
    SeenAnswer& seen = seen_under_way_[asked.seen];
    seen.code = answer.complaint.empty() ? answer.code : "";
    if (!answer.complaint.empty()) return;
    if (const auto failed = answer.members.find("Failed"); failed != answer.members.end()) {
      for (const Json& entry : *failed) seen.entry_codes.push_back(entry.value("Code", ""));
    }
    if (const auto attributes = answer.members.find("Attributes"); attributes != answer.members.end()) {
      for (const auto& [name, ignored] : attributes->items()) {
        if (!asked.of_sns) seen.attributes.push_back(name);
      }
    }
    performance_.seen.push_back(seen);
  }

  std::string exchange(const CaseStep& step) {
    const Result<Json> given = value_of(step.given, captures_);
    if (!given) return given.error().text;
    const Result<std::string> target = filled_in(step.plain[1], captures_);
    if (!target) return target.error().text;
    SpokenRequest request{.method = step.plain[0], .target = *target, .headers = {}, .body = {}};
    for (const auto& [name, value] : given->items()) {
      if (name == "body") {
        request.body = text_of(value);
      } else {
        request.headers.emplace_back(name, text_of(value));
      }
    }
    const ApiResponse* response = stack_->answer(stack_->send(request.view()));
    if (response == nullptr) return "waits";
    const auto [protocol, code] = refusal_in(*response);
    performance_.seen.push_back({.protocol = protocol, .action = {}, .code = code});
    const auto* expected = std::get_if<Members>(&step.expected);
    if (expected == nullptr) return "what bytes lead to is told by members";
    const Json actual = described(*response);
    const std::string what = difference(*expected, actual, captures_);
    return what.empty() ? ""
                        : what + "\n  led to " + actual.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  Speaker& speaker_;
  Protocol protocol_;
  std::unique_ptr<Stack> stack_ = std::make_unique<Stack>();
  Captures captures_;
  std::map<std::string, UnderWay> asked_;
  std::vector<SeenAnswer> seen_under_way_;
  Performance performance_;
};

}  // namespace

Performance perform(const Case& one, Protocol protocol) {
  RawSpeaker speaker(protocol);
  return perform(one, speaker);
}

Performance perform(const Case& one, Speaker& speaker) { return Stage(speaker).perform(one); }

}  // namespace penstock::conformance
