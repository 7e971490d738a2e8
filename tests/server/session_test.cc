// Sessions on a real IoThread over real sockets, with a service and a broker that the test plays.
#include "server/session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <future>

#include "base/mailbox.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

// What sessions tell the broker thread, in words.
class PlayedPort final : public CommandPort {
 public:
  void post(std::vector<Command>& commands) override {
    if (full) return;
    sizes_.insist(commands.size());
    for (const Command& command : commands) posted_.insist(Ticket(command.ticket));
    commands.clear();
  }
  void forget(const Ticket& ticket) override { say("forget", ticket); }
  void end_wait(const Ticket& ticket) override { say("end wait", ticket); }
  void undeliver(Received&& received) override {
    heard_.insist("undeliver " + std::to_string(received.deliveries.size()));
  }
  void say(std::string_view word, const Ticket& ticket) {
    heard_.insist(std::string(word) + " " + std::to_string(ticket.request));
  }
  // The ticket of the next command; waits for it.
  Ticket next_ticket() {
    const auto ticket = ticket_until(std::chrono::steady_clock::now() + std::chrono::seconds(10));
    EXPECT_TRUE(ticket) << "no command came for ten seconds";
    return ticket.value_or(Ticket{});
  }
  std::optional<Ticket> ticket_if_any() { return ticket_until({}); }

  // How many commands came together, each time since it was asked last. The thread that posts must be at rest.
  std::vector<std::size_t> sizes() {
    std::vector<std::size_t> sizes;
    sizes_.drain(sizes, {});
    return sizes;
  }

  std::atomic<bool> full{false};

  // The next words; waits for them.
  std::string next() {
    if (unread_.empty()) {
      std::vector<std::string> words;
      heard_.drain(words, std::chrono::steady_clock::now() + std::chrono::seconds(10));
      unread_.insert(unread_.end(), words.begin(), words.end());
    }
    if (unread_.empty()) return "nothing";
    std::string words = unread_.front();
    unread_.erase(unread_.begin());
    return words;
  }

 private:
  std::optional<Ticket> ticket_until(Mailbox<Ticket>::Deadline deadline) {
    std::vector<Ticket> tickets;
    posted_.drain(tickets, deadline);
    EXPECT_LE(tickets.size(), 1U);
    return tickets.empty() ? std::nullopt : std::optional(tickets[0]);
  }

  Mailbox<Ticket> posted_{1};
  Mailbox<std::size_t> sizes_{1};
  Mailbox<std::string> heard_{1};
  std::vector<std::string> unread_;
};

// GET /now and POST /now answer at once, with the request's body; /big with many bytes; everything else is
// under way until the test replies: /receive as a receive, /command as something else.
class PlayedService final : public Service {
 public:
  static constexpr std::size_t kBigBytes = 24 << 20;

  std::variant<ApiResponse, UnderWay> handle(const ApiRequest& request, const Ticket& ticket,
                                             Random&, BodyDigests&) override {
    if (request.target == "/now") return answer_with(std::string(request.body));
    if (request.target == "/big") return answer_with(std::string(kBigBytes, 'x'));
    if (request.target == "/throw") throw std::runtime_error("of a library");
    Command command;
    command.ticket = ticket;
    command.operation = FindQueue{};
    if (request.target == "/receive") command.operation = Receive{};
    return UnderWay{std::move(command), nullptr};
  }
  ApiResponse render(const PendingCall&, const Ticket&, const Answer& answer) override {
    const Received* const received = std::get_if<Received>(&answer);
    if (received && received->queue.id.value == kBigQueue) return answer_with(std::string(kBigBytes, 'x'));
    const Error* const error = std::get_if<Error>(&answer);
    if (error && error->code == ErrorCode::kServiceUnavailable) return answer_with("unavailable");
    return answer_with(received ? std::to_string(received->deliveries.size()) : "done");
  }
  static constexpr std::uint64_t kBigQueue = 99;

 private:
  static ApiResponse answer_with(std::string body) {
    ApiResponse response;
    response.body = std::move(body);
    return response;
  }
};

class SessionPlay : public testing::Test {
 protected:
  SessionPlay() { io_.start(); }
  ~SessionPlay() override {
    io_.abort();
    io_.flush();
    io_.stop();
  }

