// The real program: what it prints, how it ends.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "tests/server/http_client.h"

namespace penstock {
namespace {

class ProcessPlay : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "penstock-process-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override {
    for (const Child& child : children_) {
      if (child.reaped) continue;
      kill(child.id, SIGKILL);
      waitpid(child.id, nullptr, 0);
    }
    std::filesystem::remove_all(directory_);
  }

  struct Child {
    pid_t id = -1;
    int out = -1;  // its standard output
    bool reaped = false;
  };

  // `user`: whose process it is; only root can choose.
  Child& begin(std::vector<std::string> words, uid_t user = geteuid()) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    words.insert(words.begin(), PENSTOCK_BINARY);
    const std::string log = (directory_ / "log").string();
    const pid_t id = fork();
    if (id == 0) {
      dup2(ends[1], STDOUT_FILENO);
      dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
      for (const char* name : {"PENSTOCK_LISTEN", "PENSTOCK_AUTH", "PENSTOCK_DATA", "PENSTOCK_CONFIG"}) {
        unsetenv(name);
      }
      if (user != geteuid() && (setgid(user) != 0 || setuid(user) != 0)) _exit(126);
      std::vector<char*> arguments;
      for (std::string& word : words) arguments.push_back(word.data());
      arguments.push_back(nullptr);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(ends[1]);
    children_.push_back({id, ends[0]});
    return children_.back();
  }
  Child& serve(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"serve",
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--admin-listen",
                                   "127.0.0.1:0",
                                   "--data",
                                   directory_ / "data",
                                   "--disk-reserve",
                                   "0"};
    words.insert(words.end(), more.begin(), more.end());
    return begin(std::move(words));
  }
  // All of standard output, once it is closed; or its first line.
  static std::string read_out(const Child& child, bool first_line) {
    std::string text;
    char byte = 0;
    while (read(child.out, &byte, 1) == 1) {
      text.push_back(byte);
      if (first_line && byte == '\n') break;
    }
    return text;
  }
  static int exit_code(Child& child) {
    int status = 0;
    waitpid(child.id, &status, 0);
    child.reaped = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  // A daemon that must not start: it ends with this code, one line that says all of these, and no ready line.
  void expect_refusal(Child& child, int code, std::initializer_list<std::string> words) {
    EXPECT_EQ(read_out(child, false), "");
    EXPECT_EQ(exit_code(child), code) << log();
    const std::string told = log();
    const std::size_t line = told.rfind("penstock: ");
    ASSERT_NE(line, std::string::npos) << told;
    EXPECT_EQ(told.find('\n', line), told.size() - 1) << "one line: " << told;
    for (const std::string& word : words)
      EXPECT_NE(told.find(word, line), std::string::npos) << word << " in " << told;
  }
  std::string log() const {
    std::ifstream file(directory_ / "log");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::uint16_t api_port(const std::string& ready_line) {
    const std::string prefix = "penstock ready: api http://127.0.0.1:";
    EXPECT_EQ(ready_line.substr(0, prefix.size()), prefix) << ready_line;
    return static_cast<std::uint16_t>(std::atoi(ready_line.c_str() + prefix.size()));
  }

  std::filesystem::path directory_;
  std::deque<Child> children_;
};

TEST_F(ProcessPlay, ItSaysOnOneLineWhereItServesAndASignalEndsItWith0) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Child& child = serve();
    HttpClient client(api_port(read_out(child, true)));
    EXPECT_EQ(client.call("CreateQueue", R"({"QueueName":"q"})").status, 200);
    kill(child.id, signal);
    EXPECT_TRUE(client.ended());
    EXPECT_EQ(read_out(child, false), "") << "one line and no more";
    EXPECT_EQ(exit_code(child), 0) << log();
  }
}

TEST_F(ProcessPlay, WhatWasAnsweredOutlivesAKill) {
  Child& first = serve();
  {
    HttpClient client(api_port(read_out(first, true)));
    EXPECT_EQ(client.call("CreateQueue", R"({"QueueName":"q"})").status, 200);
    kill(first.id, SIGKILL);
    EXPECT_EQ(exit_code(first), -SIGKILL);
  }
  Child& second = serve();
  HttpClient client(api_port(read_out(second, true)));
  EXPECT_EQ(client.call("GetQueueUrl", R"({"QueueName":"q"})").status, 200);
}

