#include "actions/batches.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "actions/message_content.h"
#include "actions/messages.h"
#include "base/require.h"
#include "protocol/errors.h"
#include "protocol/request_check.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

constexpr std::size_t kEntriesMax = 10;
constexpr std::size_t kBatchBytesMax = 1'048'576;

std::string member_name(std::string_view entry_name, std::size_t at, std::string_view member) {
  return joined({entry_name, ".", std::to_string(at + 1), ".", member});
}

// A batch without entries, or an id that cannot be one.
template <class Entry>
Result<void> check_ids(const std::vector<Entry>& entries, std::string_view entry_name) {
  if (entries.empty()) {
    return refuse(ErrorCode::kEmptyBatchRequest,
                  joined({"There should be at least one ", entry_name, " in the request."}));
  }
  for (std::size_t at = 0; at < entries.size(); ++at) {
    const Text& id = entries[at].id;
    if (!id) return tl::unexpected(missing_parameter(member_name(entry_name, at, "Id")));
    if (!is_batch_id(*id)) return refuse(ErrorCode::kInvalidBatchEntryId);
  }
  return {};
}

// An id that comes twice, or too many entries. The ids are good.
template <class Entry>
Result<void> check_count(const std::vector<Entry>& entries) {
  std::set<std::string_view> seen;
  for (const Entry& entry : entries) {
    if (!seen.insert(*entry.id).second) {
      return refuse(ErrorCode::kBatchEntryIdsNotDistinct, joined({"Id ", *entry.id, " repeated."}));
    }
  }
  if (entries.size() <= kEntriesMax) return {};
  return refuse(ErrorCode::kTooManyEntriesInBatchRequest,
                joined({"Maximum number of entries per request are 10. You have sent ",
                        std::to_string(entries.size()), "."}));
}

// What a message will weigh, before its attributes are known to be good.
std::size_t claimed_size(const sqs::SendMessageBatchEntry& entry) {
  std::size_t size = entry.message_body ? entry.message_body->size() : 0;
  for (const auto& [name, value] : entry.message_attributes.entries) {
    size += name.size() + (value.data_type ? value.data_type->size() : 0);
    size += value.string_value ? value.string_value->size() : 0;
    size += value.binary_value ? value.binary_value->bytes.size() : 0;
  }
  return size;
}

Result<void> check_size(const std::vector<sqs::SendMessageBatchEntry>& entries) {
  std::size_t size = 0;
  for (const sqs::SendMessageBatchEntry& entry : entries) size += claimed_size(entry);
  if (size <= kBatchBytesMax) return {};
  return refuse(ErrorCode::kBatchRequestTooLong,
                joined({"Batch requests cannot be longer than ", std::to_string(kBatchBytesMax),
                        " bytes. You have sent ", std::to_string(size), " bytes."}));
}

constexpr std::string_view kNotForThisKind =
    "The request include parameter that is not valid for this queue type";

Result<void> check_entry(const sqs::SendMessageBatchEntry& entry, std::size_t at) {
  if (!entry.message_body || entry.message_body->empty()) {
    return refuse(ErrorCode::kEmptyValue,
                  missing_parameter(member_name("SendMessageBatchRequestEntry", at, "MessageBody")).text);
  }
  return check(entry);
}

MessageToSend message_of(sqs::SendMessageBatchEntry&& entry) {
  return {std::move(*entry.message_body),
          entry.delay_seconds,
          std::move(entry.message_attributes),
          std::move(entry.message_system_attributes),
          std::move(entry.message_deduplication_id),
          std::move(entry.message_group_id)};
}

// A missing handle is named as it is outside of batches; other members are named with their entry.
Result<Delete> delete_of(const sqs::DeleteMessageBatchEntry& entry) {
  if (!entry.receipt_handle || entry.receipt_handle->empty()) {
    return tl::unexpected(missing_parameter("ReceiptHandle"));
  }
  return parse_handle(*entry.receipt_handle).map([](const ReceiptHandle& handle) { return Delete{handle}; });
}

Result<ChangeVisibility> change_of(const sqs::ChangeMessageVisibilityBatchEntry& entry, std::size_t at) {
  constexpr std::string_view kEntry = "ChangeMessageVisibilityBatchRequestEntry";
  if (!entry.receipt_handle || entry.receipt_handle->empty()) {
    return tl::unexpected(missing_parameter("ReceiptHandle"));
  }
  if (!entry.visibility_timeout) {
    return tl::unexpected(missing_parameter(member_name(kEntry, at, "VisibilityTimeout")));
  }
  if (Result<void> checked = check_values(entry); !checked) return tl::unexpected(checked.error());
  const Seconds timeout{*entry.visibility_timeout};
  return parse_handle(*entry.receipt_handle).map([timeout](const ReceiptHandle& handle) {
    return ChangeVisibility{handle, timeout};
  });
}

