// The parts of /metrics: the text form, requests by action, the survey of the queues.
#include <gtest/gtest.h>

#include <array>

#include "server/admin_counts.h"
#include "server/admin_paths.h"
#include "server/exposition.h"
#include "server/fault_plan.h"
#include "server/queue_survey.h"
#include "server/request_counts.h"

namespace penstock {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(Exposition, AFamilyIsItsHelpItsTypeAndItsSamples) {
  Exposition out;
  out.family("a_total", "counter", "Of a.");
  out.sample(1, {{"queue", "x"}, {"account", "y"}});
  out.sample(2);
  EXPECT_EQ(
      out.take(),
      "# HELP a_total Of a.\n# TYPE a_total counter\na_total{queue=\"x\",account=\"y\"} 1\na_total 2\n");
}

TEST(Exposition, ALabelMayHoldAnything) {
  Exposition out;
  out.family("a", "gauge", "A.");
  out.sample(1, {{"l", "\"\\\n"}});
  EXPECT_TRUE(contains(out.take(), R"(a{l="\"\\\n"} 1)"));
}

TEST(Exposition, AHistogramIsCumulativeAndInSeconds) {
  Exposition out;
  out.family("d_seconds", "histogram", "D.");
  const std::array<std::uint64_t, 2> bounds{500, 1'000'000};
  const std::array<std::uint64_t, 3> buckets{2, 3, 1};
  out.histogram(bounds, buckets, 2'500'007, {{"action", "x"}});
  EXPECT_EQ(out.take(),
            "# HELP d_seconds D.\n# TYPE d_seconds histogram\n"
            "d_seconds_bucket{action=\"x\",le=\"0.0005\"} 2\nd_seconds_bucket{action=\"x\",le=\"1\"} 5\n"
            "d_seconds_bucket{action=\"x\",le=\"+Inf\"} 6\nd_seconds_sum{action=\"x\"} 2.500007\n"
            "d_seconds_count{action=\"x\"} 6\n");
}

// ---- requests

std::string_view asked(std::string_view target, std::string_view aws_target, std::string_view body) {
  ApiRequest request;
  request.method = "POST";
  request.target = target;
  if (!aws_target.empty()) request.headers.emplace_back("X-Amz-Target", aws_target);
  request.body = body;
  return action_name(action_asked(request));
}

TEST(RequestCounts, AnActionIsKnownByTargetOrForm) {
  EXPECT_EQ(asked("/", "AmazonSQS.SendMessage", "{}"), "SendMessage");
  EXPECT_EQ(asked("/", "", "Action=SendMessage&Version=2012-11-05"), "SendMessage");
  EXPECT_EQ(asked("/", "", "Version=2012-11-05&Action=ListQueues"), "ListQueues");
  EXPECT_EQ(asked("/?Action=GetQueueUrl&QueueName=q", "", ""), "GetQueueUrl");
  EXPECT_EQ(asked("/q", "Other_1.CreateQueue", "Action=SendMessage"), "CreateQueue");
}

TEST(RequestCounts, WhatTheTableDoesNotNameIsUnknownWhateverItIs) {
  for (const char* target :
       {"AmazonSQS.", "AmazonSQS", "AmazonSQS.sendmessage", "AmazonSQS.Send\"Message", "."}) {
    EXPECT_EQ(asked("/", target, "{}"), "Unknown") << target;
  }
  EXPECT_EQ(asked("/?", "", ""), "Unknown");
  EXPECT_EQ(asked("/", "", "XAction=SendMessage&"), "Unknown");
  EXPECT_EQ(asked("/", "", "{\"x\":\"&Action=SendMessage\"}"), "Unknown");
}

TEST(RequestCounts, ARefusalIsKnownByItsDocumentInEitherProtocol) {
  ApiResponse response;
  EXPECT_EQ(error_in(response), std::nullopt);
  response.status = 400;
  response.headers.emplace_back("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender");
  EXPECT_EQ(error_in(response), ErrorCode::kQueueDoesNotExist);
  response.headers.clear();
  response.body = "<ErrorResponse><Error><Type>Sender</Type><Code>OverLimit</Code></Error></ErrorResponse>";
  EXPECT_EQ(error_in(response), ErrorCode::kOverLimit);
}

TEST(RequestCounts, EachRequestFallsIntoOneBucketAndOneOutcome) {
  RequestCounts counts;
  using std::chrono::microseconds;
  counts.add(0, std::nullopt, microseconds{250});
  counts.add(0, std::nullopt, microseconds{251});
  counts.add(0, ErrorCode::kOverLimit, microseconds{60'000'000});
  counts.add(kActionsKnown, ErrorCode::kInvalidAction, microseconds{-1});
  EXPECT_EQ(counts.bucket(0, 0), 1U);
  EXPECT_EQ(counts.bucket(0, 1), 1U);
  EXPECT_EQ(counts.bucket(0, RequestCounts::kBounds.size()), 1U);
  EXPECT_EQ(counts.sum_microseconds(0), 60'000'501U);
  EXPECT_EQ(counts.succeeded(0), 2U);
  EXPECT_EQ(counts.refused(0, static_cast<std::size_t>(ErrorCode::kOverLimit)), 1U);
  EXPECT_EQ(counts.bucket(kActionsKnown, 0), 1U);
}

// ---- the admin side, and faults

TEST(AdminCounts, EachAnswerFallsIntoItsPathAndTheClassOfItsStatus) {
  AdminCounts counts;
  EXPECT_TRUE(counts.told().empty());
  for (const int status : {200, 202, 401, 503, 999, -1}) counts.add(0, status);
  counts.add(counts.health(), 200);
  counts.add(counts.other(), 404);
  std::string text;
  for (const AdminCounts::Told& row : counts.told()) {
    text += std::string(row.method) + " " + std::string(row.path) + " " + std::string(row.status) + " " +
            std::to_string(row.answered) + "\n";
  }
  const std::string first(admin_paths()[0].path);
  EXPECT_EQ(text, "GET " + first + " 0xx 1\nGET " + first + " 2xx 2\nGET " + first + " 4xx 1\nGET " + first +
                      " 5xx 2\nGET /health 2xx 1\n_other _other 4xx 1\n");
}

TEST(FaultPlan, WhatRequestsWereBefallenByIsCountedByKindAndOutlivesItsRule) {
  FaultPlan plan;
  const auto twice = plan.add(
      {.action = "SendMessage", .queue = {}, .topic = {}, .kind = FaultKind::kThrottling, .count = 2});
  plan.add({.action = "ReceiveMessage", .queue = {}, .topic = {}, .latency = std::chrono::milliseconds{5}});
  EXPECT_EQ(plan.rules(), 2U);
  for (int i = 0; i < 3; ++i) plan.meet("SendMessage", "q", false);
  plan.meet("ReceiveMessage", "q", false);
  plan.meet("DeleteMessage", "q", false);
  ASSERT_TRUE(plan.remove(*twice));
  EXPECT_EQ(plan.rules(), 1U);
  EXPECT_EQ(plan.befallen(FaultKind::kThrottling), 2U);
  EXPECT_EQ(plan.befallen(FaultKind::kNone), 1U);
  EXPECT_EQ(plan.befallen(FaultKind::kDropAfter), 0U);
  EXPECT_EQ(fault_name(FaultKind::kNone), "latency");
}

// ---- queues

QueueSurvey three_queues() {
  QueueSurvey survey;
  const World world{*AccountId::parse("000000000000"), *Region::parse("us-east-1")};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    QueueReading queue{
        .world = world, .name = "q" + std::to_string(i), .counts = {.visible = i, .delayed = 10 * i}};
    queue.traffic = QueueTraffic{.messages_sent = 100 * i};
    queue.oldest_age = Milliseconds{1500} * static_cast<std::int64_t>(i);
    survey.queues.push_back(queue);
  }
  return survey;
}

