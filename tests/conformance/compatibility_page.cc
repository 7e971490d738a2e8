#include "tests/conformance/compatibility_page.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "protocol/query_document.h"
#include "protocol/queue_attribute_table.h"
#include "protocol/sns_table.h"
#include "protocol/sqs_table.h"
#include "tests/conformance/not_shown.h"

namespace penstock::conformance {
namespace {

constexpr std::array kProtocols{Protocol::kJson, Protocol::kQuery};

template <class Visit>
void each_row(Visit&& visit) {
  each_sqs_action([&](auto at) { visit(std::get<decltype(at)::value>(sqs::kActions)); });
}

template <class Visit>
void each_code(Visit&& visit) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kEmptyValue); ++code) {
    visit(static_cast<ErrorCode>(code));
  }
}

bool is_excepted(ErrorCode code) {
  return std::any_of(kErrorsNotProvoked.begin(), kErrorsNotProvoked.end(),
                     [&](const ErrorNotProvoked& exception) { return exception.code == code; });
}

bool is_excepted(std::string_view action, ErrorCode code) {
  return is_excepted(code) || std::any_of(kActionErrorsNotProvoked.begin(), kActionErrorsNotProvoked.end(),
                                          [&](const ActionErrorNotProvoked& exception) {
                                            return exception.action == action && exception.code == code;
                                          });
}

bool is_excepted(std::string_view action, std::string_view parameter) {
  return std::any_of(
      kParametersNotShown.begin(), kParametersNotShown.end(),
      [&](const ParameterNotShown& one) { return one.action == action && one.name == parameter; });
}

std::string_view told(Standing standing) {
  switch (standing) {
    case Standing::kOffered:
      return "offered";
    case Standing::kAccepted:
      return "accepted, changes nothing";
    case Standing::kNotOffered:
      return "not offered";
  }
  return {};
}

// ---- parameters

template <class Member>
struct KindOf {
  static constexpr std::string_view kText = "structure";
};
template <>
struct KindOf<Text> {
  static constexpr std::string_view kText = "text";
};
template <>
struct KindOf<Integer> {
  static constexpr std::string_view kText = "integer";
};
template <>
struct KindOf<std::optional<Blob>> {
  static constexpr std::string_view kText = "bytes";
};
template <class Element>
struct KindOf<std::vector<Element>> {
  static constexpr std::string_view kText = HasFields<Element> ? "list of structures" : "list";
};
template <class Value>
struct KindOf<MapOf<Value>> {
  static constexpr std::string_view kText = HasFields<Value> ? "map of structures" : "map";
};

template <class Member>
struct ElementOf {
  using type = void;
};
template <HasFields Element>
struct ElementOf<std::vector<Element>> {
  using type = Element;
};
template <HasFields Value>
struct ElementOf<MapOf<Value>> {
  using type = Value;
};

template <class Field>
std::string query_spelling(const Field& field) {
  using Member = typename Field::member_type;
  std::string spelling(field.query_name);
  if constexpr (KindOf<Member>::kText.starts_with("list") || KindOf<Member>::kText.starts_with("map")) {
    spelling += ".N";
  }
  if (!field.map.key.empty()) {
    spelling += "." + std::string(field.map.key) + ", ." + std::string(field.map.value);
  }
  return spelling;
}

template <class Field>
std::string rules(const Field& field) {
  std::string rules(KindOf<typename Field::member_type>::kText);
  if (field.need == Need::kRequired) rules += ", required";
  if (field.need == Need::kQueue) rules += ", names the queue";
  if (field.range) {
    rules += ", " + std::to_string(field.range->min) + " to " + std::to_string(field.range->max);
  }
  return rules;
}

template <HasFields Request>
void print_fields(const std::string& prefix, const std::string& query_prefix, std::string& page) {
  static_cast<void>(each_field<Request>([&](const auto& field) -> Result<void> {
    using Member = typename std::decay_t<decltype(field)>::member_type;
    using Element = typename ElementOf<Member>::type;
    const std::string name = prefix + std::string(field.name);
    const std::string query_name = query_prefix + query_spelling(field);
    page += "| " + name + " | " + query_name + " | " + rules(field) + " | " +
            std::string(told(field.standing)) + " |\n";
    if constexpr (!std::is_void_v<Element>) {
      const std::string value = field.map.value.empty() ? "" : std::string(field.map.value) + ".";
      print_fields<Element>(name + ".", query_prefix + std::string(field.query_name) + ".N." + value, page);
    }
    return {};
  }));
}

