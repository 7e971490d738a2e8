// What no case shows, and why: the one place for exceptions. A test fails when a case shows one of them
// after all.
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "tests/conformance/case.h"

namespace penstock::conformance {

struct FactNotShown {
  int fact = 0;
  std::string_view reason;
  // Where it is shown instead, beginning in the repository; the test there has the fact's name above it, or
  // AFactThatNoCaseShowsIsNamedWhereItIsShown fails. Empty: nothing of this build has it, as the reason says.
  std::string_view shown_in = {};
};

inline constexpr std::string_view kNeedsReceiver = "It takes a receiver by HTTP.";
inline constexpr std::string_view kNeedsMailServer = "It takes a mail server.";
inline constexpr std::string_view kNeedsRecord = "The record is the daemon's.";
inline constexpr std::string_view kNeedsDeliveries = "A case does not deliver.";

inline constexpr std::string_view kReceivers = "tests/sdk/webhooks.test.js";
inline constexpr std::string_view kDeliveries = "tests/plays/webhooks.play";
inline constexpr std::string_view kMails = "tests/sdk/mails.test.js";
inline constexpr std::string_view kRecorded = "tests/sdk/recorded_deliveries.test.js";
inline constexpr std::string_view kMoveTasks = "tests/plays/move_tasks.play";

inline constexpr std::array kFactsNotShown{
    FactNotShown{130,
                 "AWS was never seen to use it, and Penstock does not either: SQS-2305 is what both answer."},
    FactNotShown{131, "Penstock does not look at the host of a QueueUrl: SQS-404."},
    FactNotShown{132, "No queue of this build can demand HTTPS."},
    FactNotShown{133,
                 "It takes a rate that the operator has chosen (tests/server has it), or one move task too many. A "
                 "daemon that is overloaded answers 503, which SDKs retry."},
    FactNotShown{134, "A customer's key is remembered and reported, not used."},
    FactNotShown{135, "No input leads to an answer of 500; the rings of hostile input look for one."},
    FactNotShown{5423, "A case does not wait for 36 hours.", kMoveTasks},
    FactNotShown{5424, "A case does not start a hundred tasks.", kMoveTasks},
    FactNotShown{5425, "The cases run without verification.", kMoveTasks},
    FactNotShown{5426, "The cases run without a disk.", kMoveTasks},
    FactNotShown{kSnsFacts + 601, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 602, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 603, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 604, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 605, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 606, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 607, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 608, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 609, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 610, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 611, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 612, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 613, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 614, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 615, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 616, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 617, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 618, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 619, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 620, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 621, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 622, kNeedsReceiver, kReceivers},
    FactNotShown{kSnsFacts + 623, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 701, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 702, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 703, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 704, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 705, kNeedsDeliveries, kDeliveries},
    FactNotShown{kSnsFacts + 706, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 707, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 708, kNeedsMailServer, kMails},
    FactNotShown{kSnsFacts + 709, kNeedsRecord, kRecorded},
    FactNotShown{kSnsFacts + 801, kNeedsRecord, kRecorded},
    FactNotShown{kSnsFacts + 802, kNeedsRecord, kRecorded},
    FactNotShown{kSnsFacts + 803, kNeedsRecord, kRecorded},
    FactNotShown{kSnsFacts + 804, kNeedsRecord, kRecorded},
    FactNotShown{kSnsFacts + 805, kNeedsRecord, kRecorded},
    FactNotShown{kSnsFacts + 806, kNeedsRecord, kRecorded},
};

// Of the errors that the product's table allows an action.
struct ErrorNotProvoked {
  ErrorCode code{};
  std::string_view reason;
};

inline constexpr std::array kErrorsNotProvoked{
    ErrorNotProvoked{
        ErrorCode::kAccessDenied,
        "The cases run without verification, where everybody may do everything: tests/server has it."},
    ErrorNotProvoked{ErrorCode::kInternalFailure, "No input leads to it."},
    ErrorNotProvoked{ErrorCode::kInvalidAddress, "The host of a QueueUrl does not matter."},
    ErrorNotProvoked{ErrorCode::kInvalidSecurity, "No queue of this build can demand HTTPS."},
    ErrorNotProvoked{ErrorCode::kMessageNotInflight,
                     "AWS was never seen to use it: a message that is gone is InvalidParameterValue."},
    ErrorNotProvoked{ErrorCode::kRequestThrottled,
                     "It takes a rate that the operator has chosen: tests/server has it. Or one move task too many."},
    ErrorNotProvoked{ErrorCode::kServiceUnavailable,
                     "The daemon's answer to a full mailbox or disk, not an action's: tests/server has it."},
};

// Errors that another action can be provoked to.
struct ActionErrorNotProvoked {
  std::string_view action;
  ErrorCode code{};
  std::string_view reason;
};

inline constexpr std::array<ActionErrorNotProvoked, 0> kActionErrorsNotProvoked{};

// Parameters that no request can bring and succeed.
struct ParameterNotShown {
  std::string_view action;
  std::string_view name;
  std::string_view reason;
};

inline constexpr std::array kParametersNotShown{
    ParameterNotShown{"SendMessage", "MessageSystemAttributes.BinaryValue", "AWSTraceHeader is a text."},
    ParameterNotShown{"SendMessageBatch", "Entries.MessageSystemAttributes.BinaryValue",
                      "AWSTraceHeader is a text."},
};

}  // namespace penstock::conformance
