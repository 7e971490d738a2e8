// HttpLoad against a server that the test plays: it answers each request when it is told to.
#include "bench/http_load.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace penstock {
namespace {

using namespace std::chrono_literals;

// Serves one connection after the other, and as many requests on each as the play says.
class PlayedServer {
 public:
  PlayedServer() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 16), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
  }
  ~PlayedServer() {
    shutdown(socket_, SHUT_RDWR);  // nobody else is waited for
    if (thread_.joinable()) thread_.join();
    close(socket_);
  }

  // `requests` on each of `connections`, then it closes. The very first answer of all takes `pause`: that
  // is what an open loop is for, so one play cannot do without.
  void serve(int connections, int requests, std::chrono::milliseconds pause = 0ms,
             const char* status = "200 OK") {
    thread_ = std::thread([=, this] {
      bool first = true;
      for (int i = 0; i < connections; ++i) {
        pollfd waiting{socket_, POLLIN, 0};
        if (poll(&waiting, 1, 10'000) != 1) return;
        const int connection = accept(socket_, nullptr, nullptr);
        if (connection < 0) return;
        for (int request = 0; request < requests && read_request(connection); ++request) {
          if (std::exchange(first, false)) std::this_thread::sleep_for(pause);
          const std::string answer = "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 2\r\n\r\nok";
          send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        }
        close(connection);
      }
    });
  }

  // One connection, of which it reads everything and answers nothing.
  void keep_silent() {
    thread_ = std::thread([this] {
      const int connection = accept(socket_, nullptr, nullptr);
      while (connection >= 0 && read_request(connection)) {
      }
      close(connection);
    });
  }

  std::uint16_t port = 0;

 private:
  static bool read_request(int connection) {
    std::string bytes;
    char byte = 0;
    while (!bytes.ends_with("\r\n\r\n")) {
      if (recv(connection, &byte, 1, 0) != 1) return false;
      bytes.push_back(byte);
    }
    return true;
  }

  int socket_;
  std::thread thread_;
};

class Asks final : public HttpScript {
 public:
  explicit Asks(int times) : left_(times) {}
  std::string_view next(std::size_t) override {
    return left_-- > 0 ? "GET / HTTP/1.1\r\nHost: x\r\n\r\n" : std::string_view{};
  }
  void answered(std::size_t, const HttpAnswer& answer) override {
    ++answers;
    EXPECT_EQ(answer.body, "ok");
  }
  void broken(std::size_t) override { ++breaks; }
  int answers = 0;
  int breaks = 0;

 private:
  int left_;
};

LoadPlan plan_for(const PlayedServer& server) {
  LoadPlan plan;
  plan.port = server.port;
  plan.time = 30s;
  return plan;
}

TEST(HttpLoad, AClosedLoopAsksUntilItsScriptEnds) {
  PlayedServer server;
  server.serve(1, 100);
  Asks script(5);
  const LoadResult result = run_http_load(plan_for(server), script);
  EXPECT_EQ(result.answers, 5U);
  EXPECT_EQ(result.failures, 0U);
  EXPECT_EQ(script.answers, 5);
}

TEST(HttpLoad, AnswersThatAreNot2xxAreCounted) {
  PlayedServer server;
  server.serve(1, 100, 0ms, "503 Service Unavailable");
  Asks script(3);
  const LoadResult result = run_http_load(plan_for(server), script);
  EXPECT_EQ(result.answers, 3U);
  EXPECT_EQ(result.failures, 3U);
}

TEST(HttpLoad, StrictABrokenConnectionEndsTheRun) {
  PlayedServer server;
  server.serve(1, 2);
  Asks script(5);
  EXPECT_THROW(run_http_load(plan_for(server), script), std::runtime_error);
}

TEST(HttpLoad, OtherwiseItIsMadeAgainAndWhatItAskedIsCountedAsBroken) {
  PlayedServer server;
  server.serve(10, 2);  // closes with every third request unanswered
  LoadPlan plan = plan_for(server);
  plan.strict = false;
  Asks script(5);
  const LoadResult result = run_http_load(plan, script);
  EXPECT_EQ(result.answers + result.broken, 5U);
  EXPECT_EQ(static_cast<std::uint64_t>(script.breaks), result.broken);
  EXPECT_EQ(static_cast<std::uint64_t>(script.answers), result.answers);
}

TEST(HttpLoad, AServerThatTakesNobodyEndsTheRun) {
  PlayedServer server;
  server.serve(200, 0);
  LoadPlan plan = plan_for(server);
  plan.strict = false;
  Asks script(1000);
  EXPECT_THROW(run_http_load(plan, script), std::runtime_error);
}

TEST(HttpLoad, AnOpenLoopCountsFromTheMomentAtWhichARequestWasDue) {
  PlayedServer server;
  server.serve(1, 1000, 300ms);
  LoadPlan plan = plan_for(server);
  plan.rate = 100;  // one each 10 ms, so that thirty fall due while the first is waited for
  plan.time = 500ms;
  Asks script(1000);
  const LoadResult result = run_http_load(plan, script);
  EXPECT_EQ(result.answers, 50U);
  EXPECT_EQ(result.late, 0U);
  // The 15th of them was due 150 ms after the first and could not be answered before 300 ms.
  EXPECT_GE(result.latency.at(1 - 15.0 / 50), 140ms);
}

TEST(HttpLoad, WhatIsDueDuringTheWarmUpIsSentAndNotCounted) {
  PlayedServer server;
  server.serve(1, 1000);
  LoadPlan plan = plan_for(server);
  plan.rate = 100;
  plan.warm_up = 100ms;
  plan.time = 200ms;
  Asks script(1000);
  const LoadResult result = run_http_load(plan, script);
  EXPECT_EQ(result.answers, 20U);
  EXPECT_EQ(script.answers, 30);
}

TEST(HttpLoad, AnAbandonedConnectionIsNotWaitedFor) {
  PlayedServer server;
  server.keep_silent();
  LoadPlan plan = plan_for(server);
  plan.abandons = true;
  plan.time = 20ms;
  Asks script(1);
  const LoadResult result = run_http_load(plan, script);
  EXPECT_EQ(result.answers, 0U);
}

}  // namespace
}  // namespace penstock
