// EndpointLoad: load for any endpoint that speaks SQS, on a queue of its own that it removes again.
//
//   send            SendMessage, over and over
//   receive-delete  fills the queue first; then receives of up to ten, and a DeleteMessage for each
//   cycle           each connection sends one message, receives one, deletes it
//   batch           SendMessageBatch of ten
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "bench/http_load.h"
#include "bench/sqs_dialect.h"

namespace penstock {

enum class LoadKind { kSend, kReceiveDelete, kCycle, kBatch };

struct EndpointLoadOptions {
  LoadKind kind = LoadKind::kSend;
  SqsDialect::Protocol protocol = SqsDialect::Protocol::kJson;
  LoadPlan plan;
  SqsDialect::Caller caller;
  std::size_t body_bytes = 1024;
  std::uint64_t messages = 100'000;  // that receive-delete begins with
  std::optional<pid_t> server;       // on this machine: its CPU is measured
};

struct EndpointLoadResult {
  LoadResult load;
  std::uint64_t messages = 0;  // sent; of receive-delete and cycle: deleted. Warm-up included
  std::uint64_t empty_receives = 0;
  std::uint64_t refused_batches = 0;  // answered 200, with entries that were refused
  std::string first_refusal;          // the answer to the first request that failed, cut
  double warm_share = 0;              // of all requests answered, those that were counted
  std::optional<std::chrono::duration<double>> server_cpu;
  std::optional<std::size_t> server_resident_bytes;
  std::chrono::duration<double> own_cpu{};
};

// Throws if the endpoint cannot be reached or gives no queue.
EndpointLoadResult run_endpoint_load(const EndpointLoadOptions& options);

std::string as_text(const EndpointLoadOptions& options, const EndpointLoadResult& result);
std::string as_json(const EndpointLoadOptions& options, const EndpointLoadResult& result);

}  // namespace penstock
