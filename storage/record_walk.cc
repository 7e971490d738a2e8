#include "storage/record_walk.h"

namespace penstock {

RecordWalk::RecordWalk(rocksdb::DB& db, const RocksFamilies& families) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.total_order_seek = true;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  std::size_t place = 0;
  for (rocksdb::ColumnFamilyHandle* family : {families.state, families.touched, families.bodies}) {
    Stream& stream = streams_[place++];
    stream.family = family;
    stream.iterator.reset(db.NewIterator(options, family));
    stream.iterator->SeekToFirst();
  }
  choose();
}

void RecordWalk::next() {
  at_->iterator->Next();
  choose();
}

void RecordWalk::choose() {
  at_ = nullptr;
  for (Stream& stream : streams_) {
    if (!stream.iterator->Valid()) continue;
    if (at_ == nullptr || stream.iterator->key().compare(at_->iterator->key()) < 0) at_ = &stream;
  }
}

std::string RecordWalk::trouble() const {
  for (const Stream& stream : streams_) {
    const rocksdb::Status status = stream.iterator->status();
    if (!status.ok()) return "family " + stream.family->GetName() + ": " + status.ToString();
  }
  return {};
}

}  // namespace penstock
