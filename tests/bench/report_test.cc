#include "bench/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "bench/text.h"

namespace penstock {
namespace {

Report example() {
  Report report = begin_report("example <of a report>");
  Subject& subject = report.subject("sends & more", "messages");
  for (const double rate : {3000.0, 1000.0, 2000.0}) subject.rate.add(rate);
  for (int milliseconds = 1; milliseconds <= 100; ++milliseconds)
    subject.latency.add(std::chrono::milliseconds(milliseconds));
  subject.by_second = {10, 20, 30};
  report.claim("over the baseline", 0.5).values.add(0.6);
  report.claim("cost", 1.15, true).values.add(1.4);
  report.claim("deep", 1).unmeasured = "nobody asked";
  return report;
}

TEST(Report, AMedianIsTheMiddleOfTheRoundsAndTheSpreadReachesFromLeastToMost) {
  Figures figures;
  EXPECT_EQ(figures.median(), 0);
  figures.add(4);
  figures.add(1);
  EXPECT_EQ(figures.median(), 2.5);
  figures.add(100);
  EXPECT_EQ(figures.median(), 4);
  EXPECT_EQ(figures.least(), 1);
  EXPECT_EQ(figures.most(), 100);
}

TEST(Report, AClaimHoldsByItsMedianAndNotWithoutFigures) {
  Report report;
  Claim& least = report.claim("at least", 1);
  EXPECT_FALSE(least.holds());
  for (const double value : {0.1, 1.0, 5.0}) least.values.add(value);
  EXPECT_TRUE(least.holds());
  Claim& most = report.claim("at most", 1, true);
  for (const double value : {0.1, 1.1, 5.0}) most.values.add(value);
  EXPECT_FALSE(most.holds());
}

TEST(Report, TheTableSaysOfEachRowWhetherItHoldsOrWhyItWasNotMeasured) {
  const std::string text = as_text(example());
  EXPECT_NE(text.find("2,000 (1,000 to 3,000) messages/s"), std::string::npos) << text;
  const auto line_of = [&](const std::string& word) {
    const std::size_t begin = text.find("  " + word + " ");
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  EXPECT_TRUE(line_of("over the baseline").ends_with(" holds"));
  EXPECT_TRUE(line_of("cost").ends_with("does not hold"));
  EXPECT_TRUE(line_of("deep").ends_with("not measured: nobody asked"));
}

TEST(Report, WhatWasStoredIsReadAgainAndComparedWith) {
  const std::optional<StoredReport> before = read_report(as_json(example()));
  ASSERT_TRUE(before);
  EXPECT_EQ(before->rates.at("sends & more"), 2000);
  EXPECT_EQ(before->ratios.at("cost"), 1.4);
  EXPECT_FALSE(before->ratios.contains("deep"));

  Report now = example();
  now.subject("sends & more").rate = {};
  now.subject("sends & more").rate.add(3000);
  EXPECT_NE(as_text(now, &*before).find("was    2,000: x 1.50"), std::string::npos) << as_text(now, &*before);
}

TEST(Report, WhatIsNoReportIsNotComparedWith) {
  for (const char* const text :
       {"", "{", "[]", "{}", R"({"subjects":[{}],"claims":[]})",
        R"({"subjects":[{"name":"x","rate":{}}],"claims":[]})", R"({"subjects":1,"claims":2})"}) {
    const std::optional<StoredReport> read = read_report(text);
    EXPECT_TRUE(!read || read->rates.empty()) << text;
  }
}

TEST(Report, ThePageNeedsNothingElseAndTakesNamesAsText) {
  const std::string html = as_html(example());
  EXPECT_NE(html.find("<title>example &lt;of a report&gt;</title>"), std::string::npos);
  EXPECT_NE(html.find("sends &amp; more"), std::string::npos);
  EXPECT_NE(html.find("<polyline"), std::string::npos);
  for (const char* const fetched : {"http://", "https://", "src=", "<script", "@import", "url("})
    EXPECT_EQ(html.find(fetched), std::string::npos) << fetched;
}

TEST(Report, NumbersAreGroupedAndRoundedToWhatMeansSomething) {
  EXPECT_EQ(readable(1'234'567.8), "1,234,568");
  EXPECT_EQ(readable(999.4), "999");
  EXPECT_EQ(readable(-1234), "-1,234");
  EXPECT_EQ(readable(12.34), "12.3");
  EXPECT_EQ(readable(1.234), "1.23");
  EXPECT_EQ(readable(0.00123), "0.0012");
  EXPECT_EQ(readable(0), "0.00");
}

}  // namespace
}  // namespace penstock
