#include "storage/batch_builder.h"

#include <rocksdb/write_batch.h>

#include <utility>

#include "storage/rocks_families.h"

namespace penstock {
namespace {

tl::unexpected<Error> contradiction(const char* what) { return refuse(ErrorCode::kInternalFailure, what); }

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

Result<void> BatchBuilder::add(const Change& change) {
  struct Adder {
    BatchBuilder& builder;
    Result<void> operator()(const Put& change) const {
      return builder.put(encode_record(change.record), kind_of(key_of(change.record)));
    }
    Result<void> operator()(const Erase& change) const { return builder.erase(change.key); }
    Result<void> operator()(const EraseRange& change) const { return builder.erase_range(change); }
    Result<void> operator()(const Copy& change) const { return builder.copy(change); }
  };
  return std::visit(Adder{*this}, change);
}

void BatchBuilder::append(Operation&& operation) {
  Operation& added = operations_.emplace_back(std::move(operation));
  bytes_ += added.record.bytes.size();
  if (added.act != Act::kNothing) ++standing_;
  if (added.act != Act::kDeleteRange) by_key_.insert_or_assign(added.record.key(), &added);
}

void BatchBuilder::make_void(Operation& operation) {
  if (operation.act == Act::kNothing) return;
  operation.act = Act::kNothing;
  --standing_;
}

Result<void> BatchBuilder::put(EncodedRecord&& record, KeyKind kind) {
  if (const auto place = by_key_.find(record.key()); place != by_key_.end()) {
    if (is_body(kind)) return contradiction("a body key was put twice");
    make_void(*place->second);
    by_key_.erase(place);
  }
  append({Act::kPut, kind, std::move(record)});
  return {};
}

Result<void> BatchBuilder::erase(const Key& key) {
  const KeyKind kind = kind_of(key);
  EncodedRecord bytes{encode_key(key), 0};
  bytes.key_bytes = bytes.bytes.size();
  Act act = is_body(kind) ? Act::kSingleDelete : Act::kDelete;
  if (const auto place = by_key_.find(bytes.key()); place != by_key_.end()) {
    Operation& standing = *place->second;
    if (is_body(kind)) {
      // A second erasure is none; the erasure of what this commit put leaves a void operation behind, by
      // which a later put or copy of the key is found out.
      act = Act::kNothing;
      if (standing.act != Act::kPut) return {};
    }
    make_void(standing);
    by_key_.erase(place);
  }
  append({act, kind, std::move(bytes)});
  return {};
}

Result<void> BatchBuilder::erase_range(const EraseRange& range) {
  if (!of_one_queue_and_kind(range.from, range.to))
    return contradiction("a range is not of one queue and kind");
  EncodedRecord bytes{encode_key(range.from), 0};
  bytes.key_bytes = bytes.bytes.size();
  bytes.bytes += encode_key(range.to);
  if (bytes.key() >= bytes.value()) return {};
  append({Act::kDeleteRange, kind_of(range.from), std::move(bytes)});
  return {};
}

Result<void> BatchBuilder::copy(const Copy& copy) {
  const std::string from = encode_key(copy.from);
  const Result<std::string> content = content_of(from);
  if (!content) return tl::unexpected<Error>(content.error());
  Result<EncodedRecord> record = copy_body(*content, copy);
  if (!record) return tl::unexpected<Error>(record.error());
  return put(std::move(*record), kind_of(key_of(copy.to)));
}

Result<std::string> BatchBuilder::content_of(const std::string& body_key) {
  // Backwards: what the commit did last to this key decides.
  const auto place = by_key_.find(body_key);
  const Operation* standing = place == by_key_.end() ? nullptr : place->second;
  for (auto operation = operations_.rbegin(); operation != operations_.rend(); ++operation) {
    if (&*operation == standing) {
      if (operation->act == Act::kPut) return std::string(operation->record.value());
      return contradiction("a body is copied after it was erased");
    }
    if (operation->act == Act::kDeleteRange && operation->record.key() <= body_key &&
        body_key < operation->record.value()) {
      return contradiction("a body is copied after its range was erased");
    }
  }
  return stored_body_(body_key);
}

Result<void> BatchBuilder::write_to(rocksdb::WriteBatch& batch, const RocksFamilies& families) const {
  for (const Operation& operation : operations_) {
    rocksdb::ColumnFamilyHandle* family = families.of(operation.kind);
    const rocksdb::Slice key = slice(operation.record.key());
    const rocksdb::Slice value = slice(operation.record.value());
    rocksdb::Status status;
    switch (operation.act) {
      case Act::kNothing:
        break;
      case Act::kPut:
        status = batch.Put(family, key, value);
        break;
      case Act::kDelete:
        status = batch.Delete(family, key);
        break;
      case Act::kSingleDelete:
        status = batch.SingleDelete(family, key);
        break;
      case Act::kDeleteRange:
        status = batch.DeleteRange(family, key, value);
        break;
    }
    if (!status.ok()) return refuse(ErrorCode::kInternalFailure, status.ToString());
  }
  return {};
}

}  // namespace penstock
