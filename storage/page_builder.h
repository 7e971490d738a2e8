// PageBuilder: turns the stored bytes of a range into the Page that was wanted.
//
// Its owner walks the keys [from, to) in order and adds each; the builder decides when the page is full
// and whether what it saw can be true. A FreshRange (of any lane but
// kMovedLane) names messages that were never received, so each of its sequences exists: a gap means that the store lost something. Only a purge or the deletion of the
// queue may take such a range away, and both raise or remove the generation; so the builder is told
// whether the queue still has the wanted one, as of the snapshot that the records come from.
//
// It lives for one page, on the thread that reads it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "broker/page.h"

namespace penstock {

class PageBuilder {
 public:
  explicit PageBuilder(PageWant&& want);

  const PageWant& want() const { return page_.want; }
  // What is wanted, one key after the other, in bytes, if it is no range; empty if it is one.
  std::vector<std::string> keys() const;
  // The range in bytes of keys: from `from` on, up to and without `to`.
  const std::string& from() const { return from_; }
  const std::string& to() const { return to_; }
  // Where the record of the range's queue lies, and what was found there: before the first add.
  std::string queue_key() const;
  Result<void> note_queue(std::optional<std::string_view> value);

  // False: the page is full, and this record is not in it. A refusal: the store is damaged.
  Result<bool> add(std::string_view key, std::string_view value);

  // `exhausted`: nothing was left in the range when the walk ended.
  Result<Page> finish(bool exhausted);

 private:
  Page page_;
  std::string from_;
  std::string to_;
  std::size_t bytes_ = 0;
  bool dense_ = false;
  std::uint64_t expected_ = 0;  // the next sequence of a dense range
};

}  // namespace penstock
