#include "bench/endpoint_load.h"

#include <unistd.h>

#include <cstdio>
#include <deque>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "bench/process_usage.h"

namespace penstock {
namespace {

constexpr std::size_t kBatchEntries = 10;
constexpr std::size_t kRefusalBytesMax = 300;

double microseconds(Histogram::Duration duration) { return static_cast<double>(duration.count()) / 1e3; }

// What every kind of load keeps count of.
class CountingScript : public HttpScript {
 public:
  void answered(std::size_t connection, const HttpAnswer& answer) final {
    ++all;
    if (answer.status / 100 != 2 && first_refusal.empty()) {
      first_refusal =
          std::to_string(answer.status) + " " + std::string(answer.body.substr(0, kRefusalBytesMax));
    }
    heard(connection, answer);
  }

  std::uint64_t all = 0;
  std::uint64_t messages = 0;
  std::uint64_t empty_receives = 0;
  std::uint64_t refused_batches = 0;
  std::string first_refusal;

 private:
  virtual void heard(std::size_t connection, const HttpAnswer& answer) = 0;
};

// The same request from every connection, for `messages_each` messages.
class SendOver final : public CountingScript {
 public:
  SendOver(const SqsDialect& dialect, std::string request, std::uint64_t messages_each,
           std::uint64_t requests_max = UINT64_MAX)
      : dialect_(dialect), request_(std::move(request)), each_(messages_each), left_(requests_max) {}
  std::string_view next(std::size_t) override {
    if (left_ == 0) return {};
    --left_;
    return request_;
  }

 private:
  void heard(std::size_t, const HttpAnswer& answer) override {
    if (answer.status / 100 != 2) return;
    messages += each_;
    if (each_ > 1 && dialect_.refuses_entries(answer.body)) ++refused_batches;
  }

  const SqsDialect& dialect_;
  const std::string request_;
  const std::uint64_t each_;
  std::uint64_t left_;
};

// Receives, and deletes what came one by one; before each receive, a send if there is one to be said.
class ReceiveAndDelete final : public CountingScript {
 public:
  ReceiveAndDelete(const SqsDialect& dialect, std::string url, std::size_t connections,
                   std::size_t messages_max, std::string send)
      : dialect_(dialect),
        url_(std::move(url)),
        send_(std::move(send)),
        receive_(dialect.receive(url_, messages_max, 0)),
        consumers_(connections) {}

  std::string_view next(std::size_t connection) override {
    Consumer& consumer = consumers_[connection];
    if (!consumer.handles.empty()) {
      consumer.request = dialect_.remove(url_, consumer.handles.front());
      consumer.handles.pop_front();
      consumer.step = Step::kDelete;
      return consumer.request;
    }
    if (!send_.empty() && consumer.step != Step::kSend) {
      consumer.step = Step::kSend;
      return send_;
    }
    if (send_.empty() && consumer.dry) return {};
    consumer.step = Step::kReceive;
    return receive_;
  }
  void broken(std::size_t connection) override { consumers_[connection].step = Step::kDelete; }

 private:
  enum class Step { kSend, kReceive, kDelete };
  struct Consumer {
    Step step = Step::kDelete;  // the last one
    std::deque<std::string> handles;
    std::string request;
    bool dry = false;  // its last receive found nothing
  };

  void heard(std::size_t connection, const HttpAnswer& answer) override {
    Consumer& consumer = consumers_[connection];
    if (answer.status / 100 != 2) return;
    if (consumer.step == Step::kDelete) ++messages;
    if (consumer.step != Step::kReceive) return;
    for (std::string& handle : dialect_.receipt_handles(answer.body))
      consumer.handles.push_back(std::move(handle));
    consumer.dry = consumer.handles.empty();
    if (consumer.dry) ++empty_receives;
  }

  const SqsDialect& dialect_;
  const std::string url_;
  const std::string send_;
  const std::string receive_;
  std::vector<Consumer> consumers_;
};

class OneAnswer final : public HttpScript {
 public:
  explicit OneAnswer(std::string request) : request_(std::move(request)) {}
  std::string_view next(std::size_t) override {
    return std::exchange(sent_, true) ? std::string_view{} : request_;
  }
  void answered(std::size_t, const HttpAnswer& answer) override {
    status = answer.status;
    body = answer.body;
  }
  int status = 0;
  std::string body;

