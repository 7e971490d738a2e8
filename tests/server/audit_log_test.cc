#include "server/audit_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace penstock {
namespace {

class AuditLogPlay : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/penstock-audit-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path() const { return directory_ + "/audit.jsonl"; }
  static std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string directory_;
};

AuditEvent event() {
  return {.time = *parse_extended_time("2026-03-01T12:00:00Z"),
          .caller = "arn:aws:iam::111111111111:user/alice",
          .source = "10.0.0.7",
          .action = "sqs:SendMessage",
          .resource = "arn:aws:sqs:us-east-1:111111111111:mail",
          .error = {},
          .request_id = "7"};
}

TEST_F(AuditLogPlay, ALineSaysWhoDidWhatToWhat) {
  EXPECT_EQ(
      audit_line(event()),
      R"({"time":"2026-03-01T12:00:00Z","caller":"arn:aws:iam::111111111111:user/alice","source":"10.0.0.7",)"
      R"("action":"sqs:SendMessage","resource":"arn:aws:sqs:us-east-1:111111111111:mail",)"
      R"("outcome":"allowed","request_id":"7"})"
      "\n");
  AuditEvent denied = event();
  denied.error = "AccessDenied";
  denied.denied = true;
  EXPECT_NE(audit_line(denied).find(R"("outcome":"denied","error":"AccessDenied")"), std::string::npos);
}

TEST_F(AuditLogPlay, WhatAClientChoseCannotEndItsLine) {
  AuditEvent event;
  event.resource = "a\n\"b\\";
  const std::string line = audit_line(event);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["resource"], "a\n\"b\\");
}

TEST_F(AuditLogPlay, WhatWasNotedIsInTheFileWhenItEnds) {
  {
    AuditLog log({.path = path()});
    ASSERT_EQ(log.start(), "");
    for (int i = 0; i < 1000; ++i) log.note(event());
  }
  std::string all;
  for (int i = 0; i < 1000; ++i) all += audit_line(event());
  EXPECT_TRUE(text_of(path()) == all);
  EXPECT_EQ(std::filesystem::status(path()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(AuditLogPlay, AFileThatIsFullMakesRoomForTheNext) {
  const std::size_t line = audit_line(event()).size();
  {
    AuditLog log({.path = path(), .bytes_max = 10 * line, .files_max = 3});
    ASSERT_EQ(log.start(), "");
    for (int i = 0; i < 45; ++i) log.note(event());
  }
  EXPECT_EQ(text_of(path()).size(), 5 * line);
  EXPECT_EQ(text_of(path() + ".1").size(), 10 * line);
  EXPECT_EQ(text_of(path() + ".2").size(), 10 * line);
  EXPECT_FALSE(std::filesystem::exists(path() + ".3"));
}

TEST_F(AuditLogPlay, ItGoesOnWhereItEnded) {
  for (int i = 0; i < 2; ++i) {
    AuditLog log({.path = path()});
    ASSERT_EQ(log.start(), "");
    log.note(event());
  }
  EXPECT_EQ(text_of(path()), audit_line(event()) + audit_line(event()));
}

TEST_F(AuditLogPlay, APlaceThatCannotBeWrittenIsNamed) {
  AuditLog log({.path = directory_ + "/none/audit.jsonl"});
  EXPECT_NE(log.start().find("/none/audit.jsonl cannot be written"), std::string::npos);
}

}  // namespace
}  // namespace penstock