  HttpClient connect() {
    int ends[2] = {-1, -1};
    // A TCP pair would need a listener; a session needs a stream socket and no more.
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    io_.adopt({ends[0], {}, &service_, nullptr});
    return HttpClient::over(ends[1]);
  }
  void sweep_at(std::int64_t second) {
    io_.sweep_at(Seconds{second});
    io_.flush();
  }
  void reply(const Ticket& ticket, Answer answer) { io_.deliver({{ticket, std::move(answer)}}); }
  static Received received(std::size_t messages, std::uint64_t queue = 1) {
    Received answer;
    answer.queue.id = QueueId{queue};
    answer.deliveries.resize(messages);
    return answer;
  }
  static std::string get(std::string_view target) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  static std::string post(std::string_view target, std::string_view body) {
    return "POST " + std::string(target) +
           " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           std::string(body);
  }

  PlayedPort port_;
  PlayedService service_;
  IoThread io_{{0, 32 << 20, false}, port_};
};

TEST_F(SessionPlay, OfManyRequestsInOneRoundTheFirstArePostedBeforeTheLastAreRead) {
  std::vector<HttpClient> clients;
  for (int at = 0; at < 70; ++at) clients.push_back(connect());
  io_.flush();
  std::promise<void> begun;
  std::promise<void> over;
  io_.perform([&] {
    begun.set_value();
    over.get_future().wait();
  });
  begun.get_future().wait();
  for (HttpClient& client : clients) client.send(get("/command"));
  over.set_value();
  io_.flush();
  EXPECT_EQ(port_.sizes(), (std::vector<std::size_t>{32, 32, 6}));
}

TEST_F(SessionPlay, AConnectionServesOneRequestAfterTheOther) {
  HttpClient client = connect();
  for (const char* body : {"one", "", "three"}) {
    const HttpAnswer answer = client.exchange(post("/now", body));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, body);
    EXPECT_EQ(answer.header("Connection"), "");
  }
}

TEST_F(SessionPlay, PipelinedRequestsAreAnsweredInOrder) {
  HttpClient client = connect();
  client.send(post("/command", "") + post("/now", "second") + post("/command", "") + post("/now", "fourth"));
  reply(port_.next_ticket(), Done{});
  EXPECT_EQ(client.answer().body, "done");
  EXPECT_EQ(client.answer().body, "second");
  reply(port_.next_ticket(), Done{});
  EXPECT_EQ(client.answer().body, "done");
  EXPECT_EQ(client.answer().body, "fourth");
}

TEST_F(SessionPlay, PipelinedBytesBeyondTheBoundWaitInTheKernel) {
  HttpClient client = connect();
  client.send(get("/command"));
  const Ticket ticket = port_.next_ticket();
  const std::string body(kPipelinedBytesMax / 2, 'x');
  for (int i = 0; i < 4; ++i) client.send(post("/now", body));
  reply(ticket, Done{});
  EXPECT_EQ(client.answer().body, "done");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.answer().body, body);
}

TEST_F(SessionPlay, ABigBodyArrivesAndABigAnswerLeavesWhole) {
  HttpClient client = connect();
  const std::string body(kBodyBytesMax, 'b');
  client.send(post("/now", body));
  EXPECT_EQ(client.answer().body, body);
  client.send(get("/big") + get("/now"));
  EXPECT_EQ(client.answer().body.size(), PlayedService::kBigBytes);
  EXPECT_EQ(client.answer().status, 200);
}

TEST_F(SessionPlay, ARefusedRequestIsAnsweredAndTheConnectionCloses) {
  HttpClient client = connect();
  const HttpAnswer answer =
      client.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nmore");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(answer.header("x-amzn-RequestId").size(), 36U);
  EXPECT_NE(answer.body.find("__type"), std::string::npos);
  EXPECT_TRUE(client.ended());
}

TEST_F(SessionPlay, TheAnswerBeforeACloseIsNotLostInBytesThatNobodyReads) {
  HttpClient client = connect();
  client.send("BAD\r\n" + std::string(1 << 20, 'x'));
  EXPECT_EQ(client.answer().status, 431);
}

TEST_F(SessionPlay, ConnectionCloseAndHttp10CloseUnlessKeepAliveIsAsked) {
  for (const char* request :
       {"GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "GET /now HTTP/1.0\r\n\r\n"}) {
    HttpClient client = connect();
    const HttpAnswer answer = client.exchange(request);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.ended());
  }
  HttpClient client = connect();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.exchange("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("Connection"),
              "keep-alive");
  }
}

