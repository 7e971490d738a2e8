#include "server/health_check.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace penstock {
namespace {

// Takes one connection and says what it is told to say; nothing: it stays silent until the peer leaves.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
  }
  ~OneAnswer() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }

  HealthFinding ask(std::chrono::milliseconds time_max = std::chrono::seconds(10)) const {
    return check_health(*DaemonUrl::parse("http://127.0.0.1:" + std::to_string(port_)), time_max);
  }

 private:
  void serve(const std::string& answer) const {
    const int peer = ::accept(socket_, nullptr, nullptr);
    if (peer < 0) return;
    char buffer[1024];
    if (recv(peer, buffer, sizeof buffer, 0) > 0) {
      ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      if (answer.empty()) {
        while (recv(peer, buffer, sizeof buffer, 0) > 0) {
        }
      }
    }
    close(peer);
  }

  int socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST(HealthCheck, OnlyAWholeStatusLineOf200IsReady) {
  EXPECT_TRUE(OneAnswer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ask().ready);
  for (const char* answer : {"HTTP/1.1 503 Service Unavailable\r\n\r\n", "HTTP/1.1 200 OK", "200 OK\r\n",
                             "\r\n", "HTTP/1.1 2000\r", "garbage\r\n", "HTTP/1.1 \x01\x02\r\n"}) {
    const HealthFinding finding = OneAnswer(answer).ask();
    EXPECT_FALSE(finding.ready) << answer;
    for (const char byte : finding.text) EXPECT_GE(byte, ' ') << finding.text;
  }
  EXPECT_FALSE(OneAnswer(std::string(100'000, 'x')).ask().ready);
  EXPECT_NE(OneAnswer("HTTP/1.1 503 Starting\r\n\r\n").ask().text.find("503 Starting"), std::string::npos);
}

TEST(HealthCheck, WhoStaysSilentIsNotReadyOnceTheTimeIsUp) {
  const OneAnswer silent("");
  const HealthFinding finding = silent.ask(std::chrono::milliseconds(50));
  EXPECT_FALSE(finding.ready);
  EXPECT_NE(finding.text.find("does not answer"), std::string::npos) << finding.text;
}

TEST(HealthCheck, WhereNobodyListensNobodyIsReady) {
  // Port 1 of the loopback interface: nobody's without privileges.
  EXPECT_FALSE(check_health(*DaemonUrl::parse("http://127.0.0.1:1")).ready);
}

TEST(HealthCheck, AsksWhetherItIsReadyUnlessItsUrlHasAPath) {
  const auto page = [](const char* text) { return health_page(*DaemonUrl::parse(text)).text(); };
  EXPECT_EQ(page("http://queues"), "http://queues:80/health/ready");
  EXPECT_EQ(page("http://queues:4566/"), "http://queues:4566/health/ready");
  EXPECT_EQ(page("http://[::1]:4566/health/live"), "http://[::1]:4566/health/live");
  EXPECT_EQ(page("https://queues"), "https://queues:443/health/ready");
  EXPECT_EQ(page("https://[::1]:4568"), "https://[::1]:4568/health/ready");
  for (const char* text :
       {"", "queues", "ftp://queues", "http://", "https://", "http://:80", "http://queues:", "http://queues:0",
        "http://queues:x", "http://qu eues", "http://queues/a b", "http://queues/\r\nX: y"}) {
    EXPECT_FALSE(DaemonUrl::parse(text)) << text;
  }
}

}  // namespace
}  // namespace penstock
