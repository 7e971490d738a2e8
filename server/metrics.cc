#include "server/metrics.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <string_view>

#include "protocol/errors.h"
#include "server/admin_counts.h"
#include "server/exposition.h"
#include "server/fault_plan.h"
#include "server/io_thread.h"
#include "server/mail_sender.h"
#include "server/request_counts.h"
#include "server/request_limits.h"
#include "server/version.h"

namespace penstock {
namespace {

void append_durations(Exposition& out, std::string_view name, std::string_view help,
                      const DurationHistogram& durations) {
  std::array<std::uint64_t, DurationHistogram::kBounds.size() + 1> buckets{};
  for (std::size_t at = 0; at < buckets.size(); ++at) buckets[at] = durations.count(at);
  out.family(name, "histogram", help);
  out.histogram(DurationHistogram::kBounds, buckets, durations.sum_microseconds());
}

void append_store(Exposition& out, const StoreCounters& store) {
  out.metric("penstock_store_records_written_total", "counter", "Records written to the store.",
             store.records_written.value());
  out.metric("penstock_store_bytes_written_total", "counter", "Bytes of the commits written.",
             store.bytes_written.value());
  out.metric("penstock_store_records_loaded", "gauge", "Records read at the start.",
             store.records_loaded.value());
  out.metric("penstock_store_pages_total", "counter", "Pages of messages read from disk.",
             store.pages.value());
  out.metric("penstock_store_look_ups_total", "counter",
             "Sends that looked on disk whether they repeat one of the last minutes.", store.look_ups.value());
  out.metric("penstock_store_body_reads_total", "counter", "Single messages read from disk.",
             store.body_reads.value());
  append_durations(out, "penstock_store_commit_duration_seconds", "Writing and syncing one commit.",
                   store.commit_duration);
  append_durations(out, "penstock_store_sync_duration_seconds",
                   "Syncing the log once, with a commit or by interval.", store.sync_duration);
  std::array<std::uint64_t, SizeHistogram::kBounds.size() + 1> sizes{};
  for (std::size_t at = 0; at < sizes.size(); ++at) sizes[at] = store.commit_bytes.count(at);
  out.family("penstock_store_commit_size_bytes", "histogram", "Bytes of one commit.");
  out.sizes(SizeHistogram::kBounds, sizes, store.commit_bytes.sum());
  out.metric("penstock_store_disk_free_bytes", "gauge", "Free space of the disk under the data directory.",
             store.disk_free_bytes.value());

  const EngineGauges& engine = store.engine;
  out.metric("penstock_rocksdb_memtable_bytes", "gauge", "Memory of what is not in a table yet.",
             engine.memtable_bytes.value());
  out.metric("penstock_rocksdb_table_bytes", "gauge", "Size of the table files.",
             engine.table_bytes.value());
  out.metric("penstock_rocksdb_block_cache_bytes", "gauge", "Memory of the block cache.",
             engine.block_cache_bytes.value());
  out.metric("penstock_rocksdb_pending_compaction_bytes", "gauge",
             "Bytes that compaction has to rewrite, as estimated.", engine.pending_compaction_bytes.value());
  out.metric("penstock_rocksdb_running_compactions", "gauge", "Compactions that run.",
             engine.running_compactions.value());
  out.metric("penstock_rocksdb_running_flushes", "gauge", "Flushes that run.",
             engine.running_flushes.value());
  out.metric("penstock_rocksdb_snapshots", "gauge", "Snapshots held by readers.", engine.snapshots.value());
  out.metric("penstock_rocksdb_write_stopped", "gauge",
             "Whether writes wait for flushes or compactions to catch up.", engine.write_stopped.value());
}

void append_backups(Exposition& out, const BackupThread::Counts& backups) {
  out.family("penstock_backups_total", "counter", "Backups since the start, by how they ended.");
  out.sample(backups.done, {{"end", "done"}});
  out.sample(backups.failed, {{"end", "failed"}});
  out.metric("penstock_backup_running", "gauge", "Whether a backup is under way.", backups.running ? 1 : 0);
  if (backups.last_taken == 0) return;
  out.metric("penstock_backup_last_timestamp_seconds", "gauge",
             "When the last backup since the start was taken, in seconds since 1970.", backups.last_taken);
  out.metric("penstock_backup_last_size_bytes", "gauge", "What that restore point takes, with what it shares.",
             backups.last_bytes);
  out.metric("penstock_backup_last_copied_bytes", "gauge", "Of that, what was copied for it.",
             backups.last_copied_bytes);
}

void append_mails(Exposition& out, const MailCounts& mails) {
  out.metric("penstock_mails_waiting", "gauge", "Mails that wait for a place among those under way.",
             mails.waiting);
  out.metric("penstock_mails_under_way", "gauge", "Mails that are being handed to the mail server.",
             mails.under_way);
  out.family("penstock_mail_attempts_total", "counter",
             "Attempts to hand a mail to the mail server, by how they ended: refused is not tried again.");
  out.sample(mails.taken, {{"end", "taken"}});
  out.sample(mails.failed, {{"end", "failed"}});
  out.sample(mails.refused, {{"end", "refused"}});
  out.sample(mails.untried, {{"end", "untried"}});
}

void append_faults(Exposition& out, const FaultPlan& faults) {
  out.metric("penstock_fault_rules", "gauge", "Rules by which requests are to fail.", faults.rules());
  out.family("penstock_faults_injected_total", "counter", "Requests that a fault has befallen, by its kind.");
  for (const FaultKind kind : kFaultKinds) out.sample(faults.befallen(kind), {{"kind", fault_name(kind)}});
}

void append_admin(Exposition& out, const AdminCounts& admin) {
  const std::vector<AdminCounts::Told> told = admin.told();
  if (told.empty()) return;
  out.family("penstock_admin_requests_total", "counter",
             "Requests that the admin side has answered, by path and class of status.");
  for (const AdminCounts::Told& row : told) {
    out.sample(row.answered, {{"method", row.method}, {"path", row.path}, {"status", row.status}});
  }
}

// Of one action, over all threads.
struct ActionCounts {
  std::array<std::uint64_t, RequestCounts::kBounds.size() + 1> buckets{};
  std::uint64_t sum_microseconds = 0;
  std::uint64_t succeeded = 0;
  std::array<std::uint64_t, RequestCounts::kErrorCodes> refused{};
  bool any = false;
};

ActionCounts counts_of(ActionIndex action, const std::vector<const RequestCounts*>& threads) {
  ActionCounts sum;
  for (const RequestCounts* thread : threads) {
    for (std::size_t at = 0; at < sum.buckets.size(); ++at) sum.buckets[at] += thread->bucket(action, at);
    for (std::size_t at = 0; at < sum.refused.size(); ++at) sum.refused[at] += thread->refused(action, at);
    sum.sum_microseconds += thread->sum_microseconds(action);
    sum.succeeded += thread->succeeded(action);
  }
  for (const std::uint64_t count : sum.buckets) sum.any = sum.any || count > 0;
  return sum;
}

void append_requests(Exposition& out, const std::vector<const RequestCounts*>& threads) {
  std::vector<std::pair<std::string_view, ActionCounts>> seen;
  for (ActionIndex action = 0; action <= kActionsKnown; ++action) {
    ActionCounts counts = counts_of(action, threads);
    if (counts.any) seen.emplace_back(action_name(action), counts);
  }
  if (seen.empty()) return;
  out.family("penstock_requests_total", "counter", "Requests answered, by action and error code.");
  for (const auto& [name, counts] : seen) {
    if (counts.succeeded > 0) out.sample(counts.succeeded, {{"action", name}, {"code", "OK"}});
    for (const WireError& row : wire_errors()) {
      const std::uint64_t refused = counts.refused[static_cast<std::size_t>(row.code)];
      if (refused > 0) out.sample(refused, {{"action", name}, {"code", row.query_code}});
    }
  }
  out.family("penstock_request_duration_seconds", "histogram",
             "From the whole request to its answer, by action; a ReceiveMessage may wait for a message.");
  for (const auto& [name, counts] : seen) {
    out.histogram(RequestCounts::kBounds, counts.buckets, counts.sum_microseconds, {{"action", name}});
  }
}

// Nothing: /proc does not tell.
std::optional<std::uint64_t> resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  if (!(file >> pages >> resident)) return std::nullopt;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string metrics_text(const MetricsSources& sources, const QueueSurvey* survey) {
  const BrokerThread& broker = *sources.broker;
  const BrokerThread::Gauges& gauges = broker.gauges();
  const auto total = [&](std::atomic<std::uint64_t> IoCounts::*count) {
    std::uint64_t sum = 0;
    for (const IoCounts* counts : sources.io) sum += (counts->*count).load(std::memory_order_relaxed);
    return sum;
  };

  Exposition out;
  out.metric("penstock_build_info", "gauge", "The version of this build.", 1, {{"version", version()}});
  out.metric("penstock_ready", "gauge", "Whether commands are decided.", broker.running() ? 1 : 0);
  out.metric("penstock_queues", "gauge", "Queues.", gauges.queues);
  out.metric("penstock_messages_touched", "gauge", "Messages received and not deleted.", gauges.touched);
  out.metric("penstock_receivers_waiting", "gauge", "Receives that wait.", gauges.waiting_receivers);
  out.metric("penstock_window_bytes", "gauge", "Memory of messages at hand.", gauges.window_bytes);
  out.metric("penstock_deduplication_bytes", "gauge", "Memory of deduplication ids.", gauges.dedup_bytes);
  out.family("penstock_time_ahead_seconds", "gauge", "How far virtual time is ahead of the wall clock.");
  out.seconds(static_cast<std::uint64_t>(std::max<std::int64_t>(gauges.time_ahead_ms, 0)) * 1000);
  if (const auto resident = resident_bytes()) {
    out.metric("process_resident_memory_bytes", "gauge", "Memory of the process that is not on disk.", *resident);
  }
  out.metric("penstock_store_admits_growth", "gauge", "Whether the disk reserve is kept.",
             gauges.admits_growth ? 1 : 0);
  out.metric("penstock_commands_waiting", "gauge", "Commands posted and not decided.",
             gauges.commands_waiting);
  out.metric("penstock_commits_total", "counter", "Commits handed to the store.", gauges.commits);
  out.metric("penstock_decisions_total", "counter", "Decisions of the core.", gauges.commands);
  out.metric("penstock_replies_total", "counter", "Replies of the core.", gauges.replies);
  if (const StoreCounters* const store = broker.running() ? broker.store_counters() : nullptr) {
    append_store(out, *store);
  }
  out.metric("penstock_webhook_deliveries_under_way", "gauge", "Attempts to deliver to receivers outside.",
             gauges.outgoing);
  out.family("penstock_webhook_attempts_total", "counter",
             "Attempts to deliver to receivers outside, by what became of the message.");
  out.sample(gauges.outgoing_delivered, {{"end", "delivered"}});
  out.sample(gauges.outgoing_retried, {{"end", "retried"}});
  out.sample(gauges.outgoing_dead_lettered, {{"end", "dead_lettered"}});
  out.sample(gauges.outgoing_dropped, {{"end", "dropped"}});
  if (sources.recorded != nullptr) {
    const DeliveryRecord::Counts counts = sources.recorded->counts();
    out.metric("penstock_recorded_deliveries_total", "counter",
               "Deliveries to endpoints out of reach, recorded instead.", counts.recorded);
    out.metric("penstock_recorded_deliveries_kept", "gauge",
               "Of those, kept in memory to be read; a restart forgets them.", counts.kept());
    out.metric("penstock_recorded_deliveries_dropped_total", "counter",
               "Of those, no longer kept because newer ones came.", counts.dropped);
  }
  if (sources.mails != nullptr) append_mails(out, *sources.mails);
  if (sources.backups != nullptr) append_backups(out, *sources.backups);
  if (sources.faults != nullptr) append_faults(out, *sources.faults);
  if (sources.admin != nullptr) append_admin(out, *sources.admin);
  out.metric("penstock_http_connections", "gauge", "Open connections.", total(&IoCounts::connections));
  out.metric("penstock_http_connections_accepted_total", "counter", "Connections taken.",
             total(&IoCounts::accepted));
  out.metric("penstock_http_requests_total", "counter", "Requests read whole.", total(&IoCounts::requests));
  out.metric("penstock_http_refusals_total", "counter", "Requests refused as HTTP.",
             total(&IoCounts::refusals));
  out.metric("penstock_http_unavailable_total", "counter", "Requests answered 503.",
             total(&IoCounts::unavailable));
  out.metric("penstock_http_undelivered_total", "counter", "Receives undone because the client was gone.",
             total(&IoCounts::undelivered));
  out.metric("penstock_http_cut_off_total", "counter",
             "Connections closed because their answers would not fit into memory.",
             total(&IoCounts::cut_off));
  out.metric("penstock_tls_handshakes_failed_total", "counter",
             "Connections by TLS that came to nothing, for a certificate or another disagreement.",
             total(&IoCounts::handshakes_failed));
  if (sources.limits != nullptr) {
    out.family("penstock_requests_throttled_total", "counter",
               "Requests refused because too many were made, by whose rate it was.");
    out.sample(sources.limits->refused_accounts(), {{"by", "account"}});
    out.sample(sources.limits->refused_addresses(), {{"by", "address"}});
  }
  append_requests(out, sources.requests);
  if (survey) append_queue_metrics(out, *survey, sources.queues_max);
  return out.take();
}

}  // namespace penstock
