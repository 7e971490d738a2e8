#include "bench/endpoint_scripts.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace penstock {
namespace {

constexpr std::uint64_t kSendsForABatch = 5;
constexpr auto kFresh = std::chrono::minutes(1);

bool good(const HttpAnswer& answer) { return answer.status / 100 == 2; }

std::int64_t now_nanoseconds() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string_view FreshRequest::get() {
  const auto now = std::chrono::steady_clock::now();
  if (made_.empty() || now >= until_) {
    made_.push_back(make_());
    until_ = now + kFresh;
  }
  return made_.back();
}

void CountingScript::answered(std::size_t connection, const HttpAnswer& answer) {
  ++all;
  if (!good(answer) && first_refusal.empty()) {
    first_refusal =
        std::to_string(answer.status) + " " + std::string(answer.body.substr(0, kRefusalBytesMax));
  }
  heard(connection, answer);
}

std::string_view SendOver::next(std::size_t) {
  if (left_ == 0) return {};
  --left_;
  return request_.get();
}

void SendOver::heard(std::size_t, const HttpAnswer& answer) {
  if (!good(answer)) return;
  messages += each_;
  if (each_ > 1 && dialect_.refuses_entries(answer.body)) ++refused_batches;
}

std::string_view OneAnswer::next(std::size_t) {
  return std::exchange(sent_, true) ? std::string_view{} : std::string_view(request_);
}

void OneAnswer::answered(std::size_t, const HttpAnswer& answer) {
  status = answer.status;
  body = answer.body;
}

Consumers::Consumers(const SqsDialect& dialect, ConsumerPlan plan, std::size_t connections)
    : dialect_(dialect),
      plan_(std::move(plan)),
      receive_([this] { return dialect_.receive(plan_.url, plan_.messages_max, plan_.wait_seconds); }),
      send_([this] { return dialect_.send(plan_.url, plan_.body); }),
      send_batch_([this] { return dialect_.send_batch(plan_.url, plan_.body, kBatchEntries); }),
      run_(std::to_string(now_nanoseconds())),
      consumers_(connections) {}

std::string_view Consumers::send(std::size_t connection, Consumer& consumer) {
  consumer.step = Step::kSend;
  ++consumer.sent;
  if (plan_.in_groups) {
    const std::string group = "g" + std::to_string(connection);
    consumer.request = dialect_.send_to_group(plan_.url, plan_.body, group,
                                              run_ + "-" + group + "-" + std::to_string(consumer.sent));
    return consumer.request;
  }
  return (plan_.senders > 0 && consumer.sent % kSendsForABatch == 0 ? send_batch_ : send_).get();
}

std::string_view Consumers::next(std::size_t connection) {
  Consumer& consumer = consumers_[connection];
  if (connection < plan_.senders) return send(connection, consumer);
  if (!consumer.handles.empty()) {
    consumer.request = dialect_.remove(plan_.url, consumer.handles.front());
    consumer.handles.pop_front();
    consumer.step = Step::kDelete;
    return consumer.request;
  }
  const bool sends = plan_.senders == 0 && !plan_.body.empty();
  if (sends && consumer.step != Step::kSend) return send(connection, consumer);
  if (plan_.until_dry && consumer.dry) return {};
  consumer.step = Step::kReceive;
  return receive_.get();
}

void Consumers::heard(std::size_t connection, const HttpAnswer& answer) {
  Consumer& consumer = consumers_[connection];
  if (!good(answer)) return;
  if (consumer.step == Step::kDelete) ++messages;
  if (consumer.step == Step::kSend && dialect_.refuses_entries(answer.body)) ++refused_batches;
  if (consumer.step != Step::kReceive) return;
  for (std::string& handle : dialect_.receipt_handles(answer.body))
    consumer.handles.push_back(std::move(handle));
  consumer.dry = consumer.handles.empty();
  if (consumer.dry) ++empty_receives;
}

std::string Mark::text() const { return std::to_string(number) + " " + std::to_string(nanoseconds) + " "; }

Mark Mark::parse(std::string_view text) {
  Mark mark;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, mark.number);
  if (error != std::errc{} || at == end) return {};
  std::from_chars(at + 1, end, mark.nanoseconds);
  return mark;
}

Mark Mark::now(std::uint64_t number) { return {number, now_nanoseconds()}; }

Histogram::Duration Mark::age() const { return Histogram::Duration(now_nanoseconds() - nanoseconds); }

std::string_view MarkedSends::next(std::size_t connection) {
  std::string body = Mark::now(++sent_).text();
  body.resize(std::max(body.size(), body_bytes_), 'x');
  requests_[connection] = dialect_.send(urls_[sent_ % urls_.size()], body);
  return requests_[connection];
}

MarkedPolls::MarkedPolls(const SqsDialect& dialect, std::vector<std::string> urls, std::size_t connections)
    : dialect_(dialect), urls_(std::move(urls)), polls_(connections) {
  for (const std::string& url : urls_)
    receives_.emplace_back([this, url] { return dialect_.receive(url, 1, 20); });
}

std::string_view MarkedPolls::next(std::size_t connection) {
  Poll& poll = polls_[connection];
  poll.deleting = !poll.handle.empty();
  const std::size_t queue = connection % urls_.size();
  if (!poll.deleting) return receives_[queue].get();
  poll.request = dialect_.remove(urls_[queue], std::exchange(poll.handle, {}));
  return poll.request;
}

void MarkedPolls::heard(std::size_t connection, const HttpAnswer& answer) {
  Poll& poll = polls_[connection];
  if (!good(answer)) return;
  if (poll.deleting) {
    ++messages;
    ++deleted;
    return;
  }
  const std::vector<std::string> handles = dialect_.receipt_handles(answer.body);
  const std::vector<std::string> bodies = dialect_.bodies(answer.body);
  if (handles.empty() || bodies.empty()) {
    ++empty_receives;
    return;
  }
  poll.handle = handles.front();
  const Mark mark = Mark::parse(bodies.front());
  wakes.add(mark.age());
  if (!seen_.insert(mark.number).second) ++twice;
}

}  // namespace penstock