std::string survey_text(const QueueSurvey& survey, std::size_t queues_max) {
  Exposition out;
  append_queue_metrics(out, survey, queues_max);
  return out.take();
}

TEST(QueueMetrics, EachQueueHasItsOwnSeries) {
  const std::string text = survey_text(three_queues(), 3);
  EXPECT_TRUE(contains(
      text, "penstock_messages_visible{queue=\"q2\",account=\"000000000000\",region=\"us-east-1\"} 2\n"));
  EXPECT_TRUE(contains(
      text,
      "penstock_messages_sent_total{queue=\"q3\",account=\"000000000000\",region=\"us-east-1\"} 300\n"));
  EXPECT_TRUE(contains(text,
                       "penstock_oldest_message_age_seconds{queue=\"q1\",account=\"000000000000\",region="
                       "\"us-east-1\"} 1.5\n"));
  EXPECT_FALSE(contains(text, "_other"));
}

TEST(QueueMetrics, QueuesBeyondTheBoundAreSummedUp) {
  const std::string text = survey_text(three_queues(), 1);
  EXPECT_TRUE(contains(text, "queue=\"q1\""));
  EXPECT_FALSE(contains(text, "queue=\"q2\""));
  EXPECT_TRUE(contains(text, "penstock_messages_visible{queue=\"_other\"} 5\n"));
  EXPECT_TRUE(contains(text, "penstock_messages_delayed{queue=\"_other\"} 50\n"));
  EXPECT_TRUE(contains(text, "penstock_oldest_message_age_seconds{queue=\"_other\"} 4.5\n"));
  EXPECT_TRUE(
      contains(survey_text(three_queues(), 0), "penstock_messages_sent_total{queue=\"_other\"} 600\n"));
}

TEST(QueueMetrics, WhatTheCoreDoesNotTellIsLeftOut) {
  QueueSurvey survey = three_queues();
  for (QueueReading& queue : survey.queues) {
    queue.traffic.reset();
    queue.oldest_age.reset();
  }
  const std::string text = survey_text(survey, 1);
  EXPECT_TRUE(contains(text, "penstock_messages_visible"));
  EXPECT_FALSE(contains(text, "_total"));
  EXPECT_FALSE(contains(text, "oldest"));
}

TEST(QueueMetrics, QueuesAreSortedByAccountRegionAndName) {
  QueueSurvey survey;
  for (const char* name : {"b", "a"}) {
    for (const char* account : {"000000000002", "000000000001"}) {
      survey.queues.push_back(
          {.world = {*AccountId::parse(account), *Region::parse("us-east-1")}, .name = name, .counts = {}});
    }
  }
  survey.sort();
  std::string order;
  for (const QueueReading& queue : survey.queues)
    order += queue.world.account.text().back() + queue.name + " ";
  EXPECT_EQ(order, "1a 1b 2a 2b ");
}

TEST(QueueMetrics, WithoutQueuesNothingIsSaid) { EXPECT_EQ(survey_text({}, 500), ""); }

}  // namespace
}  // namespace penstock