TEST_F(ProcessPlay, ASecondSignalEndsItAtOnce) {
  Child& child = serve({"--shutdown-grace", "3600", "--io-threads", "1"});
  const std::uint16_t port = api_port(read_out(child, true));
  HttpClient client(port);
  // A request that never becomes whole holds the graceful stop up.
  HttpClient holding(port);
  EXPECT_EQ(holding.exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  holding.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(client.exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  kill(child.id, SIGTERM);
  EXPECT_TRUE(client.ended()) << "the stop has begun";
  kill(child.id, SIGTERM);
  EXPECT_EQ(exit_code(child), 128 + SIGTERM);
}

TEST_F(ProcessPlay, ItEndsWithACodeAndALineThatSayWhy) {
  Child& serving = serve();
  const std::uint16_t port = api_port(read_out(serving, true));

  Child& same_port =
      begin({"serve", "--listen", "127.0.0.1:" + std::to_string(port), "--data", directory_ / "other"});
  expect_refusal(same_port, 69, {"port " + std::to_string(port), "in use", "--listen"});
  EXPECT_FALSE(std::filesystem::exists(directory_ / "other")) << "nothing was begun";

  Child& same_data = serve();
  expect_refusal(same_data, 70,
                 {directory_ / "data", "in use by process " + std::to_string(serving.id) + " (penstock)"});

  Child& alone = begin({"serve", "--tls-client-ca", "any.pem"});
  expect_refusal(alone, 64, {"--tls-client-ca", "--tls-listen"});
}

TEST_F(ProcessPlay, ADataDirectoryThatIsAFileEndsTheStart) {
  std::ofstream(directory_ / "data") << "a file";
  expect_refusal(serve(), 70, {directory_ / "data", "must be a directory"});
}

TEST_F(ProcessPlay, ADataDirectoryOfANewerVersionEndsTheStart) {
  std::filesystem::create_directory(directory_ / "data");
  std::filesystem::permissions(directory_ / "data", std::filesystem::perms::owner_all);
  std::ofstream(directory_ / "data" / "FORMAT") << "penstock storage format 1000\nof a time to come\n";
  expect_refusal(serve(), 70, {"newer version", "format 1000", directory_ / "data"});
}

TEST_F(ProcessPlay, ADataDirectoryWithoutPermissionEndsTheStartWithTheCommandThatMendsIt) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  constexpr uid_t kSomebody = 65534;
  std::filesystem::permissions(directory_, std::filesystem::perms::all);
  std::filesystem::create_directory(directory_ / "data");
  std::filesystem::permissions(directory_ / "data", std::filesystem::perms::owner_all);
  const auto serve_as_somebody = [&](const std::string& data) -> Child& {
    return begin(
        {"serve", "--listen", "127.0.0.1:0", "--admin-listen", "off", "--disk-reserve", "0", "--data", data},
        kSomebody);
  };
  const std::string data = directory_ / "data";
  Child& refused = serve_as_somebody(data);
  if (const int code = exit_code(refused); code == 127) GTEST_SKIP() << "others may not run this build";
  EXPECT_NE(log().find("chown -R 65534:65534 " + data), std::string::npos) << log();

  // The command that it told mends it.
  EXPECT_EQ(std::system(("chown -R 65534:65534 " + data).c_str()), 0);
  EXPECT_NE(read_out(serve_as_somebody(data), true).find("penstock ready"), std::string::npos) << log();

  std::filesystem::permissions(directory_,
                               std::filesystem::perms::owner_all | std::filesystem::perms::others_exec);
  expect_refusal(
      serve_as_somebody(directory_ / "new"), 70,
      {"cannot be created", "install -d -m 700 -o 65534 -g 65534 " + (directory_ / "new").string()});
}

TEST_F(ProcessPlay, ADiskWithoutRoomEndsTheStart) {
  const std::string small = directory_ / "small";
  std::filesystem::create_directory(small);
  if (mount("penstock-test", small.c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "no small file system can be mounted here";
  }
  Child& child =
      begin({"serve", "--listen", "127.0.0.1:0", "--admin-listen", "off", "--data", small + "/data"});
  expect_refusal(child, 70, {"not enough disk", small, "make room"});
  umount2(small.c_str(), MNT_DETACH);
}

TEST_F(ProcessPlay, AConfigurationFileIsReadAndAWrongOneEndsTheStart) {
  const std::string path = directory_ / "penstock.yaml";
  std::ofstream(path) << "log_format: json\nregion: eu-west-1\n";
  Child& serving = serve({"--config", path});
  api_port(read_out(serving, true));
  kill(serving.id, SIGTERM);
  EXPECT_EQ(exit_code(serving), 0);
  EXPECT_EQ(log().front(), '{') << log();

  std::ofstream(path) << "log_format: json\nregoin: eu-west-1\n";
  expect_refusal(serve({"--config", path}), 78, {path + ":2:1", "regoin"});
  std::ofstream(path) << "log_format: xml\n";
  expect_refusal(serve({"--config", path}), 78, {path + ":1:13", "xml"});
  expect_refusal(serve({"--config", path + ".missing"}), 66, {path + ".missing", "No such file"});
}

// The line of the log that begins with this message, as JSON.
nlohmann::json event_of(const std::string& log, const std::string& message) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json event = nlohmann::json::parse(line, nullptr, false);
    if (event.is_object() && event["message"] == message) return event;
  }
  return {};
}