 private:
  const std::string request_;
  bool sent_ = false;
};

LoadPlan plan_of_one(const LoadPlan& plan) {
  LoadPlan one;
  one.host = plan.host;
  one.port = plan.port;
  one.time = std::chrono::seconds(60);
  return one;
}

// A queue that nobody else uses, and that is gone at the end.
class OwnQueue {
 public:
  OwnQueue(const SqsDialect& dialect, const LoadPlan& plan) : dialect_(dialect), plan_(plan_of_one(plan)) {
    const auto moment = std::chrono::system_clock::now().time_since_epoch().count();
    OneAnswer script(dialect.create_queue("penstock-bench-" + std::to_string(getpid()) + "-" +
                                          std::to_string(moment % 1'000'000'000)));
    run_http_load(plan_, script);
    if (script.status == 200) url_ = dialect.queue_url(script.body);
    if (url_.empty()) {
      throw std::runtime_error("the endpoint gave no queue: " + std::to_string(script.status) + " " +
                               script.body.substr(0, kRefusalBytesMax));
    }
  }
  ~OwnQueue() {
    try {
      OneAnswer script(dialect_.delete_queue(url_));
      run_http_load(plan_, script);
      if (script.status == 200) return;
    } catch (const std::exception&) {
    }
    std::fprintf(stderr, "penstock-bench: the queue %s could not be removed\n", url_.c_str());
  }
  OwnQueue(const OwnQueue&) = delete;
  OwnQueue& operator=(const OwnQueue&) = delete;
  const std::string& url() const { return url_; }

 private:
  const SqsDialect& dialect_;
  const LoadPlan plan_;
  std::string url_;
};

void fill(const SqsDialect& dialect, const std::string& url, const EndpointLoadOptions& options) {
  SendOver script(dialect, dialect.send(url, std::string(options.body_bytes, 'x')), 1, options.messages);
  LoadPlan plan = options.plan;
  plan.rate = 0;
  plan.warm_up = plan.time = std::chrono::hours(1);
  run_http_load(plan, script);
  if (script.messages < options.messages) {
    throw std::runtime_error("filling the queue failed: " + script.first_refusal);
  }
}

std::string_view name_of(LoadKind kind) {
  switch (kind) {
    case LoadKind::kSend:
      return "send";
    case LoadKind::kReceiveDelete:
      return "receive-delete";
    case LoadKind::kCycle:
      return "cycle";
    case LoadKind::kBatch:
      return "batch";
  }
  return {};
}

// What a request of this load moves, in messages; 0: it is told by counting.
std::uint64_t messages_each(LoadKind kind) {
  return kind == LoadKind::kSend ? 1 : kind == LoadKind::kBatch ? kBatchEntries : 0;
}

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[512];
  const int size = std::snprintf(text, sizeof text, format, values...);
  return {text, static_cast<std::size_t>(size)};
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += formatted("\\u%04x", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + '"';
}

// Messages a second. What was moved during the warm-up is left out in proportion.
double message_rate(const EndpointLoadResult& result) {
  const double seconds = result.load.elapsed.count();
  return seconds > 0 ? static_cast<double>(result.messages) * result.warm_share / seconds : 0;
}

}  // namespace

EndpointLoadResult run_endpoint_load(const EndpointLoadOptions& options) {
  const SqsDialect dialect(options.protocol, options.caller);
  const OwnQueue queue(dialect, options.plan);
  const std::string body(options.body_bytes, 'x');
  std::unique_ptr<CountingScript> script;
  switch (options.kind) {
    case LoadKind::kSend:
      script = std::make_unique<SendOver>(dialect, dialect.send(queue.url(), body), 1);
      break;
    case LoadKind::kBatch:
      script = std::make_unique<SendOver>(dialect, dialect.send_batch(queue.url(), body, kBatchEntries),
                                          kBatchEntries);
      break;
    case LoadKind::kReceiveDelete:
      fill(dialect, queue.url(), options);
      script = std::make_unique<ReceiveAndDelete>(dialect, queue.url(), options.plan.connections, 10, "");
      break;
    case LoadKind::kCycle:
      script = std::make_unique<ReceiveAndDelete>(dialect, queue.url(), options.plan.connections, 1,
                                                  dialect.send(queue.url(), body));
      break;
  }

  EndpointLoadResult result;
  const auto own_before = own_cpu();
  const auto server_before = options.server ? std::optional(cpu_of(*options.server)) : std::nullopt;
  result.load = run_http_load(options.plan, *script);
  if (server_before) {
    result.server_cpu = cpu_of(*options.server) - *server_before;
    result.server_resident_bytes = resident_bytes_of(*options.server);
  }
  result.own_cpu = own_cpu() - own_before;
  result.messages = script->messages;
  result.empty_receives = script->empty_receives;
  result.refused_batches = script->refused_batches;
  result.first_refusal = script->first_refusal;
  result.warm_share =
      script->all > 0 ? static_cast<double>(result.load.answers) / static_cast<double>(script->all) : 0;
  return result;
}

std::string as_text(const EndpointLoadOptions& options, const EndpointLoadResult& result) {
  const LoadResult& load = result.load;
  std::string text =
      formatted("%s: %zu connections, %zu byte bodies, AWS %s, %s\n",
                std::string(name_of(options.kind)).c_str(), options.plan.connections, options.body_bytes,
                options.protocol == SqsDialect::Protocol::kJson ? "JSON" : "Query",
                options.plan.rate > 0 ? formatted("%.0f requests/s asked for", options.plan.rate).c_str()
                                      : "each connection as fast as it is answered");
  text += formatted("  %10.0f requests/s   %10.0f messages/s   in %.1f s\n", load.rate(),
                    message_rate(result), load.elapsed.count());
  text += formatted("  latency: p50 %.0f us  p90 %.0f us  p99 %.0f us  p99.9 %.0f us  max %.0f us\n",
                    microseconds(load.latency.at(0.5)), microseconds(load.latency.at(0.9)),
                    microseconds(load.latency.at(0.99)), microseconds(load.latency.at(0.999)),
                    microseconds(load.latency.at(1)));
  const double all = result.warm_share > 0 ? static_cast<double>(load.answers) / result.warm_share : 0;
  if (result.server_cpu && all > 0) {
    text += formatted("  server: %.2f us of CPU a request, %zu MB resident\n",
                      result.server_cpu->count() * 1e6 / all, *result.server_resident_bytes >> 20);
  }
  text += formatted("  this program: %.2f us of CPU a request, %.0f %% of a processor\n",
                    all > 0 ? result.own_cpu.count() * 1e6 / all : 0,
                    100 * result.own_cpu.count() / (load.elapsed + options.plan.warm_up).count());
  text += formatted(
      "  errors: %llu answers that are not 2xx, %llu broken connections, %llu batches with refused "
      "entries\n",
      static_cast<unsigned long long>(load.failures), static_cast<unsigned long long>(load.broken),
      static_cast<unsigned long long>(result.refused_batches));
  if (load.late > 0) {
    text += formatted("  %llu requests were due and never sent: no connection came free in time\n",
                      static_cast<unsigned long long>(load.late));
  }
  if (messages_each(options.kind) == 0) {
    text += formatted("  receives that found nothing: %llu\n",
                      static_cast<unsigned long long>(result.empty_receives));
  }
  if (!result.first_refusal.empty()) text += "  the first refusal: " + result.first_refusal + "\n";
  return text;
}

std::string as_json(const EndpointLoadOptions& options, const EndpointLoadResult& result) {
  const LoadResult& load = result.load;
  const auto count = [](std::uint64_t number) { return std::to_string(number); };
  const double all = result.warm_share > 0 ? static_cast<double>(load.answers) / result.warm_share : 0;
  std::string json = "{\"load\":" + json_quoted(name_of(options.kind));
  json +=
      options.protocol == SqsDialect::Protocol::kJson ? ",\"protocol\":\"json\"" : ",\"protocol\":\"query\"";
  json +=
      ",\"connections\":" + count(options.plan.connections) + ",\"body_bytes\":" + count(options.body_bytes);
  json += formatted(",\"rate_asked\":%.3f,\"seconds\":%.3f,\"requests\":", options.plan.rate,
                    load.elapsed.count()) +
          count(load.answers);
  json += formatted(",\"requests_per_second\":%.1f,\"messages_per_second\":%.1f", load.rate(),
                    message_rate(result));
  json += formatted(",\"latency_us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p99_9\":%.1f,\"max\":%.1f}",
                    microseconds(load.latency.at(0.5)), microseconds(load.latency.at(0.9)),
                    microseconds(load.latency.at(0.99)), microseconds(load.latency.at(0.999)),
                    microseconds(load.latency.at(1)));
  json += ",\"failures\":" + count(load.failures) + ",\"broken\":" + count(load.broken) +
          ",\"refused_batches\":" + count(result.refused_batches) + ",\"late\":" + count(load.late) +
          ",\"empty_receives\":" + count(result.empty_receives);
  if (result.server_cpu && all > 0) {
    json += formatted(",\"server_cpu_us_per_request\":%.2f,\"server_resident_bytes\":%zu",
                      result.server_cpu->count() * 1e6 / all, *result.server_resident_bytes);
  }
  json += formatted(",\"own_cpu_us_per_request\":%.2f", all > 0 ? result.own_cpu.count() * 1e6 / all : 0);
  if (!result.first_refusal.empty()) json += ",\"first_refusal\":" + json_quoted(result.first_refusal);
  return json + "}\n";
}

}  // namespace penstock
