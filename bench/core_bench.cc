// The core alone: what deciding costs, without disk, sockets or threads. Arguments are the depth of the
// queue; the cost must not grow with it.
#include <benchmark/benchmark.h>

#include <memory>

#include "broker/broker.h"

namespace penstock {
namespace {

class OneQueue {
 public:
  explicit OneQueue(std::int64_t depth) : broker_(PartitionId{0}, BrokerLimits{}) {
    const World world{AccountId{0}, *Region::parse("us-east-1")};
    command_ = {Ticket{}, world, "bench", Operation{CreateQueue{}}};
    execute(CreateQueue{});
    for (std::int64_t i = 0; i < depth; ++i) send();
  }

  void send() { execute(Send{content_, 1024, std::nullopt}); }
  // The handle of the one message received; the queue must not be empty.
  ReceiptHandle receive() {
    execute(Receive{1, std::nullopt, std::nullopt});
    return std::get<Received>(outcome_.replies.back().answer).deliveries.front().handle;
  }
  void remove(const ReceiptHandle& handle) { execute(Delete{handle}); }
  void wait(std::uint64_t ticket) {
    command_.ticket.request = ticket;
    execute(Receive{1, std::nullopt, Seconds{20}});
  }

 private:
  void execute(Operation operation) {
    outcome_.clear();
    Command command = command_;
    command.operation = std::move(operation);
    broker_.execute(std::move(command), now_, random_, outcome_);
  }

  Broker broker_;
  Command command_;
  Outcome outcome_;
  SeededRandom random_{1};
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  ContentPtr content_ = std::make_shared<MessageContent>(MessageContent{.body = std::string(1024, 'x')});
};

void send(benchmark::State& state) {
  OneQueue queue(0);
  for (auto _ : state) queue.send();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(send)->Iterations(500'000);

void send_receive_delete(benchmark::State& state) {
  OneQueue queue(state.range(0));
  for (auto _ : state) {
    queue.send();
    queue.remove(queue.receive());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(send_receive_delete)->Arg(0)->Arg(1'000)->Arg(2'500);

// A send that answers a waiting receive while others go on waiting.
void wake_one_of_many(benchmark::State& state) {
  OneQueue queue(0);
  std::uint64_t ticket = 0;
  for (std::int64_t i = 0; i < state.range(0); ++i) queue.wait(++ticket);
  for (auto _ : state) {
    queue.wait(++ticket);
    queue.send();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(wake_one_of_many)->Arg(0)->Arg(10'000)->Iterations(100'000);

}  // namespace
}  // namespace penstock

BENCHMARK_MAIN();