// Calls visit(name) for every parameter that is offered, those inside of structures too.
template <HasFields Request, class Visit>
void each_parameter(const std::string& prefix, const Visit& visit) {
  static_cast<void>(each_field<Request>([&](const auto& field) -> Result<void> {
    using Element = typename ElementOf<typename std::decay_t<decltype(field)>::member_type>::type;
    if (field.standing == Standing::kNotOffered) return {};
    const std::string name = prefix + std::string(field.name);
    visit(name);
    if constexpr (!std::is_void_v<Element>) each_parameter<Element>(name + ".", visit);
    return {};
  }));
}

// ---- attributes

std::string rules(const QueueAttributeRow& row) {
  switch (row.kind) {
    case AttributeKind::kNumber:
      return std::to_string(row.min) + " to " + std::to_string(row.max);
    case AttributeKind::kBoolean:
      return "true or false";
    case AttributeKind::kText:
      return "text";
    case AttributeKind::kFifoOnly:
      return "of FIFO queues";
    case AttributeKind::kReadOnly:
      return "read only";
  }
  return {};
}

bool is_settable(const QueueAttributeRow& row) {
  return row.kind == AttributeKind::kNumber || row.kind == AttributeKind::kBoolean ||
         row.kind == AttributeKind::kText || row.kind == AttributeKind::kFifoOnly;
}

bool takes_queue_attributes(std::string_view action) {
  return action == "CreateQueue" || action == "SetQueueAttributes";
}

// ---- the page

std::string cases_of(std::size_t count) {
  return count == 0 ? "-" : std::to_string(count) + (count == 1 ? " case" : " cases");
}

void print_actions(const Coverage& coverage, std::string& page) {
  page +=
      "## Actions\n\n| action | standing | shown in AWS JSON by | shown in AWS Query by "
      "|\n|---|---|---|---|\n";
  each_row([&](const auto& row) {
    page += "| " + std::string(row.name) + " | " + std::string(told(row.standing));
    for (const Protocol protocol : kProtocols) {
      page += " | " +
              cases_of(row.standing == Standing::kNotOffered ? 0 : coverage.successes(protocol, row.name));
    }
    page += " |\n";
  });
  page += "\n";
}

void print_parameters(std::string& page) {
  page += "## Parameters\n\nOf the actions that are offered. N counts from 1.\n\n";
  each_row([&](const auto& row) {
    if (row.standing == Standing::kNotOffered) return;
    page +=
        "### " + std::string(row.name) + "\n\n| AWS JSON | AWS Query | is | standing |\n|---|---|---|---|\n";
    print_fields<typename std::decay_t<decltype(row)>::Request>("", "", page);
    page += "\n";
  });
}

void print_attributes(std::string& page) {
  page += "## Queue attributes\n\n| attribute | is | standing |\n|---|---|---|\n";
  for (const QueueAttributeRow& row : kQueueAttributeTable) {
    page +=
        "| " + std::string(row.name) + " | " + rules(row) + " | " + std::string(told(row.standing)) + " |\n";
  }
  page += "\n";
}

void print_errors(const Coverage& coverage, std::string& page) {
  page +=
      "## Errors\n\nEach error by the action that can give it, and in how many cases it was provoked, as the "
      "answer or as that of one entry of a batch. The errors that any action can give stand at the end.\n\n"
      "| action | error | AWS JSON | AWS Query |\n|---|---|---|---|\n";
  const auto print = [&](std::string_view action, ErrorCode code, std::size_t json, std::size_t query) {
    page += "| " + std::string(action) + " | " + std::string(wire_error(code).query_code) + " | " +
            cases_of(json) + " | " + cases_of(query) + " |\n";
  };
  each_row([&](const auto& row) {
    if (row.standing == Standing::kNotOffered) return;
    each_code([&](ErrorCode code) {
      if (!row.errors.contains(code) || is_excepted(row.name, code)) return;
      const std::string_view query_code = wire_error(code).query_code;
      print(row.name, code, coverage.provoked(Protocol::kJson, row.name, query_code),
            coverage.provoked(Protocol::kQuery, row.name, query_code));
    });
  });
  each_code([&](ErrorCode code) {
    if (!kSqsCommonErrors.contains(code) || is_excepted(code)) return;
    const std::string_view query_code = wire_error(code).query_code;
    print("any", code, coverage.provoked(Protocol::kJson, query_code),
          coverage.provoked(Protocol::kQuery, query_code));
  });
  page += "\n";
}

