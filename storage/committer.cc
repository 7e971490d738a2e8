#include "storage/committer.h"

#include <pthread.h>
#include <rocksdb/perf_level.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/batch_builder.h"
#include "storage/position_mark.h"

namespace penstock {
namespace {

tl::unexpected<Error> failed(const rocksdb::Status& status) {
  return refuse(ErrorCode::kInternalFailure, status.ToString());
}

// A tally is stated anew by every decision about its lane, and only the last statement is written. Which
// of the changes state a tally that a later one states again: these need not be looked at at all.
std::vector<bool> superseded_tallies(const std::vector<Change>& changes) {
  std::vector<bool> superseded(changes.size());
  const TallyKey* later = nullptr;  // the nearest one behind; lanes that take turns go the longer way
  for (std::size_t i = changes.size(); i-- > 0;) {
    const Put* const put = std::get_if<Put>(&changes[i]);
    if (!put) {
      // An erasure in between could mean something else.
      later = nullptr;
      continue;
    }
    const auto* const tally = std::get_if<TallyRecord>(&put->record);
    if (!tally) continue;
    superseded[i] = later && *later == tally->key;
    later = &tally->key;
  }
  return superseded;
}

}  // namespace

void BackgroundErrors::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) {
  if (error->IsShutdownInProgress()) return;
  const std::lock_guard lock(mutex_);
  if (!first_) first_ = error->ToString();
  if (wake_) wake_();
}

std::optional<std::string> BackgroundErrors::first() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

void BackgroundErrors::wake_on_error(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (first_ && wake_) wake_();
}

Committer::Committer(const Ground& ground, StoreReader& reader, DiskReserve& reserve, StoreEvents& events,
                     StoreCounters& counters)
    : ground_(ground),
      reader_(reader),
      reserve_(reserve),
      events_(events),
      counters_(counters),
      engine_look_(ground.db, ground.families, counters.engine),
      written_(ground.applied.position.value),
      synced_(ground.applied.position),
      thread_([this] { run(); }) {
  ground_.background_errors->wake_on_error([this] { letters_.insist(Failure{}); });
  counters_.position_synced.set(synced_.value);
  if (ground_.log_sync == LogSync::kInterval) ground_.log_switch->arm(ground_.db);
}

Committer::~Committer() {
  ground_.background_errors->wake_on_error(nullptr);
  letters_.insist(Stop{});
  thread_.join();
  ground_.log_switch->disarm();
}

void Committer::read(StoreRead&& wanted, Position at_least) {
  if (at_least.value <= written_.load(std::memory_order_acquire)) {
    reader_.read(std::move(wanted));
  } else {
    letters_.insist(HeldRead{std::move(wanted), at_least});
  }
}

void Committer::run() {
  pthread_setname_np(pthread_self(), "committer");
  // The engine counts for each thread what it does, down to each comparison of keys; nobody reads that.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  std::vector<Letter> letters;
  while (true) {
    letters.clear();
    letters_.drain(letters, std::min(reserve_.next_refresh(), next_sync()));
    for (Letter& letter : letters) {
      if (std::holds_alternative<Stop>(letter)) {
        if (unsynced_since_) sync_log();
        return;
      }
      if (auto* commit = std::get_if<Commit>(&letter)) {
        take(std::move(*commit));
      } else if (auto* held = std::get_if<HeldRead>(&letter)) {
        held_.push_back(std::move(*held));
        release_reads();
      } else {
        refuse_if_failed();
      }
    }
    const auto now = SteadyClock::now();
    sync_if_due(now);
    if (now >= reserve_.next_refresh()) reserve_.refresh(now);
    counters_.disk_free_bytes.set(reserve_.free_bytes());
    engine_look_.look_if_due(now);
  }
}

void Committer::sync_if_due(SteadyClock::time_point now) {
  if (now >= next_sync()) sync_log();
}

void Committer::sync_log() {
  const Position written = ground_.applied.position;
  const auto begun = SteadyClock::now();
  if (const rocksdb::Status status = ground_.db.SyncWAL(); !status.ok()) {
    events_.refused("syncing the log up to commit " + std::to_string(written.value) + ": " +
                    status.ToString());
  }
  counters_.log_syncs.add();
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begun);
  counters_.log_sync_duration.add(duration);
  counters_.sync_duration.add(duration);
  note_synced(written);
}

void Committer::refuse_if_failed() {
  if (const auto error = ground_.background_errors->first()) {
    events_.refused("the database failed in the background: " + *error);
  }
}

