#include "server/log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace penstock {
namespace {

constexpr std::chrono::system_clock::time_point kMoment{std::chrono::milliseconds{1'767'225'600'007}};

std::string text_line(std::string_view message, LogFields fields) {
  return log_line(LogFormat::kText, kMoment, "info", log_payload(message, fields));
}
nlohmann::json json_line(std::string_view message, LogFields fields) {
  return nlohmann::json::parse(log_line(LogFormat::kJson, kMoment, "info", log_payload(message, fields)));
}

TEST(Log, ALineOfTextIsTimeLevelMessageAndFields) {
  EXPECT_EQ(text_line("started", {{"version", "0.1.0"}, {"queues", 3}}),
            "2026-01-01T00:00:00.007Z info started version=0.1.0 queues=3");
  EXPECT_EQ(text_line("stopped", {}), "2026-01-01T00:00:00.007Z info stopped");
}

TEST(Log, AValueThatCouldBeTakenForSomethingElseIsQuoted) {
  EXPECT_EQ(text_line("m", {{"a", ""}, {"b", "x y"}, {"c", "k=v"}, {"d", "say \"hi\""}}).substr(30),
            R"(m a="" b="x y" c="k=v" d="say \"hi\"")");
}

TEST(Log, ALineOfJsonHoldsTheSame) {
  const nlohmann::json line = json_line("started", {{"version", "0.1.0"}, {"queues", 3}});
  EXPECT_EQ(line, nlohmann::json({{"time", "2026-01-01T00:00:00.007Z"},
                                  {"level", "info"},
                                  {"message", "started"},
                                  {"version", "0.1.0"},
                                  {"queues", 3}}));
}

TEST(Log, WhateverAFieldHoldsItStaysOnItsLineAndInItsPlace) {
  const std::string hostile =
      "a\nb\r\x1f"
      "c\x1e"
      "d\x1d\x01\x7f\xff\"\\";
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    const std::string line = log_line(format, kMoment, "info", log_payload(hostile, {{"key", hostile}}));
    for (const char byte : line) EXPECT_GE(static_cast<unsigned char>(byte), 0x20);
  }
  const nlohmann::json line = json_line("m", {{"key", hostile}});
  EXPECT_EQ(line.size(), 4U) << "no field was made up: " << line;
}

TEST(Log, ALineOfALibraryHasNoFieldsAndStaysOneLine) {
  const std::string line = log_line(LogFormat::kText, kMoment, "error", "two\nlines");
  EXPECT_EQ(line.substr(25), "error two lines");
}

TEST(LogLimit, FiveInAMinuteAreToldAndTheNextSaysHowManyWereNot) {
  LogLimit limit;
  LogLimit::Clock::time_point now{};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limit.admit(now), 0U);
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(limit.admit(now += std::chrono::seconds(8)));
  now += std::chrono::seconds(4);
  EXPECT_EQ(limit.admit(now), 7U);
  EXPECT_EQ(limit.admit(now), 0U);
}

}  // namespace
}  // namespace penstock