void print_exceptions(const Coverage& coverage, std::string& page) {
  page += "## Known differences\n\n";
  for (const auto& [fact, title] : coverage.differences()) {
    page += "- " + name_of_fact(fact) + ", " + title + ": not so in this build.\n";
  }
  for (const FactNotShown& exception : kFactsNotShown) {
    page +=
        "- " + name_of_fact(exception.fact) + " has no case. " + std::string(exception.reason) +
        (exception.shown_in.empty() ? "" : " Shown by " + std::string(exception.shown_in) + ".") + "\n";
  }
  for (const ParameterNotShown& exception : kParametersNotShown) {
    page += "- " + std::string(exception.action) + "." + std::string(exception.name) +
            " is in no request that succeeds. " + std::string(exception.reason) + "\n";
  }
  for (const ActionErrorNotProvoked& exception : kActionErrorsNotProvoked) {
    page += "- " + std::string(exception.action) + " is not provoked to `" +
            std::string(wire_error(exception.code).query_code) + "` by any case. " +
            std::string(exception.reason) + "\n";
  }
  for (const ErrorNotProvoked& exception : kErrorsNotProvoked) {
    page += "- `" + std::string(wire_error(exception.code).query_code) + "` is not provoked by any case. " +
            std::string(exception.reason) + "\n";
  }
  page += "\n";
}

// ---- SNS

template <class Visit>
void each_sns_row(Visit&& visit) {
  each_sns_action([&](auto at) { visit(std::get<decltype(at)::value>(sns::kActions)); });
}

std::string of_sns(std::string_view action) { return "sns:" + std::string(action); }

std::string_view sns_code(ErrorCode code) { return code_in(kSnsDialect, code); }

template <class Visit>
void each_sns_code(const Visit& visit) {
  for (const WireError& row : wire_errors()) visit(row.code);
}

void print_sns(const Coverage& coverage, std::string& page) {
  page +=
      "## Amazon SNS\n\nAWS Query only, as with AWS. [How SNS behaves](behaviour/sns.md) has the facts. Of STS, "
      "GetCallerIdentity is\nanswered.\n\n| action | standing | shown by |\n|---|---|---|\n";
  each_sns_row([&](const auto& row) {
    const bool offered = row.standing != Standing::kNotOffered;
    page += "| " + std::string(row.name) + " | " + std::string(told(row.standing)) + " | " +
            cases_of(offered ? coverage.successes(Protocol::kQuery, of_sns(row.name)) : 0) + " |\n";
  });
  page += "\n";
  each_sns_row([&](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    if (row.standing == Standing::kNotOffered) return;
    page += "### sns " + std::string(row.name) + "\n\n| member | AWS Query | is | standing |\n|---|---|---|---|\n";
    print_fields<Request>("", "", page);
    page += "\n";
  });
  page += "### Errors of SNS\n\n| action | error | shown by |\n|---|---|---|\n";
  each_sns_row([&](const auto& row) {
    if (row.standing == Standing::kNotOffered) return;
    each_sns_code([&](ErrorCode code) {
      if (!row.errors.contains(code)) return;
      page += "| " + std::string(row.name) + " | `" + std::string(sns_code(code)) + "` | " +
              cases_of(coverage.provoked(Protocol::kQuery, of_sns(row.name), sns_code(code))) + " |\n";
    });
  });
  page += "\n";
}

void find_sns_not_shown(const Coverage& coverage, std::vector<std::string>& missing) {
  const auto expect = [&](bool shown, const std::string& what) {
    if (!shown) missing.push_back(what);
  };
  each_sns_row([&](const auto& row) {
    using Request = typename std::decay_t<decltype(row)>::Request;
    if (row.standing == Standing::kNotOffered) return;
    const std::string action = of_sns(row.name);
    expect(coverage.successes(Protocol::kQuery, action) > 0, action);
    each_parameter<Request>("", [&](const std::string& parameter) {
      expect(coverage.sent(Protocol::kQuery, action, parameter), action + "." + parameter);
    });
    each_sns_code([&](ErrorCode code) {
      if (!row.errors.contains(code)) return;
      const bool provoked = coverage.provoked(Protocol::kQuery, action, sns_code(code)) > 0;
      expect(provoked, action + " refusing with " + std::string(sns_code(code)));
    });
  });
}

}  // namespace