TEST_F(ProcessPlay, TheLogSaysWhatWasStartedAndWhatWasDone) {
  Child& child = serve({"--log-format", "json"});
  const std::string ready = read_out(child, true);
  const std::uint16_t port = api_port(ready);
  HttpClient client(port);
  const std::string secret = "AKIASECRETKEY and the body";
  EXPECT_EQ(client.call("CreateQueue", R"({"QueueName":"orders"})").status, 200);
  EXPECT_EQ(client
                .call("SendMessage",
                      R"({"QueueUrl":"http://a/000000000000/orders","MessageBody":")" + secret + "\"}")
                .status,
            200);
  kill(child.id, SIGTERM);
  EXPECT_EQ(exit_code(child), 0);

  const nlohmann::json started = event_of(log(), "started");
  ASSERT_TRUE(started.is_object()) << log();
  EXPECT_EQ(started["level"], "info");
  EXPECT_EQ(started["durability"], "fsync");
  EXPECT_EQ(started["listen"], "127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(started["data"], (directory_ / "data").string());
  EXPECT_NE(ready.find(started["admin_listen"].get<std::string>()), std::string::npos);
  EXPECT_FALSE(started["version"].get<std::string>().empty());
  const nlohmann::json stopped = event_of(log(), "stopped");
  ASSERT_TRUE(stopped.is_object()) << log();
  EXPECT_EQ(stopped["requests"], 2);
  EXPECT_EQ(stopped["queues"], 1);
  EXPECT_GE(stopped["commits"], 2);
  EXPECT_EQ(log().find(secret), std::string::npos) << "no body is ever logged";
}

TEST_F(ProcessPlay, AStopAnswersALongPollEmpty) {
  Child& child = serve({"--io-threads", "1"});
  const std::string ready = read_out(child, true);
  HttpClient client(api_port(ready));
  EXPECT_EQ(client.call("CreateQueue", R"({"QueueName":"q"})").status, 200);
  HttpClient waiting(api_port(ready));
  waiting.send(
      json_request("ReceiveMessage", R"({"QueueUrl":"http://a/000000000000/q","WaitTimeSeconds":20})"));
  // It waits once the metrics say so.
  HttpClient admin(static_cast<std::uint16_t>(std::stoi(ready.substr(ready.rfind(':') + 1))));
  bool waits = false;
  for (int i = 0; i < 100'000 && !waits; ++i) {
    const std::string metrics = admin.exchange("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").body;
    waits = metrics.find("\npenstock_receivers_waiting 1\n") != std::string::npos;
  }
  ASSERT_TRUE(waits);

  kill(child.id, SIGTERM);
  const HttpAnswer answer = waiting.answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.find("Messages"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(exit_code(child), 0);
}

TEST_F(ProcessPlay, AStopAnswersTheRequestThatIsUnderWayAndTakesNoOther) {
  Child& child = serve({"--io-threads", "1", "--shutdown-grace", "60"});
  const std::uint16_t port = api_port(read_out(child, true));
  HttpClient idle(port);
  EXPECT_EQ(idle.call("CreateQueue", R"({"QueueName":"q"})").status, 200);
  // Half of a request is here when the signal comes; its connection has served before, so that it is known.
  HttpClient half(port);
  EXPECT_EQ(half.exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  const std::string request =
      json_request("SendMessage", R"({"QueueUrl":"http://a/000000000000/q","MessageBody":"hello"})");
  half.send(request.substr(0, request.size() / 2));
  EXPECT_EQ(idle.exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);  // by now it was read

  kill(child.id, SIGTERM);
  EXPECT_TRUE(idle.ended()) << "the stop has begun";
  EXPECT_FALSE(HttpClient(port).connected());
  half.send(request.substr(request.size() / 2));
  const HttpAnswer answer = half.answer();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(exit_code(child), 0);

  Child& again = serve();
  HttpClient client(api_port(read_out(again, true)));
  const HttpAnswer received = client.call("ReceiveMessage", R"({"QueueUrl":"http://a/000000000000/q"})");
  EXPECT_NE(received.body.find("hello"), std::string::npos) << "what was answered is kept";
}

TEST_F(ProcessPlay, AStopCutsOffWhatIsNotDoneAfterTheGrace) {
  Child& child = serve({"--io-threads", "1", "--shutdown-grace", "0"});
  HttpClient half(api_port(read_out(child, true)));
  EXPECT_EQ(half.exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
  half.send("GET / HTTP/1.1\r\n");
  kill(child.id, SIGTERM);
  EXPECT_TRUE(half.ended());
  EXPECT_EQ(exit_code(child), 0);
}

TEST_F(ProcessPlay, AHealthcheckTellsByItsExitCode) {
  Child& child = serve();
  const std::string port = std::to_string(api_port(read_out(child, true)));
  for (const char* path : {"", "/health", "/health/live"}) {
    Child& asking = begin({"healthcheck", "--url", "http://127.0.0.1:" + port + path});
    EXPECT_EQ(exit_code(asking), 0) << log();
  }
  Child& by_settings = begin({"healthcheck", "--listen", "127.0.0.1:" + port});
  EXPECT_EQ(exit_code(by_settings), 0) << log();
  Child& elsewhere = begin({"healthcheck", "--url", "http://127.0.0.1:" + port + "/nowhere"});
  EXPECT_EQ(exit_code(elsewhere), 1);
  kill(child.id, SIGTERM);
  EXPECT_EQ(exit_code(child), 0);
  Child& too_late = begin({"healthcheck", "--listen", "127.0.0.1:" + port});
  EXPECT_EQ(exit_code(too_late), 1);
  EXPECT_NE(log().find("127.0.0.1:" + port), std::string::npos) << log();
}

TEST_F(ProcessPlay, OnlyItsOwnerMayReadTheData) {
  Child& child = serve();
  read_out(child, true);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_ / "data")) {
    const auto others = entry.status().permissions() &
                        (std::filesystem::perms::group_all | std::filesystem::perms::others_all);
    EXPECT_EQ(others, std::filesystem::perms::none) << entry.path();
  }
}

TEST_F(ProcessPlay, VersionAndConfigurationArePrinted) {
  Child& version = begin({"version"});
  EXPECT_EQ(read_out(version, false).substr(0, 9), "penstock ");
  EXPECT_EQ(exit_code(version), 0);
  Child& configuration = begin({"configuration"});
  EXPECT_NE(read_out(configuration, false).find("| `--listen`"), std::string::npos);
  EXPECT_EQ(exit_code(configuration), 0);
}

}  // namespace
}  // namespace penstock
