// EndpointLoad: load for endpoints that speak SQS, each kind on queues of its own that it removes again.
//
//   send            SendMessage, over and over
//   batch           SendMessageBatch of ten
//   receive-delete  fills the queue first; then receives of up to ten, and a DeleteMessage for each
//   cycle           each connection sends one message, receives one, deletes it
//   fifo            the same on a FIFO queue, each connection in a message group of its own
//   publish         Publish to a topic with `queues` queues, subscribed raw; then looks whether each has its copies
//
//   long-poll       each connection waits; messages at a rate wake them one by one
//
//   backlog         fills the queue with `messages`, then drains it until nothing is found
//
//   mixed           half of the connections send, one request in five a batch; the others receive and delete
//
// Rounds are interleaved: in each, every kind is measured at every endpoint.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/http_load.h"
#include "bench/progress.h"
#include "bench/report.h"
#include "bench/sqs_dialect.h"
#include "bench/tls_stream.h"

namespace penstock {

enum class LoadKind { kSend, kBatch, kReceiveDelete, kCycle, kFifo, kPublish, kLongPoll, kBacklog, kMixed };

std::string_view name_of(LoadKind kind);
std::optional<LoadKind> load_kind(std::string_view name);

struct Endpoint {
  std::string host;
  std::uint16_t port = 80;
  Caller caller;
  std::shared_ptr<const TlsTrust> tls;  // nullptr: plain HTTP
  std::optional<pid_t> server;          // on this machine: its CPU and memory are measured
};

struct EndpointLoadOptions {
  std::vector<LoadKind> kinds;
  std::vector<Endpoint> endpoints;
  std::size_t rounds = 1;
  SqsDialect::Protocol protocol = SqsDialect::Protocol::kJson;
  LoadPlan plan;  // its host and port are the endpoints'
  std::size_t body_bytes = 1024;
  std::uint64_t messages = 100'000;  // that receive-delete and backlog begin with
  std::size_t queues = 3;            // of publish
};

// One measurement, into its subjects of the report. Throws if the endpoint cannot be reached or gives no
// queue.
void measure_endpoint(LoadKind kind, const Endpoint& endpoint, const EndpointLoadOptions& options,
                      Progress& progress, Report& report);

Report run_endpoint_load(const EndpointLoadOptions& options);

}  // namespace penstock