TEST_F(SessionPlay, HeadIsAnsweredWithoutABody) {
  HttpClient client = connect();
  client.send("HEAD /now HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + get("/now"));
  EXPECT_EQ(client.answer(true).header("Content-Length"), "3");
  EXPECT_EQ(client.answer().body, "");
}

TEST_F(SessionPlay, AClientThatExpectsContinueIsToldToGoOn) {
  HttpClient client = connect();
  client.send("POST /now HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.answer().status, 100);
  EXPECT_EQ(client.exchange("hello").body, "hello");
}

TEST_F(SessionPlay, WhatALibraryThrowsIsA500AndTheConnectionGoesOn) {
  HttpClient client = connect();
  EXPECT_EQ(client.exchange(get("/throw")).status, 500);
  EXPECT_EQ(client.exchange(get("/now")).status, 200);
}

TEST_F(SessionPlay, AHeadThatTakesLongerThan10SecondsIsDropped) {
  sweep_at(100);
  HttpClient client = connect();
  client.send("GET /now HTTP/1.1\r\nHos");
  HttpClient other = connect();
  EXPECT_EQ(other.exchange(get("/now")).status, 200) << "by now the first one's bytes are read";
  sweep_at(110);
  client.send("t: a\r\n");
  EXPECT_EQ(other.exchange(get("/now")).status, 200);
  sweep_at(111);
  EXPECT_EQ(client.answer().status, 408);
  EXPECT_TRUE(client.ended());
}

TEST_F(SessionPlay, ABodyThatTricklesIsDroppedAndOneThatFlowsIsNot) {
  sweep_at(100);
  HttpClient trickling = connect();
  HttpClient flowing = connect();
  const std::string head = "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n";
  trickling.send(head + "x");
  flowing.send(head + std::string(20'000, 'x'));
  HttpClient other = connect();
  EXPECT_EQ(other.exchange(get("/now")).status, 200);
  sweep_at(109);
  sweep_at(110);
  EXPECT_EQ(trickling.answer().status, 408);
  flowing.send(std::string(30'000, 'x'));
  EXPECT_EQ(flowing.answer().body.size(), 50'000U);
}

TEST_F(SessionPlay, AnIdleConnectionClosesAfter75Seconds) {
  sweep_at(100);
  HttpClient client = connect();
  EXPECT_EQ(client.exchange(get("/now")).status, 200);
  sweep_at(175);
  EXPECT_EQ(client.exchange(get("/now")).status, 200);
  sweep_at(250);
  EXPECT_EQ(io_.counts().connections, 1U);
  sweep_at(251);
  EXPECT_TRUE(client.ended());
}

TEST_F(SessionPlay, AWaitingReceiveIsNotIdle) {
  sweep_at(100);
  HttpClient client = connect();
  client.send(get("/receive"));
  const Ticket ticket = port_.next_ticket();
  sweep_at(1000);
  reply(ticket, received(0));
  EXPECT_EQ(client.answer().body, "0");
}

TEST_F(SessionPlay, APeerThatTakesNothingOfItsAnswerIsDroppedAfter30Seconds) {
  sweep_at(100);
  HttpClient client = connect();
  client.send(get("/big"));
  HttpClient other = connect();
  EXPECT_EQ(other.exchange(get("/now")).status, 200);
  sweep_at(131);
  io_.flush();
  EXPECT_EQ(io_.counts().connections, 1U);
}

TEST_F(SessionPlay, ALongPollWhoseClientClosesIsForgotten) {
  HttpClient client = connect();
  client.send(get("/receive"));
  port_.next_ticket();
  client.close();
  EXPECT_EQ(port_.next(), "forget 1");
}

TEST_F(SessionPlay, AnAnswerForASessionThatIsGoneIsGivenBack) {
  HttpClient client = connect();
  client.send(get("/receive"));
  const Ticket ticket = port_.next_ticket();
  client.close();
  EXPECT_EQ(port_.next(), "forget 1");
  reply(ticket, received(2));
  EXPECT_EQ(port_.next(), "undeliver 2");
}

TEST_F(SessionPlay, AnAnswerForASlotThatIsUsedAgainIsGivenBack) {
  HttpClient client = connect();
  client.send(get("/receive"));
  const Ticket ticket = port_.next_ticket();
  client.close();
  EXPECT_EQ(port_.next(), "forget 1");
  io_.flush();
  HttpClient next = connect();
  next.send(get("/receive"));
  const Ticket next_ticket = port_.next_ticket();
  EXPECT_NE(next_ticket.session, ticket.session);
  reply(ticket, received(2));
  EXPECT_EQ(port_.next(), "undeliver 2");
  reply(next_ticket, received(0));
  EXPECT_EQ(next.answer().body, "0");
}

TEST_F(SessionPlay, AMessageIsNotWrittenToAClientThatClosedInTheSameMoment) {
  HttpClient client = connect();
  client.send(get("/receive"));
  const Ticket ticket = port_.next_ticket();
  client.close();
  reply(ticket, received(1));
  // Either the close was seen first, or it was looked for before writing.
  std::string words = port_.next();
  if (words == "forget 1") words = port_.next();
  EXPECT_EQ(words, "undeliver 1");
}

TEST_F(SessionPlay, AnAnswerOfWhichNoByteLeftIsGivenBack) {
  HttpClient client = connect();
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += get("/receive");
  client.send(requests);
  // Answers leave until the kernel takes no more of them, since nobody reads.
  std::optional<Ticket> ticket = port_.next_ticket();
  int answered = 0;
  for (; ticket && answered < 1000; ++answered) {
    reply(*ticket, received(1));
    io_.flush();
    ticket = port_.ticket_if_any();
  }
  ASSERT_LT(answered, 1000);
  client.close();
  EXPECT_EQ(port_.next(), "undeliver 1");
}

TEST_F(SessionPlay, AnAnswerOfWhichBytesLeftStands) {
  HttpClient client = connect();
  client.send(get("/receive"));
  reply(port_.next_ticket(), received(1, PlayedService::kBigQueue));
  HttpClient other = connect();
  other.send(get("/receive"));
  const Ticket ticket = port_.next_ticket();  // by now the first answer is partly written
  client.reset();
  io_.flush();
  reply(ticket, received(0));
  EXPECT_EQ(other.answer().body, "0");
  other.send(get("/receive"));
  port_.next_ticket();
  other.close();
  EXPECT_EQ(port_.next(), "forget 2") << "and nothing before it";
}

TEST_F(SessionPlay, APeerThatOnlyStopsSendingStillGetsItsAnswers) {
  HttpClient client = connect();
  client.send(get("/command") + get("/now"));
  const Ticket ticket = port_.next_ticket();
  client.shut_sending();
  io_.flush();
  reply(ticket, Done{});
  EXPECT_EQ(client.answer().body, "done");
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_TRUE(client.ended());
}

TEST_F(SessionPlay, AReplyThatComesTwiceCountsOnce) {
  HttpClient client = connect();
  client.send(get("/receive"));
  const Ticket ticket = port_.next_ticket();
  reply(ticket, received(0));
  EXPECT_EQ(client.answer().body, "0");
  reply(ticket, received(3));
  EXPECT_EQ(port_.next(), "undeliver 3");
  EXPECT_EQ(client.exchange(get("/now")).status, 200);
}

TEST_F(SessionPlay, ACommandThatFindsNoRoomIsAnsweredUnavailableAndTheConnectionGoesOn) {
  HttpClient client = connect();
  port_.full = true;
  EXPECT_EQ(client.exchange(get("/command")).body, "unavailable");
  port_.full = false;
  client.send(get("/command"));
  reply(port_.next_ticket(), Done{});
  EXPECT_EQ(client.answer().body, "done");
}

TEST_F(SessionPlay, ADrainClosesIdleConnectionsAndLetsTheOthersFinish) {
  HttpClient idle = connect();
  EXPECT_EQ(idle.exchange(get("/now")).status, 200);
  HttpClient waiting = connect();
  waiting.send(get("/receive"));
  const Ticket receive = port_.next_ticket();
  HttpClient busy = connect();
  busy.send(get("/command"));
  const Ticket command = port_.next_ticket();

  std::promise<void> drained;
  io_.drain([&] { drained.set_value(); });
  EXPECT_TRUE(idle.ended());
  EXPECT_EQ(port_.next(), "end wait 1");
  reply(receive, received(0));
  const HttpAnswer answer = waiting.answer();
  EXPECT_EQ(answer.body, "0");
  EXPECT_EQ(answer.header("Connection"), "close");
  reply(command, Done{});
  EXPECT_EQ(busy.answer().header("Connection"), "close");
  waiting.close();
  busy.close();
  EXPECT_EQ(drained.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST_F(SessionPlay, RequestsBeyondTheMemoryBoundAreAnswered503) {
  std::vector<HttpClient> clients;
  const std::string head = "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n";
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(connect());
    clients.back().send(head + std::string(8'388'600, 'x'));
  }
  for (HttpClient& client : clients) {
    client.send("12345678");
    refused += client.answer().status == 503;
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 8);
  for (HttpClient& client : clients) client.close();
  HttpClient client = connect();
  EXPECT_EQ(client.exchange(post("/now", std::string(1 << 20, 'x'))).status, 200) << "the room is given back";
}

}  // namespace
}  // namespace penstock