template <class Entry>
std::vector<std::string> take_ids(std::vector<Entry>& entries) {
  std::vector<std::string> ids;
  for (Entry& entry : entries) ids.push_back(*entry.id);
  return ids;
}

sqs::BatchFailure failure_of(std::string_view id, const Error& error) {
  const WireError& row = wire_error(error.code);
  return {id, row.query_code, json_text(error), row.status < 500};
}

template <class Outcome>
Outcome plain_result_of(const std::vector<std::string>& ids, const DoneBatch& batch) {
  require(ids.size() == batch.entries.size(), "a batch is answered entry by entry");
  Outcome result;
  for (std::size_t at = 0; at < ids.size(); ++at) {
    if (batch.entries[at]) {
      result.successful.push_back({ids[at]});
    } else {
      result.failed.push_back(failure_of(ids[at], batch.entries[at].error()));
    }
  }
  return result;
}

}  // namespace

Result<Operation> plan_operation(sqs::SendMessageBatchRequest&& request, const Addressed& to, Asked& asked) {
  std::vector<sqs::SendMessageBatchEntry>& entries = request.entries;
  if (Result<void> good = check_ids(entries, "SendMessageBatchRequestEntry"); !good) {
    return tl::unexpected(good.error());
  }
  if (Result<void> good = check_size(entries); !good) return tl::unexpected(good.error());
  if (Result<void> good = check_count(entries); !good) return tl::unexpected(good.error());

  AskedOfSends wanted{take_ids(entries), std::vector<AskedOfSend>(entries.size())};
  SendBatch batch;
  batch.entries.reserve(entries.size());
  for (std::size_t at = 0; at < entries.size(); ++at) {
    if (Result<void> checked = check_entry(entries[at], at); !checked) {
      if (to.fifo() && checked.error().code == ErrorCode::kInvalidParameterValue) {
        return tl::unexpected(checked.error());
      }
      batch.entries.push_back(tl::unexpected(checked.error()));
      continue;
    }
    MessageToSend message = message_of(std::move(entries[at]));
    if (Result<void> suits = check_kind(message, to, kNotForThisKind); !suits) {
      if (to.fifo()) return tl::unexpected(suits.error());
      batch.entries.push_back(tl::unexpected(suits.error()));
      continue;
    }
    batch.entries.push_back(send_of(std::move(message), to, wanted.sends[at]));
  }
  asked = std::move(wanted);
  return batch;
}

Result<Operation> plan_operation(sqs::DeleteMessageBatchRequest&& request, const Addressed&, Asked& asked) {
  if (Result<void> good = check_ids(request.entries, "DeleteMessageBatchRequestEntry"); !good) {
    return tl::unexpected(good.error());
  }
  if (Result<void> good = check_count(request.entries); !good) return tl::unexpected(good.error());
  DeleteBatch batch;
  for (const sqs::DeleteMessageBatchEntry& entry : request.entries) {
    batch.entries.push_back(delete_of(entry));
  }
  asked = AskedOfDeletes{take_ids(request.entries)};
  return batch;
}

Result<Operation> plan_operation(sqs::ChangeMessageVisibilityBatchRequest&& request, const Addressed&,
                                 Asked& asked) {
  if (Result<void> good = check_ids(request.entries, "ChangeMessageVisibilityBatchRequestEntry"); !good) {
    return tl::unexpected(good.error());
  }
  if (Result<void> good = check_count(request.entries); !good) return tl::unexpected(good.error());
  ChangeVisibilityBatch batch;
  for (std::size_t at = 0; at < request.entries.size(); ++at) {
    batch.entries.push_back(change_of(request.entries[at], at));
  }
  asked = AskedOfChanges{take_ids(request.entries)};
  return batch;
}

sqs::SendMessageBatchResult result_of(const AskedOfSends& asked, const SentBatch& batch) {
  require(asked.ids.size() == batch.entries.size(), "a batch is answered entry by entry");
  sqs::SendMessageBatchResult result;
  for (std::size_t at = 0; at < asked.ids.size(); ++at) {
    if (const Result<Sent>& sent = batch.entries[at]; sent) {
      result.successful.push_back({asked.ids[at], result_of(asked.sends[at], *sent)});
    } else {
      result.failed.push_back(failure_of(asked.ids[at], sent.error()));
    }
  }
  return result;
}

sqs::DeleteMessageBatchResult result_of(const AskedOfDeletes& asked, const DoneBatch& batch) {
  return plain_result_of<sqs::DeleteMessageBatchResult>(asked.ids, batch);
}

sqs::ChangeMessageVisibilityBatchResult result_of(const AskedOfChanges& asked, const DoneBatch& batch) {
  return plain_result_of<sqs::ChangeMessageVisibilityBatchResult>(asked.ids, batch);
}

}  // namespace penstock
