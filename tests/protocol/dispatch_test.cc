#include <gtest/gtest.h>

#include "tests/protocol/wire.h"

namespace penstock {
namespace {

constexpr std::string_view kJson = "application/x-amz-json-1.0";

ApiRequest post(Headers headers, std::string_view body = "{}") {
  return {.method = "POST", .target = "/", .headers = std::move(headers), .body = body};
}

std::string header_of(const ApiResponse& response, std::string_view wanted) {
  for (const auto& [name, value] : response.headers) {
    if (name == wanted) return value;
  }
  return "none";
}

TEST(Dispatch, EveryAnswerCarriesItsRequestId) {
  Wire wire;
  for (const ApiResponse& response :
       {wire.call("CreateQueue", {{"QueueName", "mail"}}), wire.call("DeleteQueue", {{"QueueUrl", kMailUrl}}),
        wire.call("Nothing", {}), wire.exchange(post({})), wire.call_raw("CreateQueue", "{")}) {
    EXPECT_EQ(header_of(response, "x-amzn-RequestId"), "1b4e28ba-2fa1-41d2-883f-0016d3cca427");
  }
}

TEST(Dispatch, AnErrorIsADocumentAndAHeader) {
  Wire wire;
  const ApiResponse response = wire.call("GetQueueUrl", {{"QueueName", "none"}});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, kJson);
  EXPECT_EQ(
      response.body,
      R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."})");
  EXPECT_EQ(header_of(response, "x-amzn-query-error"), "AWS.SimpleQueueService.NonExistentQueue;Sender");
}

TEST(Dispatch, ThePathDoesNotMatterToJson) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  ApiRequest request = Wire::request("AmazonSQS.GetQueueUrl", R"({"QueueName":"mail"})");
  request.target = "/000000000000/mail";
  EXPECT_EQ(wire.exchange(request).status, 200);
}

TEST(Dispatch, ContentTypesAreComparedWithoutCaseAndParameters) {
  Wire wire;
  for (const std::string_view type :
       {"application/x-amz-json-1.0", "Application/X-AMZ-JSON-1.0; charset=utf-8",
        "application/x-amz-json-1.1", "application/json"}) {
    const ApiResponse response = wire.exchange(
        post({{"content-type", type}, {"x-amz-target", "AmazonSQS.CreateQueue"}}, R"({"QueueName":"mail"})"));
    EXPECT_EQ(response.status, 200) << type;
  }
}

TEST(Dispatch, AnUnknownActionIsInvalid) {
  Wire wire;
  EXPECT_EQ(wire.refusal("Frobnicate", {}),
            "400 InvalidAction: The action Frobnicate is not valid for this endpoint.");
  EXPECT_EQ(wire.refusal("sendmessage", {}),
            "400 InvalidAction: The action sendmessage is not valid for this endpoint.");
  EXPECT_EQ(wire.refusal("", {}), "400 InvalidAction: The action  is not valid for this endpoint.");
  EXPECT_EQ(nlohmann::json::parse(wire.call("Frobnicate", {}).body)["__type"],
            "com.amazon.coral.service#UnknownOperationException");
}

TEST(Dispatch, AnAbsentTargetIsAnInvalidAction) {
  Wire wire;
  EXPECT_EQ(Wire::described(wire.exchange(post({{"Content-Type", kJson}}))),
            "400 InvalidAction: The action is not valid for this endpoint.");
  for (const std::string_view target : {"", "AmazonSQS", "CreateQueue", "AmazonSQSv20121105.CreateQueue"}) {
    EXPECT_EQ(Wire::described(wire.exchange(post({{"Content-Type", kJson}, {"X-Amz-Target", target}}))),
              "400 InvalidAction: The action is not valid for this endpoint.")
        << target;
  }
}

TEST(Dispatch, AnotherServiceIsNotImplementedAndSaysWhatIs) {
  Wire wire;
  const ApiResponse response =
      wire.exchange(post({{"Content-Type", kJson}, {"X-Amz-Target", "DynamoDB_20120810.PutItem"}}));
  EXPECT_EQ(response.status, 501);
  EXPECT_EQ(response.content_type, kJson);
  EXPECT_EQ(nlohmann::json::parse(response.body)["message"],
            "This build of Penstock offers Amazon SQS (X-Amz-Target: AmazonSQS.*), SNS and STS "
            "GetCallerIdentity, and "
            "not DynamoDB_20120810.PutItem.");
  EXPECT_EQ(header_of(response, "x-amzn-query-error"), "InvalidAction;Receiver");
}

