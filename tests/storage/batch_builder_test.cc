#include "storage/batch_builder.h"

#include <gtest/gtest.h>
#include <rocksdb/write_batch.h>

#include <map>
#include <string>
#include <vector>

#include "storage/rocks_families.h"
#include "tests/storage/store_driver.h"

namespace penstock {
namespace {

// The operations of a batch in words: "put fresh 3".
class Words : public rocksdb::WriteBatch::Handler {
 public:
  rocksdb::Status PutCF(std::uint32_t, const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    values[key.ToString()] = value.ToString();
    return say("put", key);
  }
  rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice& key) override { return say("delete", key); }
  rocksdb::Status SingleDeleteCF(std::uint32_t, const rocksdb::Slice& key) override {
    return say("single-delete", key);
  }
  rocksdb::Status DeleteRangeCF(std::uint32_t, const rocksdb::Slice& from,
                                const rocksdb::Slice& to) override {
    say("delete-range", from);
    said.back() += " to" + name(to);
    return rocksdb::Status::OK();
  }

  std::vector<std::string> said;
  std::map<std::string, std::string> values;

 private:
  rocksdb::Status say(const std::string& what, const rocksdb::Slice& key) {
    said.push_back(what + name(key));
    return rocksdb::Status::OK();
  }
  static std::string name(const rocksdb::Slice& bytes) {
    const Key key = *decode_key({bytes.data(), bytes.size()});
    if (const auto* fresh = std::get_if<FreshKey>(&key))
      return " fresh " + std::to_string(fresh->sequence.value);
    if (const auto* at = std::get_if<TouchedKey>(&key))
      return " touched " + std::to_string(at->sequence.value);
    if (std::holds_alternative<LaterKey>(key)) return " later";
    return " state";
  }
};

class Batch : public testing::Test {
 protected:
  Result<void> add(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
      if (Result<void> added = builder_.add(change); !added) return added;
    }
    return {};
  }
  std::vector<std::string> written() {
    rocksdb::WriteBatch batch;
    EXPECT_TRUE(builder_.write_to(batch, RocksFamilies{}));
    EXPECT_TRUE(batch.Iterate(&words_).ok());
    EXPECT_EQ(words_.said.size(), builder_.size());
    return words_.said;
  }

  std::map<std::string, std::string> stored_;
  Words words_;
  BatchBuilder builder_{[this](std::string_view key) -> Result<std::string> {
    const auto place = stored_.find(std::string(key));
    if (place == stored_.end()) return refuse(ErrorCode::kInternalFailure, "missing");
    return place->second;
  }};
};

using Said = std::vector<std::string>;

TEST_F(Batch, ABodyIsErasedBySingleDeleteOrUnderARangeAndStateByDelete) {
  ASSERT_TRUE(add({Put{fresh(1, "a")}, Erase{fresh_key(2)}, Erase{later_key(1, 1)}, Erase{touched(3, 0).key},
                   EraseRange{fresh_key(4), fresh_key(6)}}));
  EXPECT_EQ(written(), (Said{"put fresh 1", "single-delete fresh 2", "single-delete later",
                             "delete touched 3", "delete-range fresh 4 to fresh 6"}));
}

TEST_F(Batch, OfSeveralPutsOfOneStateKeyOnlyTheLastIsWritten) {
  ASSERT_TRUE(
      add({Put{tally(0, 1)}, Put{touched(1, 1)}, Put{tally(0, 2)}, Put{touched(1, 2)}, Put{tally(0, 3)}}));
  EXPECT_EQ(written(), (Said{"put touched 1", "put state"}));
  const EncodedRecord last = encode_record(tally(0, 3));
  EXPECT_EQ(words_.values.at(std::string(last.key())), last.value());
}

TEST_F(Batch, ABodyPutAndErasedInOneCommitLeavesNoTrace) {
  ASSERT_TRUE(add({Put{fresh(1, "a")}, Erase{fresh_key(1)}, Erase{fresh_key(1)}, Erase{fresh_key(2)},
                   Erase{fresh_key(2)}}));
  EXPECT_EQ(written(), (Said{"single-delete fresh 2"}));
}

TEST_F(Batch, AStateKeyPutAndErasedIsStillErasedAndOneErasedAndPutIsPut) {
  ASSERT_TRUE(
      add({Put{touched(1, 1)}, Erase{touched(1, 1).key}, Erase{touched(2, 1).key}, Put{touched(2, 1)}}));
  EXPECT_EQ(written(), (Said{"delete touched 1", "put touched 2"}));
}

TEST_F(Batch, ARangeStaysBetweenWhatCameBeforeItAndWhatCameAfter) {
  ASSERT_TRUE(add({Put{touched(1, 1)}, Put{touched(2, 1)}, EraseRange{touched(0, 0).key, touched(9, 0).key},
                   Put{touched(2, 2)}}));
  EXPECT_EQ(written(), (Said{"put touched 1", "delete-range touched 0 to touched 9", "put touched 2"}));
  EXPECT_EQ(words_.values.at(encode_key(Key{touched(2, 0).key})), encode_record(touched(2, 2)).value());
}

TEST_F(Batch, AnEmptyRangeIsNotWrittenAndOneAcrossQueuesOrKindsIsRefused) {
  ASSERT_TRUE(add({EraseRange{fresh_key(4), fresh_key(4)}, EraseRange{fresh_key(5), fresh_key(4)}}));
  EXPECT_TRUE(written().empty());
  EXPECT_FALSE(add({EraseRange{fresh_key(1), fresh_key(1, 2)}}));
  EXPECT_FALSE(add({EraseRange{fresh_key(1), later_key(1, 1)}}));
}

TEST_F(Batch, ACopyTakesItsContentFromTheCommitFirstAndThenFromTheStore) {
  const EncodedRecord old = encode_record(fresh(1, "stored"));
  stored_.emplace(old.key(), old.value());
  ASSERT_TRUE(add({Put{fresh(2, "new")}, Copy{fresh_key(1), fresh_key(11), head_of(11)},
                   Copy{fresh_key(2), fresh_key(12), head_of(12)}, Erase{fresh_key(2)}}));
  EXPECT_EQ(written(), (Said{"put fresh 11", "put fresh 12"}));
  const auto copied = [&](std::uint64_t sequence, const char* body) {
    const EncodedRecord copy =
        encode_record(FreshRecord{fresh_key(sequence), head_of(sequence), content_of(body)});
    EXPECT_EQ(words_.values.at(std::string(copy.key())), copy.value());
  };
  copied(11, "stored");
  copied(12, "new");
}

TEST_F(Batch, WhatContradictsItselfIsRefused) {
  EXPECT_FALSE(add({Put{fresh(1, "a")}, Put{fresh(1, "b")}})) << "a body is put once";
  EXPECT_FALSE(add({Put{fresh(2, "a")}, Erase{fresh_key(2)}, Put{fresh(2, "a")}}))
      << "even after it was erased";
  EXPECT_FALSE(add({Copy{fresh_key(3), fresh_key(13), {}}})) << "there is nothing to copy";
  EXPECT_FALSE(add({Put{fresh(4, "a")}, Erase{fresh_key(4)}, Copy{fresh_key(4), fresh_key(14), {}}}));
  const EncodedRecord old = encode_record(fresh(6, "stored"));
  stored_.emplace(old.key(), old.value());
  EXPECT_FALSE(add({EraseRange{fresh_key(5), fresh_key(7)}, Copy{fresh_key(6), fresh_key(16), {}}}));
}

}  // namespace
}  // namespace penstock
