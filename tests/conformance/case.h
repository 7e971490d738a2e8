// Case: one play about the API, written once and performed in AWS JSON and in AWS Query.
//
//     SQS-2504 Deleting twice with the same handle succeeds
//       queue mail
//       SendMessage QueueUrl=$mail MessageBody=hello
//       ReceiveMessage QueueUrl=$mail -> Messages=[{ReceiptHandle: ?handle}]
//       DeleteMessage QueueUrl=$mail ReceiptHandle=$handle
//       DeleteMessage QueueUrl=$mail ReceiptHandle=$handle
//       DeleteMessage QueueUrl=$mail
//         -> 400 MissingParameter "The request must contain the parameter ReceiptHandle."
//
// The title names the facts of docs/behaviour/sqs.md that the case shows. A step is indented by two; what is
// indented more belongs to the step above. Values are written as notation.h says. The steps:
//
//     ACTION member=...              a request, with AWS JSON's names; `@Name=...` is a header of it, and
//                                    `@path=...` where it is posted to
//     queue NAME [attribute=...]     CreateQueue; its URL is captured under the queue's name
//     let NAME=...                   captures a text under a name
//     advance SECONDS                time passes
//     limits NAME=N ...              a broker with these bounds; what there was is gone (performance.cc has the names)
//     opt-out NUMBER                 somebody with this telephone wants no more texts
//     code NAME NUMBER               captures the code in the text that this telephone got last
//     then WHO                       what WHO's last request was answered by now
//     http METHOD TARGET [Header=...] [body=...]
//                                    bytes as they are; the answer has Status, Body and its headers
//
// A step that begins with `sns:` is asked of SNS, which speaks AWS Query only: it is performed in that, whatever
// the case is performed in. Facts of docs/behaviour/sns.md are named SNS-1, SNS-2, ...
//
// A step may begin with `json:` or `query:`, and is then a step in that protocol only, or with somebody's
// name
// (`alice:`). One that begins with a number (`1001x`) is performed so often, `#` counting from 1. What
// follows the arrow is the members of a success; or `STATUS CODE ["text"]`, where no text stands for the
// standard one of the code (wire_errors.h); or `waits`. Without an arrow a step has to succeed.
//
// A title that begins with `!` is of a case in which this build is known to differ from AWS; the case then
// has to fail, so that the mark goes when the difference does.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "tests/conformance/notation.h"

namespace penstock::conformance {

enum class Protocol : std::uint8_t { kJson, kQuery };

// A fact SNS-n has this number and n more; a fact SQS-n has n.
inline constexpr int kSnsFacts = 100'000;
// "SQS-143" or "SNS-12".
std::string name_of_fact(int fact);

struct Refusal {
  int status = 0;
  std::string code;          // as AWS Query has it
  std::optional<Term> text;  // nothing: the standard one
};
struct Waits {};
using Expected = std::variant<Members, Refusal, Waits>;

struct CaseStep {
  int line = 0;
  std::string text;                  // as written
  std::optional<Protocol> protocol;  // nothing: both
  bool of_sns = false;
  std::string who = "somebody";
  int times = 1;
  std::string verb;
  std::vector<std::string> plain;  // the words behind the verb that are no members
  Members given;
  Expected expected;

  bool is_request() const;
  bool is_part_of(Protocol performed_in) const { return protocol.value_or(performed_in) == performed_in; }
};

struct Case {
  std::string title;  // without the facts
  std::set<int> facts;
  bool differs = false;
  int line = 0;
  std::vector<CaseStep> steps;

  // The title in one CamelCase word, as test names are written.
  std::string name() const;
  // Whether a performance in this protocol would ask anything that one in the other does not.
  bool speaks(Protocol protocol) const;
};

// An Error names the line that cannot be understood.
Result<std::vector<Case>> parse_cases(std::string_view text);

std::string_view name_of(Protocol protocol);

}  // namespace penstock::conformance
