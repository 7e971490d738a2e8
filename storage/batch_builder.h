// BatchBuilder: the changes of one commit as the fewest operations that mean the same.
//
// It keeps the operations in order and knows, for each key, the one that stands. So
//   - of several puts of one state key (tally, queue, touched, delayed) only the last is written
//   - a put that is erased later in the commit is not written; the erasure still is, for state keys, since
//     the store may hold an older value
//   - a body put and erased in one commit leaves no trace at all: its key was never in the store
//   - a range erased covers what came before it, in this commit and in the store, and nothing after it
//   - a copy takes its content from this commit first, then from the store as it was before it
// A body key is put once, and erased by SingleDelete or under a range, never by Delete.
//
// It lives for one commit, on the committer's thread. A refusal means that the commit contradicts the store
// (or itself): nothing may go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "broker/change.h"
#include "storage/key_codec.h"
#include "storage/record_codec.h"

namespace rocksdb {
class WriteBatch;
}

namespace penstock {

struct RocksFamilies;

class BatchBuilder {
 public:
  // The bytes stored under a body key before this commit; a refusal if there are none.
  using StoredBody = std::function<Result<std::string>(std::string_view key)>;

  explicit BatchBuilder(StoredBody stored_body) : stored_body_(std::move(stored_body)) {}

  Result<void> add(const Change& change);

  // How many operations stand, and the bytes of all keys and values that were added.
  std::size_t size() const { return standing_; }
  std::size_t bytes() const { return bytes_; }
  // Appends the operations that stand, in order.
  Result<void> write_to(rocksdb::WriteBatch& batch, const RocksFamilies& families) const;

 private:
  enum class Act : std::uint8_t {
    kNothing,  // a later operation made it void
    kPut,
    kDelete,
    kSingleDelete,
    kDeleteRange,
  };
  struct Operation {
    Act act;
    KeyKind kind;
    EncodedRecord record;  // of a range: from and to
  };

  Result<void> put(EncodedRecord&& record, KeyKind kind);
  Result<void> erase(const Key& key);
  Result<void> erase_range(const EraseRange& range);
  Result<void> copy(const Copy& copy);
  Result<std::string> content_of(const std::string& body_key);
  void append(Operation&& operation);
  void make_void(Operation& operation);

  const StoredBody stored_body_;
  std::deque<Operation> operations_;  // a deque, because the index looks into its bytes
  std::unordered_map<std::string_view, Operation*> by_key_;
  std::size_t standing_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace penstock