void Committer::take(Commit&& commit) {
  if (commit.position <= ground_.applied.position) {
    counters_.commits_skipped.add();
    events_.durable(commit.position);
    return;
  }
  if (commit.position != ground_.applied.position.next()) {
    events_.refused("commit " + std::to_string(commit.position.value) + " came after commit " +
                    std::to_string(ground_.applied.position.value));
  }
  // Bodies are read as they were before the commit: it may erase what it delivers.
  const StoreReader::Snapshot before = commit.body_reads.empty() ? nullptr : reader_.take_snapshot();
  if (const Result<void> done = write(commit); !done) {
    events_.refused("commit " + std::to_string(commit.position.value) + ": " + done.error().text);
  }
  ground_.applied = {commit.position, commit.time};
  written_.store(commit.position.value, std::memory_order_release);
  if (!commit.body_reads.empty()) {
    const auto placed = std::make_shared<const CommitBodies>(commit);
    for (BodyRead& read : commit.body_reads) reader_.read_bodies(std::move(read), placed, before);
  }
  events_.durable(commit.position);
  release_reads();
  if (unsynced_since_) sync_if_due(SteadyClock::now());  // letters may come faster than they end
}

Result<void> Committer::write(const Commit& commit) {
  BatchBuilder builder([this](std::string_view key) { return stored_body(key); });
  const std::vector<bool> superseded = superseded_tallies(commit.changes);
  for (std::size_t i = 0; i < commit.changes.size(); ++i) {
    if (superseded[i]) continue;
    if (Result<void> added = builder.add(commit.changes[i]); !added) return added;
  }
  // The library's own bytes for an operation are a few; the reservation saves it from moving the rest.
  constexpr std::size_t kOperationBytes = 16;
  rocksdb::WriteBatch batch(builder.bytes() + builder.size() * kOperationBytes + 256);
  const std::string mark = encode_mark({commit.position, synced_}, ground_.identity);
  if (const rocksdb::Status status = batch.PutLogData(mark); !status.ok()) return failed(status);
  if (Result<void> built = builder.write_to(batch, ground_.families); !built) return built;
  const EncodedRecord applied = encode_applied(ground_.partition, {commit.position, commit.time});
  const rocksdb::Status put =
      batch.Put(ground_.families.state, rocksdb::Slice(applied.key().data(), applied.key().size()),
                rocksdb::Slice(applied.value().data(), applied.value().size()));
  if (!put.ok()) return failed(put);

  rocksdb::WriteOptions options;
  options.sync = ground_.log_sync == LogSync::kEachCommit;
  const std::chrono::nanoseconds synced_before = ground_.log_sync_time->all();
  const auto begun = SteadyClock::now();
  if (const rocksdb::Status status = ground_.db.Write(options, &batch); !status.ok()) return failed(status);
  const auto ended = SteadyClock::now();
  if (const auto failure = ground_.log_switch->failure()) {
    return refuse(ErrorCode::kInternalFailure, "syncing the log before the next one: " + *failure);
  }
  if (options.sync) {
    note_synced(commit.position);
  } else if (!unsynced_since_) {
    unsynced_since_ = ended;
  }
  counters_.commits.add();
  counters_.records_written.add(builder.size());
  counters_.bytes_written.add(batch.GetDataSize());
  counters_.commit_bytes.add(batch.GetDataSize());
  if (options.sync) {
    const std::chrono::nanoseconds syncing = ground_.log_sync_time->all() - synced_before;
    counters_.sync_duration.add(std::chrono::duration_cast<std::chrono::microseconds>(syncing));
  }
  counters_.commit_duration.add(std::chrono::duration_cast<std::chrono::microseconds>(ended - begun));
  reserve_.note_written(batch.GetDataSize(), ended);
  return {};
}

void Committer::note_synced(Position position) {
  synced_ = position;
  unsynced_since_.reset();
  counters_.position_synced.set(position.value);
}

Result<std::string> Committer::stored_body(std::string_view key) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::string value;
  const rocksdb::Status found =
      ground_.db.Get(options, ground_.families.bodies, rocksdb::Slice(key.data(), key.size()), &value);
  if (found.IsNotFound())
    return refuse(ErrorCode::kInternalFailure, "the body of a message to be copied is missing");
  if (!found.ok()) return failed(found);
  return value;
}

void Committer::release_reads() {
  std::vector<HeldRead> waiting;
  for (HeldRead& held : held_) {
    if (held.at_least <= ground_.applied.position) {
      reader_.read(std::move(held.wanted));
    } else {
      waiting.push_back(std::move(held));
    }
  }
  held_ = std::move(waiting);
}

}  // namespace penstock
