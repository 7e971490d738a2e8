#include "tests/simulator/simulation.h"

#include <algorithm>
#include <utility>

#include "tests/simulator/tale.h"

namespace penstock {
namespace {

constexpr Time kWallAtStart = from_epoch_milliseconds(1'800'000'000'000);
// Longer than any message lives.
constexpr Seconds kRetentionMax{1209600};
constexpr Seconds kDelayMax{900};

template <class Kind>
const Kind* if_asked(const Result<Operation>& operation) {
  return operation ? std::get_if<Kind>(&*operation) : nullptr;
}

// What a client asks again if it never hears the answer.
std::optional<Operation> sends(const Result<Operation>& operation) {
  const bool any = if_asked<Send>(operation) != nullptr || if_asked<SendBatch>(operation) != nullptr;
  return any ? std::optional(*operation) : std::nullopt;
}

std::vector<const Send*> each_send(const Result<Operation>& operation) {
  std::vector<const Send*> all;
  if (const auto* send = if_asked<Send>(operation)) all.push_back(send);
  if (const auto* batch = if_asked<SendBatch>(operation)) {
    for (const Result<Send>& entry : batch->entries) {
      if (entry) all.push_back(&*entry);
    }
  }
  return all;
}

std::vector<const Sent*> each_sent(const Answer& answer) {
  std::vector<const Sent*> all;
  if (const auto* sent = std::get_if<Sent>(&answer)) all.push_back(sent);
  if (const auto* batch = std::get_if<SentBatch>(&answer)) {
    for (const Result<Sent>& entry : batch->entries) {
      if (entry) all.push_back(&*entry);
    }
  }
  return all;
}

// The retention that a queue is given, if it is given one.
std::optional<Seconds> retention_asked(const Result<Operation>& operation) {
  if (const auto* create = if_asked<CreateQueue>(operation)) return create->attributes.retention;
  if (const auto* set = if_asked<SetQueueAttributes>(operation)) return set->attributes.retention;
  return std::nullopt;
}

bool clears(const Result<Operation>& operation) {
  return if_asked<PurgeQueue>(operation) != nullptr || if_asked<DeleteQueue>(operation) != nullptr;
}

}  // namespace

Simulation::Simulation(std::uint64_t seed, std::uint64_t steps, bool telling)
    : seed_(seed),
      steps_(steps),
      telling_(telling),
      random_(seed),
      weather_(Weather::draw(random_)),
      wishes_(random_, weather_),
      follower_(PartitionId{}, weather_.limits),
      readings_{kWallAtStart, Milliseconds{1'000'000}},
      history_(weather_.limits),
      clients_(weather_.clients) {
  start_process();
}

std::string Simulation::run() {
  safety();
  if (verdict_.holds()) liveness();
  if (verdict_.holds()) nothing_is_left();
  return verdict_.broken();
}

void Simulation::start_process() {
  process_ = std::make_unique<SimulatedProcess>(disk_, weather_.limits, seed_ ^ (++incarnation_ << 32),
                                                [this](const Commit& commit) {
                                                  for (const Change& change : commit.changes) {
                                                    follower_.apply(change);
                                                  }
                                                });
  clock_.emplace(readings_, Milliseconds{0}, process_->recovered_time());
  now_ = clock_->now();
  verdict_.expect(now_ >= process_->recovered_time(), "broker time never runs behind a commit");
}

// ---- the two phases

void Simulation::safety() {
  for (std::uint64_t step = 0; step < steps_ && verdict_.holds(); ++step) {
    if (random_.below(10'000) < weather_.crashing) {
      crash();
    } else if (random_.below(10'000) < weather_.reloading) {
      reload();
    }
    if (under(weather_.asking)) client_asks();
    if (under(weather_.storing)) store_works();
    if (under(weather_.storing)) process_->hand_over(now_);
    if (under(weather_.waiting)) time_passes();
    if (under(weather_.long_waiting)) time_jumps();
    if (under(weather_.clock_mischief)) clock_is_set();
    if (under(weather_.vanishing)) client_vanishes();
    if (under(weather_.filling)) process_->admit_growth(!process_->admits_growth());
    if (!undelivered_.empty() && under(30)) undeliver_one();
    if (under(70)) tick();
    release();
  }
}

void Simulation::liveness() {
  tell([] { return std::string("faults stop"); });
  process_->admit_growth(true);
  for (std::size_t client = 0; client < clients_.size(); ++client) vanish(client);
  const std::uint64_t rounds_max = 8 * steps_ + 1000;
  for (std::uint64_t round = 0; verdict_.holds(); ++round) {
    while (!undelivered_.empty()) undeliver_one();
    rest();
    if (!verdict_.holds() || history_.decided().alive_count(now_) == 0) return;
    verdict_.expect(round < rounds_max, "what is still there can be received and deleted");

    const std::size_t before = history_.decided().alive_count(now_);
    std::vector<QueueName> names;
    for (const auto& queue : history_.decided().queues()) names.emplace_back(queue.world, queue.name);
    for (const QueueName& name : names) {
      // Twice, because where no receive may wait the first one only fetches the page.
      for (int attempt = 0; attempt < 2 && verdict_.holds(); ++attempt) {
        ask(0, name, Receive{10, Seconds{600}, Seconds{0}});
        rest();
        for (const Held& held : std::exchange(clients_[0].held, {})) {
          ask(0, held.queue, Delete{held.handle}, {held.id});
          rest();
        }
      }
    }
    if (history_.decided().alive_count(now_) < before) continue;
    const Time next = history_.decided().next_visible(now_);
    if (next == kNever) continue;
    readings_.wall += next - now_;
    readings_.boottime += next - now_;
    advance_clock();
  }
}

void Simulation::nothing_is_left() {
  ledger_.finished(now_, verdict_);
  readings_.wall += kRetentionMax + kDelayMax + Seconds{2};
  readings_.boottime += kRetentionMax + kDelayMax + Seconds{2};
  advance_clock();
  rest();
  judge_follower();
  verdict_.expect(process_->broker().totals().touched == 0,
                  "nothing is in flight when everything is deleted");
  verdict_.expect(process_->broker().totals().window_bytes == 0,
                  "windows are empty when everything is deleted");
  const std::vector<Record> facts = facts_of(process_->broker());
  verdict_.expect(
      std::none_of(facts.begin(), facts.end(),
                   [](const Record& fact) { return std::holds_alternative<DeletedNameRecord>(fact); }),
      "the names of deleted queues are free again");
  verdict_.expect(std::none_of(facts.begin(), facts.end(),
                               [](const Record& fact) {
                                 const auto* task = std::get_if<MoveTaskRecord>(&fact);
                                 return task != nullptr && (task->status == MoveTaskStatus::kRunning ||
                                                            task->status == MoveTaskStatus::kCancelling);
                               }),
                  "every move task comes to its end");
  verdict_.expect(
      std::none_of(facts.begin(), facts.end(),
                   [](const Record& fact) { return std::holds_alternative<LaneOfRecord>(fact); }),
      "a lane that is empty belongs to no group");
  verdict_.expect(process_->broker().totals().waiting_receivers == 0, "nobody waits when everybody has gone");
  verdict_.expect(process_->broker().totals().queues == history_.decided().queues().size(),
                  "the broker has the queues that were created and not deleted");
  // Of no generation that a queue has, so that the store does not expect a dense range.
  constexpr Generation kNone{~std::uint64_t{0}};
  for (const QueueAddress& queue : created_) {
    const PageWant later{queue, kNone, LaterRange{kEpoch, {}, now_ + kRetentionMax}};
    const PageWant moved{queue, kNone, FreshRange{kMovedLane, {}, {1ULL << 40}}};
    const PageWant expiry{queue, kNone, ExpiryRange{kEpoch}};
    verdict_.expect(disk_.read(moved).records.empty() && disk_.read(expiry).records.empty(),
                    "no dead letter outlives its message, nor does its expiry");
    verdict_.expect(disk_.read(later).records.empty(), "no body outlives its message");
    // Lanes of their own are given out from 64 on, to fewer groups than clients know.
    for (Lane lane = kFirstLane; lane < Lane{64 + ClientWishes::kGroups}; lane = lane.next()) {
      const PageWant fresh{queue, kNone, FreshRange{lane, {}, {1ULL << 40}}};
      verdict_.expect(disk_.read(fresh).records.empty(), "no body outlives its message");
    }
  }
}

// With no fault to delay it, the store does everything that was asked of it.
void Simulation::rest() {
  for (int round = 0; verdict_.holds(); ++round) {
    verdict_.expect(round < 20'000, "with no faults everything comes to rest");
    process_->hand_over(now_);
    SimulatedStore& store = process_->store();
    bool moved = store.sync();
    history_.became_durable(store.durable(), verdict_);
    moved |= store.hand_over_bodies(random_);
    moved |= store.take_snapshot(random_, false);
    moved |= store.hand_over_page(random_);
    supply();
    if (process_->broker().next_deadline() <= now_) tick();
    release();
    if (!moved && process_->idle() && process_->broker().next_deadline() > now_) return;
  }
}

// ---- what may happen

void Simulation::client_asks() {
  const std::size_t index = random_.below(clients_.size());
  Client& client = clients_[index];
  if (client.asking) return;
  if (client.again && under(50)) {
    auto [queue, operation] = *std::exchange(client.again, std::nullopt);
    ask(index, queue, std::move(operation));
    return;
  }
  const QueueName queue = wishes_.queue();
  if (weather_.crowd != 0 && under(2)) {
    crowd_sends(index, queue);
    return;
  }
  if (under(weather_.refusing)) {
    ask(index, queue, refuse(ErrorCode::kMissingParameter));
    return;
  }
  const auto& queues = history_.decided().queues();
  const bool exists = std::any_of(queues.begin(), queues.end(), [&](const auto& known) {
    return known.world == queue.first && known.name == queue.second;
  });
  client.again.reset();
  ClientWishes::Ends ends;
  Operation operation = wishes_.operation(queue, exists, client.held, ends);
  ask(index, queue, std::move(operation), std::move(ends));
}

void Simulation::crowd_sends(std::size_t client, const QueueName& queue) {
  for (std::uint64_t i = 0; i < weather_.crowd && verdict_.holds(); ++i) {
    ask(client, queue, wishes_.send());
    if (under(1)) process_->hand_over(now_);
  }
}

void Simulation::client_vanishes() { vanish(random_.below(clients_.size())); }

void Simulation::store_works() {
  SimulatedStore& store = process_->store();
  switch (random_.below(5)) {
    case 0:
    case 1:
      if (store.sync()) {
        tell([&] { return "durable " + std::to_string(store.durable().value); });
        history_.became_durable(store.durable(), verdict_);
      }
      break;
    case 2:
      store.hand_over_bodies(random_);
      break;
    case 3:
      store.take_snapshot(random_, weather_.short_pages);
      break;
    default:
      store.hand_over_page(random_);
      supply();
  }
}

void Simulation::time_passes() {
  const std::uint64_t longest = random_.below(4) == 0 ? 30'000 : 1'200;
  const Milliseconds passed{static_cast<std::int64_t>(random_.below(longest))};
  readings_.wall += passed;
  readings_.boottime += passed;
  advance_clock();
}

void Simulation::time_jumps() {
  const std::uint64_t seconds[] = {59, 60, 900, 3'600, 43'200, 345'600};
  const Seconds passed{static_cast<std::int64_t>(seconds[random_.below(std::size(seconds))])};
  readings_.wall += passed;
  readings_.boottime += passed;
  advance_clock();
}

void Simulation::clock_is_set() {
  const Milliseconds by{static_cast<std::int64_t>(random_.below(400'000)) - 200'000};
  readings_.wall += by;
  advance_clock();
  tell([&] { return "the wall clock is set by " + std::to_string(by.count()) + " ms"; });
}

void Simulation::advance_clock() {
  const Time before = now_;
  const BrokerClock::Reading reading = clock_->advance(readings_);
  now_ = reading.now;
  if (reading.stepped) process_->must_commit();
  verdict_.expect(now_ >= before, "broker time never runs back");
  tell([&] { return "now " + std::to_string(epoch_milliseconds(now_) - epoch_milliseconds(kWallAtStart)); });
}

void Simulation::crash() {
  ++size_.crashes;
  SimulatedStore& store = process_->store();
  process_->crash(random_.below(store.pending().size() + 1));
  tell([&] { return "crash; durable " + std::to_string(store.durable().value); });
  history_.crashed(store.durable(), verdict_);
  for (auto& [ticket, asked] : asked_) {
    if (!asked.client) continue;
    Client& client = clients_[*asked.client];
    client.asking.reset();
    if (const auto again = sends(asked.operation)) client.again = {asked.queue, *again};
  }
  asked_.clear();
  undelivered_.clear();
  process_.reset();
  start_process();
  judge_follower();
}

void Simulation::reload() {
  ++size_.reloads;
  tell([] { return std::string("reload"); });
  verdict_.expect(process_->reload(), "a broker reloaded from its facts has the same facts");
  DecisionSeen seen;
  seen.now = now_;
  seen.stamp = process_->store().appended();
  // A stamp never falls behind those before it.
  if (process_->decided_ahead()) seen.stamp = seen.stamp.next();
  fold(Reloaded{}, std::move(seen));
  // Whoever was waiting has lost his connection.
  std::erase_if(asked_, [this](const auto& entry) {
    const auto& [ticket, asked] = entry;
    if (asked.answered) return false;
    if (asked.client) clients_[*asked.client].asking.reset();
    return true;
  });
}

void Simulation::judge_follower() {
  verdict_.expect(same_facts(facts_of(process_->broker()), facts_of(follower_)),
                  "a follower that applies the stream of changes has the same facts");
}

// ---- how it happens

void Simulation::ask(std::size_t client, const QueueName& queue, Result<Operation>&& operation,
                     ClientWishes::Ends ends) {
  ++size_.commands;
  const Ticket ticket{client + 1, next_request_++};
  tell([&] {
    return describe(ticket) + " on " + queue.second + ": " + (operation ? describe(*operation) : "a refusal");
  });
  for (const Send* send : each_send(operation)) ledger_.send_asked(queue, send->content->body);
  for (const auto& id : ends) {
    if (id) ledger_.delete_asked(*id);
  }
  if (const auto retention = retention_asked(operation)) ledger_.retention_asked(queue, *retention);
  if (clears(operation)) ledger_.clear_asked(queue, deeds_ + 1);
  clients_[client].asking = ticket;
  asked_[ticket] = Asked{.client = client, .queue = queue, .operation = operation, .ends = std::move(ends)};
  const Command command{ticket, queue.first, queue.second, std::move(operation)};
  DecisionSeen seen = process_->execute(command, now_);
  fold(command, std::move(seen));
}

void Simulation::fold(decltype(Deed::act)&& act, DecisionSeen&& seen) {
  ++deeds_;
  if (seen.created) {
    created_.insert(*seen.created);
    const auto& command = std::get<Command>(act);
    names_[seen.created->id] = {command.world, command.queue_name};
  }
  for (const Reply& reply : seen.replies) {
    tell([&] { return "    " + describe(reply.ticket) + " <- " + describe(reply.answer); });
    const auto asked = asked_.find(reply.ticket);
    verdict_.expect(asked != asked_.end() && !asked->second.answered, "what was asked is answered once");
    if (!verdict_.holds()) return;
    asked->second.answered = true;
    asked->second.deed = deeds_;
    asked->second.stamp = seen.stamp;
    asked->second.decided = seen.now;
    if (const auto* started = std::get_if<MoveTaskStarted>(&reply.answer)) wishes_.started(started->task);
    for (const Sent* sent : each_sent(reply.answer)) bodies_[sent->id] = sent->content->body;
    if (const auto* received = std::get_if<Received>(&reply.answer)) {
      for (const Delivery& delivery : received->deliveries) asked->second.delivered.push_back(delivery.body);
    }
  }
  for (const auto& body : seen.bodies) ids_[body.key] = body.id;
  note_moves(seen);
  history_.see({std::move(act), std::move(seen)}, verdict_);
}

void Simulation::note_moves(const DecisionSeen& seen) {
  for (const Copy& move : seen.moves) {
    const MessageId id = ids_.at(move.from);
    const MessageId new_id = move.keeps_id ? id : move.head.id;
    ids_[move.to] = new_id;
    bodies_[new_id] = bodies_[id];
    const QueueId to = std::visit([](const auto& key) { return key.queue.id; }, move.to);
    ledger_.moved(names_.at(to), id, new_id, bodies_[id], deeds_);
    ++size_.moves;
    tell([&] { return std::string("    a message moves to ") + names_.at(to).second; });
  }
}

void Simulation::vanish(std::size_t index) {
  Client& client = clients_[index];
  if (!client.asking) return;
  const Ticket ticket = *std::exchange(client.asking, std::nullopt);
  Asked& asked = asked_.at(ticket);
  tell([&] { return describe(ticket) + " vanishes"; });
  if (const auto again = sends(asked.operation)) client.again = {asked.queue, *again};
  process_->forget(ticket);
  if (!asked.answered) {
    asked_.erase(ticket);
    DecisionSeen seen;
    seen.now = now_;
    seen.stamp = process_->store().appended();
    if (process_->decided_ahead()) seen.stamp = seen.stamp.next();
    fold(Forgotten{ticket}, std::move(seen));
  } else {
    asked.client.reset();
  }
}

void Simulation::undeliver_one() {
  const std::size_t index = random_.below(undelivered_.size());
  const Received received = undelivered_[index];
  undelivered_.erase(undelivered_.begin() + static_cast<std::ptrdiff_t>(index));
  tell([&] { return "undeliver " + describe(Answer{received}); });
  DecisionSeen seen = process_->undeliver(received, now_);
  fold(Undelivered{received}, std::move(seen));
}

void Simulation::supply() {
  while (std::optional<DecisionSeen> seen = process_->supply(now_)) {
    tell([] { return std::string("a page comes"); });
    fold(PageSupplied{}, std::move(*seen));
  }
}

void Simulation::tick() {
  if (process_->broker().next_deadline() > now_) return;
  DecisionSeen seen = process_->tick(now_);
  fold(TimePassed{}, std::move(seen));
}

void Simulation::release() {
  for (const Reply& reply : process_->take_released()) {
    const auto found = asked_.find(reply.ticket);
    verdict_.expect(found != asked_.end() && found->second.answered,
                    "an answer leaves once, for somebody who asked");
    if (!verdict_.holds()) return;
    const Asked asked = std::move(found->second);
    asked_.erase(found);
    verdict_.expect(asked.stamp <= process_->store().durable(),
                    "an answer leaves when the last commit that it could have seen is durable");
    tell([&] { return "    " + describe(reply.ticket) + " answer leaves"; });
    if (asked.client && clients_[*asked.client].asking == reply.ticket) {
      clients_[*asked.client].asking.reset();
    }
    answer(asked, reply.answer);
  }
}

void Simulation::answer(const Asked& asked, const Answer& answer) {
  if (clears(asked.operation)) {
    if (std::holds_alternative<Done>(answer)) {
      ledger_.clear_answered(asked.queue, asked.deed);
    } else {
      ledger_.clear_refused(asked.queue, asked.deed);
    }
  }
  for (std::size_t i = 0; i < asked.ends.size(); ++i) {
    const auto* batch = std::get_if<DoneBatch>(&answer);
    const bool done =
        batch != nullptr ? batch->entries.at(i).has_value() : std::holds_alternative<Done>(answer);
    if (done && asked.ends[i]) ledger_.delete_answered(*asked.ends[i], asked.deed);
  }
  for (const Sent* sent : each_sent(answer)) {
    ledger_.send_answered(asked.queue, sent->id, asked.deed, asked.decided);
  }
  if (const auto* deliveries = std::get_if<Received>(&answer)) received(asked, *deliveries);
}

void Simulation::received(const Asked& asked, const Received& received) {
  verdict_.expect(
      std::equal(received.deliveries.begin(), received.deliveries.end(), asked.delivered.begin(),
                 asked.delivered.end(),
                 [](const Delivery& left, const BodyKey& decided) { return left.body == decided; }),
      "an answer leaves with what was decided");
  for (const Delivery& delivery : received.deliveries) {
    ++size_.deliveries;
    const auto body = bodies_.find(delivery.head.id);
    verdict_.expect(delivery.content && body != bodies_.end() && delivery.content->body == body->second,
                    "a delivered message has the body that was sent under its id");
    if (!verdict_.holds()) return;
    ledger_.delivered(asked.queue, delivery.head.id, body->second, asked.deed, verdict_);
    if (asked.client) {
      clients_[*asked.client].held.push_back({asked.queue, delivery.handle, delivery.head.id});
    }
  }
  // Of a client that vanished: either not a byte of its answer left, or the delivery stands.
  if (!asked.client && !received.deliveries.empty() && under(70)) undelivered_.push_back(received);
}

}  // namespace penstock
