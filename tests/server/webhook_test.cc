// Webhooks: single calls of the sender against a receiver on this machine, and the words it is made of.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

#include "base/address_kind.h"
#include "base/base64.h"
#include "base/digest.h"
#include "protocol/web_url.h"
#include "server/endpoint.h"
#include "server/http_authorization.h"
#include "server/webhook_sender.h"

namespace penstock {
namespace {

[[maybe_unused]] const auto kPipesAreIgnored = std::signal(SIGPIPE, SIG_IGN);

// A socket of one kind of loopback that listens; port 0: any. Negative: there is no such loopback here.
int listening_on(int family, std::uint16_t port, int backlog) {
  const int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_storage address{};
  socklen_t size = sizeof(sockaddr_in);
  if (family == AF_INET) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(address);
    v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(port);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(address);
    v6 = {};
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  }
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(descriptor, backlog) == 0) {
    return descriptor;
  }
  close(descriptor);
  return -1;
}

std::uint16_t port_of(int listening) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                            : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

// Answers each connection with what `answer` makes of its request; an empty answer is silence until the peer
// ends.
class Receiver {
 public:
  explicit Receiver(std::function<std::string(const std::string&)> answer)
      : Receiver(std::move(answer), listening_on(AF_INET, 0, 64)) {}
  Receiver(std::function<std::string(const std::string&)> answer, int listening)
      : answer_(std::move(answer)), listening_(listening), port_(port_of(listening)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~Receiver() {
    shutdown(listening_, SHUT_RDWR);
    thread_.join();
    close(listening_);
  }
  std::uint16_t port() const { return port_; }
  std::vector<std::string> requests() {
    const std::lock_guard guard(lock_);
    return requests_;
  }

 private:
  void serve() {
    while (true) {
      const int peer = accept(listening_, nullptr, nullptr);
      if (peer < 0) return;
      std::string request;
      char bytes[4096];
      while (true) {
        const std::size_t end = request.find("\r\n\r\n");
        if (end != std::string::npos) {
          const std::size_t at = request.find("Content-Length: ");
          if (request.size() >= end + 4 + std::stoul(request.substr(at + 16))) break;
        }
        const ssize_t size = read(peer, bytes, sizeof bytes);
        if (size <= 0) break;
        request.append(bytes, static_cast<std::size_t>(size));
      }
      const std::string answer = answer_(request);
      {
        const std::lock_guard guard(lock_);
        requests_.push_back(request);
      }
      if (answer.empty()) {
        while (read(peer, bytes, sizeof bytes) > 0) {
        }
      } else {
        // Whoever has heard enough hangs up.
        [[maybe_unused]] const ssize_t taken = write(peer, answer.data(), answer.size());
      }
      close(peer);
    }
  }

  std::function<std::string(const std::string&)> answer_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::mutex lock_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

class Ends final : public AttemptPort {
 public:
  void end_attempts(std::vector<EndedAttempt>&& attempts) override {
    const std::lock_guard guard(lock_);
    for (EndedAttempt& attempt : attempts) ended_.push_back(std::move(attempt));
    changed_.notify_all();
  }
  EndedAttempt next() {
    std::unique_lock guard(lock_);
    EXPECT_TRUE(changed_.wait_for(guard, std::chrono::seconds(20), [this] { return !ended_.empty(); }));
    if (ended_.empty()) return {};
    EndedAttempt ended = std::move(ended_.front());
    ended_.erase(ended_.begin());
    return ended;
  }

 private:
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<EndedAttempt> ended_;
};

OutgoingDelivery outgoing(const std::string& endpoint, bool raw = false) {
  OutgoingDestination to;
  to.endpoint = endpoint;
  to.topic_arn = "arn:aws:sns:us-east-1:000000000000:news";
  to.subscription_arn = to.topic_arn + ":id";
  to.url_base = "http://here:4566";
  to.policy.content_type = "application/xml";
  auto content = std::make_shared<MessageContent>();
  content->body = "hello";
  content->notification = std::make_shared<Notification>();
  content->notification->topic_arn = to.topic_arn;
  content->notification->raw = raw;
  OutgoingDelivery delivery;
  delivery.to = std::make_shared<const OutgoingDestination>(std::move(to));
  delivery.delivery.content = std::move(content);
  return delivery;
}

class Webhooks : public testing::Test {
 protected:
  EndedAttempt deliver(const std::string& endpoint, WebhookSender::Options options = {}, bool raw = false) {
    WebhookSender sender(std::move(options), ends_);
    EXPECT_EQ(sender.start(), std::nullopt);
    std::vector<OutgoingDelivery> deliveries;
    deliveries.push_back(outgoing(endpoint, raw));
    sender.deliver(std::move(deliveries));
    EndedAttempt ended = ends_.next();
    sender.stop(std::chrono::milliseconds{0});
    return ended;
  }
  AttemptResult after(const std::string& answer) {
    Receiver receiver([&](const std::string&) { return answer; });
    return deliver("http://127.0.0.1:" + std::to_string(receiver.port()) + "/").report.result;
  }

  Ends ends_;
};

TEST_F(Webhooks, ARequestHasItsHeadersAndNothingOfARawTypeInAnEnvelope) {
  Receiver receiver([](const std::string&) { return "HTTP/1.1 204 No Content\r\n\r\n"; });
  const std::string url = "http://localhost:" + std::to_string(receiver.port()) + "/a?b=c#d";
  EXPECT_EQ(deliver(url).report.result, AttemptResult::kDelivered);
  EXPECT_EQ(deliver(url, {}, true).report.result, AttemptResult::kDelivered);
  const auto requests = receiver.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_TRUE(requests[0].starts_with("POST /a?b=c HTTP/1.1\r\nx-amz-sns-message-type: Notification\r\n"));
  EXPECT_NE(requests[0].find("Content-Type: text/plain; charset=UTF-8\r\n"), std::string::npos);
  EXPECT_NE(requests[0].find("\r\nHost: localhost:" + std::to_string(receiver.port()) + "\r\n"),
            std::string::npos);
  EXPECT_NE(requests[0].find("\"UnsubscribeURL\" : \"http://here:4566/?Action=Unsubscribe"),
            std::string::npos);
  EXPECT_NE(requests[1].find("Content-Type: application/xml\r\n"), std::string::npos);
  EXPECT_NE(requests[1].find("x-amz-sns-rawdelivery: true\r\n"), std::string::npos);
  EXPECT_TRUE(requests[1].ends_with("\r\n\r\nhello"));
}

TEST_F(Webhooks, WhatIsTriedAgainAndWhatIsFinal) {
  EXPECT_EQ(after("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), AttemptResult::kDelivered);
  EXPECT_EQ(after("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\n\r\n"), AttemptResult::kDelivered);
  EXPECT_EQ(after("HTTP/1.1 500 Oh\r\n\r\n"), AttemptResult::kFailed);
  EXPECT_EQ(after("HTTP/1.1 503 Oh\r\n\r\n"), AttemptResult::kFailed);
  EXPECT_EQ(after("HTTP/1.1 429 Oh\r\n\r\n"), AttemptResult::kFailed);
  EXPECT_EQ(after("HTTP/1.1 404 Oh\r\n\r\n"), AttemptResult::kRefused);
  EXPECT_EQ(after("HTTP/1.1 401 Oh\r\n\r\n"), AttemptResult::kRefused);
  EXPECT_EQ(after("HTTP/1.1 302 Oh\r\nLocation: http://127.0.0.1:1/\r\n\r\n"), AttemptResult::kRefused);
  EXPECT_EQ(after("what\r\n\r\n"), AttemptResult::kFailed);
  EXPECT_EQ(after("HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x')), AttemptResult::kFailed);
  std::string interim;
  for (int i = 0; i < 4'000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(after(interim + "HTTP/1.1 200 OK\r\n\r\n"), AttemptResult::kFailed);
  EXPECT_EQ(deliver("http://127.0.0.1:1/").report.result, AttemptResult::kFailed);
  EXPECT_EQ(deliver("http://nowhere.invalid/").report.result, AttemptResult::kFailed);
}

TEST_F(Webhooks, SilenceEnds) {
  Receiver receiver([](const std::string&) { return std::string(); });
  const EndedAttempt ended = deliver("http://127.0.0.1:" + std::to_string(receiver.port()) + "/",
                                     {.exchange_max = std::chrono::milliseconds{200}});
  EXPECT_EQ(ended.report.result, AttemptResult::kFailed);
  EXPECT_EQ(ended.why, "no answer in time");
}

TEST_F(Webhooks, AnAddressThatSwallowsPacketsHasNoMoreThanItsShareOfTheTime) {
  const int swallowing = listening_on(AF_INET, 0, 0);
  const int answering = listening_on(AF_INET6, port_of(swallowing), 64);
  if (answering < 0) {
    close(swallowing);
    GTEST_SKIP() << "no loopback by IPv6, or its port is taken";
  }
  // Its queue is full, so the kernel drops whatever else wants to connect.
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(swallowing, reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<int> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(connect(waiting.back(), reinterpret_cast<sockaddr*>(&address), size));
  }
  {
    Receiver receiver([](const std::string&) { return "HTTP/1.1 200 OK\r\n\r\n"; }, answering);
    const EndedAttempt ended = deliver("http://localhost:" + std::to_string(receiver.port()) + "/",
                                       {.exchange_max = std::chrono::milliseconds{2'000}});
    EXPECT_EQ(ended.report.result, AttemptResult::kDelivered) << ended.why;
  }
  for (const int descriptor : waiting) close(descriptor);
  close(swallowing);
}

TEST_F(Webhooks, AStopGivesBackWhatIsUnderWay) {
  Receiver receiver([](const std::string&) { return std::string(); });
  WebhookSender sender({}, ends_);
  ASSERT_EQ(sender.start(), std::nullopt);
  std::vector<OutgoingDelivery> deliveries;
  deliveries.push_back(outgoing("http://127.0.0.1:" + std::to_string(receiver.port()) + "/"));
  sender.deliver(std::move(deliveries));
  sender.stop(std::chrono::milliseconds{0});
  EXPECT_EQ(ends_.next().report.result, AttemptResult::kUntried);
}

TEST_F(Webhooks, WhereOnlyPublicReceiversArePermittedNobodyElseIsConnectedTo) {
  Receiver receiver([](const std::string&) { return "HTTP/1.1 200 OK\r\n\r\n"; });
  const WebhookSender::Options options{.private_receivers = false};
  for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"}) {
    const EndedAttempt ended =
        deliver("http://" + host + ":" + std::to_string(receiver.port()) + "/", options);
    EXPECT_EQ(ended.report.result, AttemptResult::kRefused) << host;
  }
  EXPECT_TRUE(receiver.requests().empty());
  EXPECT_EQ(deliver("http://169.254.169.254/").report.result, AttemptResult::kRefused);
}

TEST_F(Webhooks, CredentialsAreGivenOnceWhenAskedFor) {
  Receiver receiver([](const std::string& request) {
    return request.find("\r\nAuthorization: Basic " + base64_encode("me:secret") + "\r\n") ==
                   std::string::npos
               ? "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n"
               : "HTTP/1.1 200 OK\r\n\r\n";
  });
  const std::string port = std::to_string(receiver.port());
  EXPECT_EQ(deliver("http://me:secret@127.0.0.1:" + port + "/").report.result, AttemptResult::kDelivered);
  EXPECT_EQ(receiver.requests()[0].find("Authorization"), std::string::npos);
  const EndedAttempt wrong = deliver("http://me:other@127.0.0.1:" + port + "/");
  EXPECT_EQ(wrong.report.result, AttemptResult::kRefused);
  EXPECT_EQ(wrong.why, "status 401");
  EXPECT_EQ(receiver.requests().size(), 4U);
}

// RFC 7616, section 3.9.1.
TEST(HttpAuthorization, AnswersTheStrongestChallengeAsTheRfcDoes) {
  const HttpCredentials credentials{"Mufasa", "Circle of Life"};
  const std::string nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const std::string rest = "realm=\"http-auth@example.org\", qop=\"auth, auth-int\", nonce=\"" + nonce +
                           "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
  const std::string ours = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  const auto sha = authorization_for(
      {"Digest algorithm=MD5, " + rest, "Basic realm=\"x\"", "Digest algorithm=SHA-256, " + rest},
      credentials, "GET", "/dir/index.html", ours);
  ASSERT_TRUE(sha);
  EXPECT_NE(sha->find("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            std::string::npos);
  const auto md5_answer = authorization_for({"Digest algorithm=MD5, " + rest, "Basic realm=\"x\""},
                                            credentials, "GET", "/dir/index.html", ours);
  ASSERT_TRUE(md5_answer);
  EXPECT_NE(md5_answer->find("response=\"8ca523f5e9506fed4657c9700eebdbec\""), std::string::npos);
  EXPECT_EQ(authorization_for({"Negotiate"}, credentials, "GET", "/", ours), std::nullopt);
  EXPECT_EQ(authorization_for({"Digest algorithm=MD5, realm=\"a\r\nX: y\", nonce=\"n\""}, credentials, "GET",
                              "/", ours),
            std::nullopt);
}

TEST(WebUrl, TakesWhatCanBeCalledAndNothingElse) {
  const auto url = WebUrl::parse("HTTPS://u%40x:p%3Ay@Example.COM:8443?q=1#f");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->authority, "example.com:8443");
  EXPECT_EQ(url->target, "/?q=1");
  EXPECT_EQ(url->user, "u@x");
  EXPECT_EQ(url->password, "p:y");
  EXPECT_EQ(WebUrl::parse("http://a@b@[::1]:80/x")->authority, "[::1]");
  for (const char* wrong :
       {"", "http://", "ftp://a/", "http:/a", "http://a b/", "http://a/\r\nX: y", "http://a:0/",
        "http://a:65536/", "http://a:1x/", "http://[::1/", "http://[fe80::1%25eth0]/", "http://a/\xc3\xa4",
        "http://%41/", "http://u:%4@a/", "http://a\\b/"}) {
    EXPECT_FALSE(WebUrl::parse(wrong)) << wrong;
  }
  EXPECT_EQ(without_password("https://me:secret@a/x?y=@"), "https://me:****@a/x?y=@");
  EXPECT_EQ(without_password("https://me@a/x"), "https://me@a/x");
}

TEST(AddressKind, KnowsWhoMayBeReached) {
  const auto kind = [](const std::string& text) {
    return address_kind(Endpoint::parse(text + ":1")->address);
  };
  for (const char* each :
       {"169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "100.100.100.200", "168.63.129.16",
        "[fe80::1]", "[ff02::1]", "[::]", "[fd00:ec2::254]", "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]", "[2001:0:a9fe:a9fe::1]"}) {
    EXPECT_EQ(kind(each), AddressKind::kForbidden) << each;
  }
  for (const char* each : {"127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                           "100.64.0.1", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]"}) {
    EXPECT_EQ(kind(each), AddressKind::kPrivate) << each;
  }
  for (const char* each : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "[2606:4700::1]", "[2002:808:808::1]"}) {
    EXPECT_EQ(kind(each), AddressKind::kPublic) << each;
  }
}

}  // namespace
}  // namespace penstock