TEST(Dispatch, AQueryRequestIsAnsweredInItsOwnForm) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  ApiRequest get{.method = "GET",
                 .target = "/?Action=GetQueueUrl&QueueName=mail",
                 .headers = {{"Host", "localhost:4566"}},
                 .body = {}};
  const std::string url =
      "<?xml version=\"1.0\"?><GetQueueUrlResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">"
      "<GetQueueUrlResult><QueueUrl>http://localhost:4566/000000000000/mail</QueueUrl></GetQueueUrlResult>"
      "<ResponseMetadata><RequestId>1b4e28ba-2fa1-41d2-883f-0016d3cca427</RequestId></ResponseMetadata>"
      "</GetQueueUrlResponse>";
  ApiRequest form = post({{"Host", "localhost:4566"},
                          {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                          {"X-Amz-Target", "AmazonSQSv20121105.CreateQueue"}});
  form.body = "Action=GetQueueUrl&Version=2012-11-05&QueueName=mail";
  for (const ApiResponse& response : {wire.exchange(get), wire.exchange(form)}) {
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/xml");
    EXPECT_EQ(response.body, url);
  }
  get.headers.emplace_back("Accept", "application/json");
  EXPECT_EQ(
      wire.exchange(get).body,
      R"({"GetQueueUrlResponse":{"GetQueueUrlResult":{"QueueUrl":"http://localhost:4566/000000000000/mail"},)"
      R"("ResponseMetadata":{"RequestId":"1b4e28ba-2fa1-41d2-883f-0016d3cca427"}}})");
}

TEST(Dispatch, AQueryRequestIsRefusedInItsOwnForm) {
  Wire wire;
  ApiRequest get{.method = "GET", .target = "/?Action=GetQueueUrl&QueueName=mail", .headers = {}, .body = {}};
  const ApiResponse refused = wire.exchange(get);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(
      refused.body,
      "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><Error>"
      "<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code><Message>The specified queue "
      "does not exist for this wsdl version.</Message><Detail/></Error>"
      "<RequestId>1b4e28ba-2fa1-41d2-883f-0016d3cca427</RequestId></ErrorResponse>");
  get.headers.emplace_back("Accept", "application/json");
  EXPECT_EQ(
      wire.exchange(get).body,
      R"({"Error":{"Code":"AWS.SimpleQueueService.NonExistentQueue","Message":"The specified queue does )"
      R"(not exist for this wsdl version.","Type":"Sender"},)"
      R"("RequestId":"1b4e28ba-2fa1-41d2-883f-0016d3cca427"})");
}

TEST(Dispatch, ARequestWithoutAnActionIsAnUnknownOperation) {
  Wire wire;
  for (const ApiResponse& response :
       {wire.exchange(ApiRequest{.method = "GET", .target = "/", .headers = {}, .body = {}}),
        wire.exchange(post({}))}) {
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.body, "<UnknownOperationException/>\n");
  }
}

TEST(Dispatch, WhatIsSignedForAnotherServiceIsNotImplementedAndSaysWhatIs) {
  Wire wire;
  const auto answer_to = [&wire](const std::string& service) {
    const std::string authorization = "AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/" + service +
                                      "/aws4_request, SignedHeaders=host, Signature=00";
    return wire.exchange(ApiRequest{
        .method = "PUT", .target = "/bucket", .headers = {{"Authorization", authorization}}, .body = {}});
  };
  const ApiResponse response = answer_to("s3");
  EXPECT_EQ(response.status, 501);
  EXPECT_EQ(
      response.body,
      "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Receiver</Type><Code>NotImplemented</Code><Message>"
      "This build of Penstock offers Amazon SQS, SNS and STS GetCallerIdentity, and not s3.</Message></Error>"
      "<RequestId>1b4e28ba-2fa1-41d2-883f-0016d3cca427</RequestId></ErrorResponse>");
  for (const char* own : {"sqs", "sns", "sts"}) EXPECT_EQ(answer_to(own).status, 404) << own;
}

TEST(Dispatch, AtAQueuesOwnAddressOnlyActionsOnQueuesAreValid) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  wire.ok("CreateQueue", {{"QueueName", "news"}});
  const auto at_mail = [&](std::string_view query) {
    const std::string target = "/000000000000/mail?" + std::string(query);
    return wire.exchange(ApiRequest{.method = "GET", .target = target, .headers = {}, .body = {}});
  };
  EXPECT_EQ(at_mail("Action=SendMessage&MessageBody=hello").status, 200);
  EXPECT_EQ(at_mail("Action=GetQueueUrl&QueueName=news").status, 200);
  const ApiResponse refused = at_mail("Action=ListQueues");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("The action ListQueues is not valid for this endpoint."), std::string::npos);
  // The QueueUrl that is given goes before the address.
  EXPECT_EQ(at_mail("Action=SendMessage&MessageBody=hello&QueueUrl=gone").status, 400);
}

