// What watches the daemon: its metrics as Prometheus's own tool reads them, and that the dashboard and the
// alerts ask for nothing that is not there. The tool comes with Debian's package prometheus; without it the
// tests that need it are skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "server/server.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

using Json = nlohmann::json;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::filesystem::path kDocs = std::filesystem::path(PENSTOCK_SOURCE_DIR) / "docs";

bool has_promtool() { return std::system("command -v promtool >/dev/null 2>&1") == 0; }

// Every name that begins with penstock_ or process_.
std::set<std::string> names_in(std::string_view text) {
  std::set<std::string> names;
  for (const std::string_view begin : {"penstock_", "process_"}) {
    for (std::size_t at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
      const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", at);
      names.emplace(text.substr(at, end - at));
      at = std::min(end, text.size());
    }
  }
  return names;
}

class Watching : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "penstock-watch-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    auto settings = read_settings({{"listen", {"127.0.0.1:0"}},
                                   {"admin-listen", {"127.0.0.1:0"}},
                                   {"data", {(directory_ / "data").string()}},
                                   {"disk-reserve", {"0"}},
                                   {"test-controls", {"on"}},
                                   {"smtp-server", {"smtp://127.0.0.1:9"}},  // nothing is sent
                                   {"smtp-from", {"penstock@example.com"}}},
                                  {});
    ASSERT_TRUE(settings);
    auto server = Server::start(*settings, {});
    ASSERT_TRUE(server) << server.error().text;
    server_ = *std::move(server);
  }
  void TearDown() override {
    server_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  // After a message was sent, received and deleted, and something was refused.
  std::string metrics() {
    HttpClient client(server_->api()[0].port);
    const std::string url =
        Json::parse(client.call("CreateQueue", R"({"QueueName":"orders"})").body)["QueueUrl"];
    client.call("SendMessage", Json{{"QueueUrl", url}, {"MessageBody", "a \"quoted\" word"}}.dump());
    const Json received =
        Json::parse(client.call("ReceiveMessage", Json{{"QueueUrl", url}}.dump()).body)["Messages"][0];
    client.call("DeleteMessage", Json{{"QueueUrl", url}, {"ReceiptHandle", received["ReceiptHandle"]}}.dump());
    client.call("GetQueueUrl", R"({"QueueName":"none"})");
    HttpClient admin(server_->admin()[0].port);
    for (const char* path : {"/health/live", "/metrics", "/clock", "/nothing", "/nothing/else"}) {
      admin.exchange(std::string("GET ") + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }
    return admin.exchange("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").body;
  }

  std::filesystem::path directory_;
  std::unique_ptr<Server> server_;
};

// Its exit code; what it says goes to the log of the test.
int promtool(const std::string& words) { return std::system(("promtool " + words + " 2>&1").c_str()); }

TEST_F(Watching, PrometheussToolFindsNothingToComplainOf) {
  if (!has_promtool()) GTEST_SKIP() << "promtool is not installed";
  const std::filesystem::path file = directory_ / "metrics";
  std::ofstream(file) << metrics();
  EXPECT_EQ(promtool("check metrics <" + file.string()), 0);
}

TEST_F(Watching, EveryExpressionOfTheDashboardNamesMetricsThatExist) {
  const std::set<std::string> there = names_in(metrics());
  const Json dashboard = Json::parse(read_file(kDocs / "grafana/penstock.json"));
  std::size_t expressions = 0;
  for (const Json& panel : dashboard["panels"]) {
    for (const Json& target : panel.value("targets", Json::array())) {
      ++expressions;
      const std::set<std::string> asked = names_in(target["expr"].get<std::string>());
      EXPECT_FALSE(asked.empty()) << target["expr"];
      for (const std::string& name : asked) EXPECT_TRUE(there.contains(name)) << name;
    }
  }
  EXPECT_GT(expressions, 20U);
  for (const Json& variable : dashboard["templating"]["list"]) {
    if (variable["type"] != "query") continue;
    for (const std::string& name : names_in(variable["query"]["query"].get<std::string>())) {
      EXPECT_TRUE(there.contains(name)) << name;
    }
  }
}

TEST_F(Watching, EveryAlertNamesMetricsThatExist) {
  const std::set<std::string> there = names_in(metrics());
  const std::set<std::string> asked = names_in(read_file(kDocs / "prometheus/alerts.yaml"));
  EXPECT_GT(asked.size(), 5U);
  for (const std::string& name : asked) EXPECT_TRUE(there.contains(name)) << name;
}

TEST(Alerts, PrometheussToolTakesTheRules) {
  if (!has_promtool()) GTEST_SKIP() << "promtool is not installed";
  EXPECT_EQ(promtool("check rules " + (kDocs / "prometheus/alerts.yaml").string()), 0);
}

TEST_F(Watching, TheAdminSideIsCountedByPathAndWhatIsNoPathAsOne) {
  const std::string text = metrics();
  for (const char* series :
       {R"({method="GET",path="/health",status="2xx"} 1)", R"({method="GET",path="/metrics",status="2xx"} 1)",
        R"({method="GET",path="/clock",status="2xx"} 1)",
        R"({method="_other",path="_other",status="4xx"} 2)"}) {
    EXPECT_NE(text.find(std::string("\npenstock_admin_requests_total") + series + "\n"), std::string::npos)
        << series << "\n"
        << text;
  }
  EXPECT_EQ(text.find("/nothing"), std::string::npos);
}

TEST_F(Watching, ACommitTellsItsSizeAndItsSync) {
  const std::string text = metrics();
  const auto value = [&](const std::string& name) {
    const std::size_t at = text.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? 0.0 : std::stod(text.substr(at + name.size() + 2));
  };
  const double commits = value("penstock_store_commit_size_bytes_count");
  EXPECT_GE(commits, 4.0) << "creating, sending, receiving, deleting";
  EXPECT_EQ(value("penstock_store_sync_duration_seconds_count"), commits);
  EXPECT_GT(value("penstock_store_sync_duration_seconds_sum"), 0.0);
  EXPECT_LE(value("penstock_store_sync_duration_seconds_sum"),
            value("penstock_store_commit_duration_seconds_sum") + 1e-5);
  EXPECT_EQ(value("penstock_store_commit_size_bytes_sum"), value("penstock_store_bytes_written_total"));
  EXPECT_GT(value("penstock_rocksdb_memtable_bytes"), 0.0);
  EXPECT_GT(value("penstock_store_disk_free_bytes"), 0.0);
}

}  // namespace
}  // namespace penstock
