// The real program: what it prints, how it ends.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
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

  Child& begin(std::vector<std::string> words) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    words.insert(words.begin(), PENSTOCK_BINARY);
    const std::string log = (directory_ / "log").string();
    const pid_t id = fork();
    if (id == 0) {
      dup2(ends[1], STDOUT_FILENO);
      dup2(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
      for (const char* name : {"PENSTOCK_LISTEN", "PENSTOCK_AUTH", "PENSTOCK_DATA"}) unsetenv(name);
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
  EXPECT_EQ(exit_code(same_port), 69);
  EXPECT_NE(log().find("in use"), std::string::npos) << log();

  Child& same_data = serve();
  EXPECT_EQ(exit_code(same_data), 70);
  EXPECT_NE(log().find((directory_ / "data").string()), std::string::npos) << log();
  EXPECT_EQ(read_out(same_data, false), "");

  Child& not_built = begin({"serve", "--auth", "verify"});
  EXPECT_EQ(exit_code(not_built), 64);
  EXPECT_NE(log().find("not built yet"), std::string::npos) << log();
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
