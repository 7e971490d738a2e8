#include "server/metrics.h"

#include <string_view>
#include <utility>

#include "server/io_thread.h"
#include "server/version.h"

namespace penstock {
namespace {

class Exposition {
 public:
  void metric(std::string_view name, std::string_view type, std::string_view help, std::uint64_t value,
              std::string_view labels = {}) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    text_.append(name).append(" ").append(type).append("\n");
    text_.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
  }
  // In seconds, cumulative, as Prometheus wants it.
  void histogram(std::string_view name, std::string_view help, const DurationHistogram& durations) {
    text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
    text_.append(name).append(" histogram\n");
    std::uint64_t count = 0;
    for (std::size_t bucket = 0; bucket <= DurationHistogram::kBounds.size(); ++bucket) {
      count += durations.count(bucket);
      const std::string bound =
          bucket < DurationHistogram::kBounds.size() ? seconds(DurationHistogram::kBounds[bucket]) : "+Inf";
      text_.append(name).append("_bucket{le=\"").append(bound).append("\"} ");
      text_.append(std::to_string(count)).append("\n");
    }
    text_.append(name).append("_sum ").append(seconds(durations.sum_microseconds())).append("\n");
    text_.append(name).append("_count ").append(std::to_string(count)).append("\n");
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string seconds(std::uint64_t microseconds) {
    std::string fraction = std::to_string(microseconds % 1'000'000);
    return std::to_string(microseconds / 1'000'000) + "." + std::string(6 - fraction.size(), '0') + fraction;
  }

  std::string text_;
};

}  // namespace

std::string metrics_text(const BrokerThread& broker, std::span<const IoCounts* const> io_counts) {
  const BrokerThread::Gauges& gauges = broker.gauges();
  const auto total = [&](std::atomic<std::uint64_t> IoCounts::*count) {
    std::uint64_t sum = 0;
    for (const IoCounts* counts : io_counts) sum += (counts->*count).load(std::memory_order_relaxed);
    return sum;
  };

  Exposition out;
  out.metric("penstock_build_info", "gauge", "The version of this build.", 1,
             "{version=\"" + std::string(version()) + "\"}");
  out.metric("penstock_ready", "gauge", "Whether commands are decided.", broker.running() ? 1 : 0);
  out.metric("penstock_queues", "gauge", "Queues.", gauges.queues);
  out.metric("penstock_messages_touched", "gauge", "Messages received and not deleted.", gauges.touched);
  out.metric("penstock_receivers_waiting", "gauge", "Receives that wait.", gauges.waiting_receivers);
  out.metric("penstock_window_bytes", "gauge", "Memory of messages at hand.", gauges.window_bytes);
  out.metric("penstock_store_admits_growth", "gauge", "Whether the disk reserve is kept.",
             gauges.admits_growth ? 1 : 0);
  out.metric("penstock_commands_waiting", "gauge", "Commands posted and not decided.",
             gauges.commands_waiting);
  out.metric("penstock_commits_total", "counter", "Commits handed to the store.", gauges.commits);
  out.metric("penstock_decisions_total", "counter", "Decisions of the core.", gauges.commands);
  out.metric("penstock_replies_total", "counter", "Replies of the core.", gauges.replies);
  if (const StoreCounters* const store = broker.running() ? broker.store_counters() : nullptr) {
    out.metric("penstock_store_records_written_total", "counter", "Records written to the store.",
               store->records_written.value());
    out.metric("penstock_store_bytes_written_total", "counter", "Bytes of the commits written.",
               store->bytes_written.value());
    out.metric("penstock_store_records_loaded", "gauge", "Records read at the start.",
               store->records_loaded.value());
    out.metric("penstock_store_pages_total", "counter", "Pages of messages read from disk.",
               store->pages.value());
    out.metric("penstock_store_body_reads_total", "counter", "Single messages read from disk.",
               store->body_reads.value());
    out.histogram("penstock_store_commit_duration_seconds", "Writing and syncing one commit.",
                  store->commit_duration);
  }
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
  return out.take();
}

}  // namespace penstock