std::vector<std::string> not_declared(const Coverage& coverage) {
  std::vector<std::string> undeclared;
  for (const auto& [action, code] : coverage.refusals_of_sns()) {
    // What this build does not offer is refused so whatever the table says, and what is no action of SNS has no row.
    bool declared = code == sns_code(ErrorCode::kUnsupportedOperation);
    bool has_row = false;
    each_sns_row([&](const auto& row) {
      if (row.name != action) return;
      has_row = true;
      each_sns_code([&](ErrorCode one) {
        declared = declared || (sns_code(one) == code && (row.errors.contains(one) || kSnsCommonErrors.contains(one)));
      });
    });
    if (!has_row) declared = code == sns_code(ErrorCode::kInvalidAction);
    if (!declared) undeclared.push_back("sns:" + action + " refusing with " + code);
  }
  return undeclared;
}

std::vector<std::string> not_shown(const Coverage& coverage) {
  std::vector<std::string> missing;
  const auto expect = [&](bool shown, Protocol protocol, std::string_view what) {
    if (!shown) missing.push_back(std::string(what) + " in " + std::string(name_of(protocol)));
  };
  for (const Protocol protocol : kProtocols) {
    each_row([&](const auto& row) {
      if (row.standing == Standing::kNotOffered) return;
      using Request = typename std::decay_t<decltype(row)>::Request;
      const std::string name(row.name);
      expect(coverage.successes(protocol, name) > 0, protocol, name);
      each_parameter<Request>("", [&](const std::string& parameter) {
        expect(is_excepted(name, parameter) || coverage.sent(protocol, name, parameter), protocol,
               name + "." + parameter);
      });
      if (takes_queue_attributes(name)) {
        for (const QueueAttributeRow& attribute : kQueueAttributeTable) {
          if (attribute.standing != Standing::kOffered || !is_settable(attribute)) continue;
          const std::string member = "Attributes." + std::string(attribute.name);
          expect(coverage.sent(protocol, name, member), protocol, name + "." + member);
        }
      }
      each_code([&](ErrorCode code) {
        if (!row.errors.contains(code) || is_excepted(row.name, code)) return;
        const std::string query_code(wire_error(code).query_code);
        expect(coverage.provoked(protocol, name, query_code) > 0, protocol,
               name + " refusing with " + query_code);
      });
    });
    for (const QueueAttributeRow& row : kQueueAttributeTable) {
      if (row.standing != Standing::kOffered) continue;
      const std::string name(row.name);
      expect(coverage.returned(protocol, name), protocol, "the queue attribute " + name);
    }
    each_code([&](ErrorCode code) {
      if (!kSqsCommonErrors.contains(code) || is_excepted(code)) return;
      const std::string query_code(wire_error(code).query_code);
      expect(coverage.provoked(protocol, query_code) > 0, protocol, "any action refusing with " + query_code);
    });
  }
  find_sns_not_shown(coverage, missing);
  return missing;
}

std::string compatibility_page(const Coverage& coverage, std::string_view clients) {
  std::string page =
      "# Compatibility with Amazon SQS and Amazon SNS\n\n"
      "Printed by `penstock_compatibility` (`tests/conformance`) from the tables that the daemon works by "
      "and "
      "from what\nits conformance cases were seen to show; do not edit it. [How SQS "
      "behaves](behaviour/sqs.md) "
      "has the facts behind\nthe cases.\n\n";
  page += std::to_string(coverage.cases()) + " cases about " + std::to_string(coverage.facts().size()) +
          " facts were performed " + std::to_string(coverage.performances()) +
          " times: in AWS JSON, in AWS Query, or as bytes.\n\n";
  print_actions(coverage, page);
  print_parameters(page);
  print_attributes(page);
  print_errors(coverage, page);
  print_sns(coverage, page);
  print_exceptions(coverage, page);
  page += clients;
  return page;
}

}  // namespace penstock::conformance
