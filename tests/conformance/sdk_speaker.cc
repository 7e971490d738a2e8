#include "tests/conformance/sdk_speaker.h"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace penstock::conformance {
namespace {

constexpr std::chrono::seconds kLongest{20};
constexpr std::string_view kEndpointOfCases = "http://localhost:4566";

// Everywhere in the value.
Json renamed(const Json& value, std::string_view from, std::string_view to) {
  if (value.is_string()) {
    std::string text = value;
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  }
  if (!value.is_structured()) return value;
  Json copy = value.is_array() ? Json::array() : Json::object();
  for (const auto& [name, inner] : value.items()) {
    if (value.is_array()) {
      copy.push_back(renamed(inner, from, to));
    } else {
      copy[name] = renamed(inner, from, to);
    }
  }
  return copy;
}

// AWS Query has texts only, and so have the cases about SNS.
Json as_texts(const Json& value) {
  if (value.is_boolean() || value.is_number()) return value.dump();
  if (!value.is_structured()) return value;
  Json copy = value;
  for (Json& inner : copy) inner = as_texts(inner);
  return copy;
}

}  // namespace

SdkSpeaker::SdkSpeaker(const std::vector<std::string>& command) : program_(command, port_.address()) {
  std::optional<Json> first;
  while (!(first = program_.heard())) {
    if (!program_.read_more()) throw std::runtime_error("the program of the SDK does not start");
  }
  protocol_ = first->value("protocol", "") == "json" ? Protocol::kJson : Protocol::kQuery;
  has_sns_ = first->value("sns", false);
}

bool SdkSpeaker::can_perform(const Case& one) const {
  if (one.differs || !one.speaks(protocol_)) return false;
  return std::none_of(one.steps.begin(), one.steps.end(), [&](const CaseStep& step) {
    if (!step.is_part_of(protocol_)) return false;
    if (step.verb == "http" || (step.of_sns && !has_sns_)) return true;
    return std::any_of(step.given.present.begin(), step.given.present.end(), [](const auto& member) {
      return member.first.starts_with('@') && member.first != "@Authorization";
    });
  });
}

std::uint64_t SdkSpeaker::ask(Stack& stack, const Asked& asked) {
  port_.stand_before(stack);
  const std::uint64_t call = ++calls_;
  Json line{{"id", call},
            {"service", asked.of_sns ? "sns" : "sqs"},
            {"action", asked.action},
            {"members", renamed(asked.members, kEndpointOfCases, port_.address())},
            {"key", "local"},
            {"region", "us-east-1"}};
  static const std::regex kScope("Credential=([^/]+)/[0-9]+/([^/]+)/");
  for (const auto& [name, value] : asked.headers) {
    std::smatch scope;
    if (!std::regex_search(value, scope, kScope)) continue;
    line["key"] = scope[1].str();
    line["region"] = scope[2].str();
  }
  UnderWay& under_way = under_way_[call];
  under_way.of_sns = asked.of_sns;
  const std::uint64_t before = port_.arrived();
  program_.say(line);
  while (!lines_.contains(call) && !(port_.arrived() > before && port_.waits(port_.arrived()))) {
    if (!listen_to_program()) return call;
  }
  if (port_.arrived() > before) under_way.arrival = port_.arrived();
  return call;
}

std::optional<HeardAnswer> SdkSpeaker::answer(std::uint64_t request) {
  const UnderWay& under_way = under_way_[request];
  port_.deliver();
  while (!lines_.contains(request)) {
    if (under_way.arrival != 0 && port_.waits(under_way.arrival)) return std::nullopt;
    if (!listen_to_program()) {
      HeardAnswer silent;
      silent.complaint = "the SDK says nothing";
      return silent;
    }
  }
  return understood(lines_[request], under_way);
}

bool SdkSpeaker::listen_to_program() {
  if (!port_.serve(program_.reader(), kLongest)) return false;
  // What made it return may have been the port; then nothing is there to be read yet.
  while (port_.readable(program_.reader())) {
    if (!program_.read_more()) return false;
  }
  while (std::optional<Json> line = program_.heard()) lines_[line->value("id", std::uint64_t{0})] = *line;
  return true;
}

HeardAnswer SdkSpeaker::understood(const Json& line, const UnderWay& call) const {
  HeardAnswer answer{.status = 200};
  const Json meant = renamed(line, port_.address(), kEndpointOfCases);
  if (meant.contains("own")) {
    answer.unasked = true;
    answer.complaint = "the SDK refuses by itself: " + meant["own"].get<std::string>();
  } else if (meant.contains("code")) {
    answer.status = meant.value("status", port_.status_of(call.arrival));
    answer.code = meant["code"];
    answer.text = meant.value("text", "");
  } else {
    answer.members = call.of_sns ? as_texts(meant["members"]) : meant["members"];
  }
  return answer;
}

}  // namespace penstock::conformance