TEST(Dispatch, AQueueUrlBaseGoesBeforeTheHost) {
  Wire wire;
  wire.ok("CreateQueue", {{"QueueName", "mail"}});
  DispatchSettings settings = Wire::settings();
  settings.queue_url_base = "https://queues.example:8443";
  const ApiRequest request = Wire::request("AmazonSQS.GetQueueUrl", R"({"QueueName":"mail"})");
  EXPECT_EQ(wire.exchange(request, settings).body,
            R"({"QueueUrl":"https://queues.example:8443/000000000000/mail"})");
}

TEST(Dispatch, ACommandThatFoundNoRoomIsToBeRetried) {
  const ApiRequest request = Wire::request("AmazonSQS.GetQueueUrl", R"({"QueueName":"mail"})");
  auto planned = plan(request, Wire::settings(), Ticket{1, 1}, "id");
  const ApiResponse response = render_unavailable(*std::get<PlannedCommand>(planned).call);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(header_of(response, "x-amzn-query-error"), "ServiceUnavailable;Receiver");
}

// ---- who calls, and from where

const Command planned_command(Headers headers, std::string_view action, std::string_view body) {
  const std::string target = std::string("AmazonSQS.").append(action);
  headers.emplace_back("Content-Type", kJson);
  headers.emplace_back("X-Amz-Target", target);
  auto planned = plan(post(std::move(headers), body), Wire::settings(), Ticket{7, 8}, "id");
  if (auto* command = std::get_if<PlannedCommand>(&planned)) return std::move(command->command);
  ADD_FAILURE() << std::get<ApiResponse>(planned).body;
  return Command{{}, {}, {}, FindQueue{}};
}

constexpr std::string_view kGetMail = R"({"QueueName":"mail"})";

TEST(Dispatch, AKeyIdOfTwelveDigitsNamesTheAccountAndTheScopeTheRegion) {
  const Command command =
      planned_command({{"Authorization",
                        "AWS4-HMAC-SHA256 Credential=123456789012/20261122/eu-west-1/sqs/aws4_request, "
                        "SignedHeaders=host, Signature=0"}},
                      "GetQueueUrl", kGetMail);
  EXPECT_EQ(command.world.account.text(), "123456789012");
  EXPECT_EQ(command.world.region.text(), "eu-west-1");
  EXPECT_EQ(command.queue_name, "mail");
  EXPECT_EQ(command.ticket, (Ticket{7, 8}));
}

TEST(Dispatch, EveryOtherKeyIdIsTheDefaultAccounts) {
  for (const std::string_view authorization :
       {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/NO REGION/sqs/aws4_request, Signature=0",
        "Bearer x", ""}) {
    const Command command = planned_command({{"Authorization", authorization}}, "GetQueueUrl", kGetMail);
    EXPECT_EQ(command.world, (World{AccountId{0}, *Region::parse("us-east-1")})) << authorization;
  }
}

TEST(Dispatch, TheAccountOfAQueueUrlDecides) {
  const Command command =
      planned_command({}, "DeleteQueue", R"({"QueueUrl":"https://any/210987654321/mail"})");
  EXPECT_EQ(command.world.account.text(), "210987654321");
  EXPECT_EQ(
      planned_command({}, "GetQueueUrl", R"({"QueueName":"mail","QueueOwnerAWSAccountId":"210987654321"})")
          .world.account.text(),
      "210987654321");
}

TEST(Dispatch, TheSenderIsItsKeyIdOrElseItsAccount) {
  const std::string_view body = R"({"QueueUrl":"mail","MessageBody":"x"})";
  const auto sender = [](const Command& command) {
    return std::get<Send>(*command.operation).content->sender_id;
  };
  EXPECT_EQ(sender(planned_command(
                {{"Authorization", "AWS4-HMAC-SHA256 Credential=AKID/d/us-east-1/sqs/aws4_request"}},
                "SendMessage", body)),
            "AKID");
  EXPECT_EQ(sender(planned_command({}, "SendMessage", body)), "000000000000");
}

TEST(Dispatch, ATraceIdInTheHeadTravelsWithTheMessage) {
  const auto trace = [](std::string_view header, std::string_view body) {
    return std::get<Send>(*planned_command({{"X-Amzn-Trace-Id", header}}, "SendMessage", body).operation)
        .content->trace_header;
  };
  constexpr std::string_view kPlain = R"({"QueueUrl":"mail","MessageBody":"x"})";
  EXPECT_EQ(trace("Root=1-5759e988", kPlain), "Root=1-5759e988");
  EXPECT_EQ(trace("\xff", kPlain), "");
  EXPECT_EQ(trace(std::string(2000, 'x'), kPlain), "");
  EXPECT_EQ(trace("Root=head", R"({"QueueUrl":"mail","MessageBody":"x","MessageSystemAttributes":)"
                               R"({"AWSTraceHeader":{"DataType":"String","StringValue":"Root=body"}}})"),
            "Root=body");
}

TEST(Dispatch, ARefusalTravelsInsideTheCommandAndSurfacesAfterTheQueue) {
  const Command command =
      planned_command({}, "ReceiveMessage", R"({"QueueUrl":"mail","MaxNumberOfMessages":11})");
  ASSERT_FALSE(command.operation);
  EXPECT_EQ(command.operation.error().code, ErrorCode::kInvalidParameterValue);
}

}  // namespace
}  // namespace penstock
