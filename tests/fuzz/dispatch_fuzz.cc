// Whole requests, from the words of HTTP to a command of the core: what is answered at once is an error
// document of AWS below 500, and what becomes a command can be answered with any error in the same form.
//
// The input is the method and the target in the first line, header lines up to an empty one, and the body.
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "actions/dispatch.h"
#include "base/require.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/request_text.h"

namespace penstock {
namespace {

ApiRequest request_in(std::string_view input) {
  const RequestText text(input);
  ApiRequest request;
  request.method = text.method;
  request.target = text.target;
  request.headers = text.headers;
  request.body = text.body;
  return request;
}

void require_error_document(const ApiResponse& response) {
  require(response.status >= 400 && (response.status < 500 || response.status == 501),
          "a refusal is the client's mistake, or asks for a service that is not offered");
  require(response.body.size() < 16'384, "a refusal is short");
  if (response.content_type.starts_with("text/xml")) {
    pugi::xml_document document;
    require(document.load_buffer(response.body.data(), response.body.size(), pugi::parse_full,
                                 pugi::encoding_utf8),
            "an XML document is well-formed");
    // What AWS says to a request that names no action.
    if (response.status == 404 && document.child("UnknownOperationException")) return;
    const pugi::xml_node error = document.child("ErrorResponse").child("Error");
    require(*error.child_value("Code") != '\0', "an error has a code");
    return;
  }
  const nlohmann::json document = nlohmann::json::parse(response.body, nullptr, false);
  require(document.is_object(), "any other refusal is a JSON object");
}

}  // namespace

void examine(std::string_view input) {
  static const DispatchSettings kSettings{AccountId::parse("000000000000").value_or(AccountId{}),
                                          Region::parse("us-east-1").value_or(Region{}),
                                          "127.0.0.1:4566",
                                          {}};
  const ApiRequest request = request_in(input);
  require_error_document(throttle(request, "01234567-89ab-4cde-8f01-23456789abcd"));
  const auto planned = plan(request, kSettings, Ticket{}, "01234567-89ab-4cde-8f01-23456789abcd");
  if (const auto* response = std::get_if<ApiResponse>(&planned)) {
    // The one question that is answered without the core.
    if (response->status == 200 && input.find("GetCallerIdentity") != std::string_view::npos) return;
    return require_error_document(*response);
  }
  const PlannedCommand& command = std::get<PlannedCommand>(planned);
  require_error_document(render(*command.call, Error{ErrorCode::kQueueDoesNotExist, {}}));
  if (!command.command.operation) {
    require_error_document(render(*command.call, command.command.operation.error()));
  }
}

std::vector<std::string> seeds() {
  const std::string json = "POST /\nContent-Type: application/x-amz-json-1.0\nX-Amz-Target: AmazonSQS.";
  const std::string url = R"("QueueUrl":"http://127.0.0.1:4566/000000000000/mail")";
  const std::string attributes =
      R"("MessageAttributes":{"a":{"DataType":"Binary.x","BinaryValue":"AQID"},"b":{"DataType":"Number","StringValue":"1"}})";
  const std::string form = "POST /000000000000/mail\nContent-Type: application/x-www-form-urlencoded\n\n";
  return {
      json + "SendMessage\n\n{" + url + R"(,"MessageBody":"hi","DelaySeconds":9,)" + attributes + "}",
      json + "SendMessageBatch\n\n{" + url + R"(,"Entries":[{"Id":"a","MessageBody":"hi",)" + attributes +
          R"(},{"Id":"b","MessageBody":"x"}]})",
      json + "ReceiveMessage\n\n{" + url +
          R"(,"MaxNumberOfMessages":10,"AttributeNames":["All"],"MessageAttributeNames":["a.*"]})",
      json + "DeleteMessage\n\n{" + url + R"(,"ReceiptHandle":"AQAAAAEAAAAAAAAATQAA"})",
      json + "DeleteMessageBatch\n\n{" + url + R"(,"Entries":[{"Id":"a","ReceiptHandle":"x"}]})",
      json + "ChangeMessageVisibility\n\n{" + url + R"(,"ReceiptHandle":"x","VisibilityTimeout":0})",
      json + "CreateQueue\n\n" + R"({"QueueName":"mail","Attributes":{"DelaySeconds":"1"},"tags":{"a":"b"}})",
      json + "SetQueueAttributes\n\n{" + url + R"(,"Attributes":{"VisibilityTimeout":1,"RedrivePolicy":""}})",
      json + "GetQueueAttributes\n\n{" + url + R"(,"AttributeNames":["All","QueueArn"]})",
      json + "ListQueues\n\n" + R"({"QueueNamePrefix":"m","MaxResults":2,"NextToken":"AAAA"})",
      json + "TagQueue\n\n{" + url + R"(,"Tags":{"a":"b"}})",
      json + "UntagQueue\n\n{" + url + R"(,"TagKeys":["a"]})",
      json +
          "Nothing\nAuthorization: AWS4-HMAC-SHA256 "
          "Credential=123456789012/20261125/eu-central-1/sqs/aws4_request, SignedHeaders=host, "
          "Signature=00\n\n{}",
      "POST /\nContent-Type: application/x-amz-json-1.1\nX-Amz-Target: DynamoDB_20120810.ListTables\n\n{}",
      form +
          "Action=SendMessage&Version=2012-11-05&MessageBody=a%20b+c%F0%9F%9A%B0&DelaySeconds=3"
          "&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=Binary"
          "&MessageAttribute.1.Value.BinaryValue=AQID",
      form +
          "Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=a"
          "&SendMessageBatchRequestEntry.1.MessageBody=x&SendMessageBatchRequestEntry.2.Id=b"
          "&SendMessageBatchRequestEntry.2.MessageBody=y"
          "&SendMessageBatchRequestEntry.2.MessageAttribute.1.Name=n",
      form + "Action=ReceiveMessage&MaxNumberOfMessages=10&AttributeName.1=All&MessageAttributeName.1=a",
      form +
          "Action=DeleteMessageBatch&DeleteMessageBatchRequestEntry.1.Id=a"
          "&DeleteMessageBatchRequestEntry.1.ReceiptHandle=x",
      "POST /\nContent-Type: application/x-www-form-urlencoded\n\n"
      "Action=CreateQueue&QueueName=mail&Attribute.1.Name=DelaySeconds&Attribute.1.Value=1&Tag.1.Key=a&Tag.1."
      "Value=b",
      "GET /000000000000/mail?Action=GetQueueAttributes&AttributeName.1=All&Version=2012-11-05\n"
      "Accept: application/json\n\n",
      "GET /?Action=ListQueues&QueueNamePrefix=%6d\nHost: a\n\n",
      form + "Action=SetQueueAttributes&Attribute.Name=VisibilityTimeout&Attribute.Value=9",
      form + "Action=GetCallerIdentity&Version=2011-06-15",
      form + "Action=CreateTopic&Version=2010-03-31&Name=news.fifo&Attributes.entry.1.key=FifoTopic"
             "&Attributes.entry.1.value=true&Tags.member.1.Key=a&Tags.member.1.Value=b",
      form + "Action=Subscribe&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:news&Protocol=http"
             "&Endpoint=http%3A%2F%2Fu%3Ap%40a.example%2Fp&Attributes.entry.1.key=FilterPolicy"
             "&Attributes.entry.1.value=%7B%22a%22%3A%5B1%5D%7D&ReturnSubscriptionArn=true",
      form + "Action=Publish&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:news&Message="
             "%7B%22default%22%3A%22x%22%7D&MessageStructure=json&Subject=s&MessageAttributes.entry.1.Name=n"
             "&MessageAttributes.entry.1.Value.DataType=Number&MessageAttributes.entry.1.Value.StringValue=1",
      form + "Action=PublishBatch&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:news"
             "&PublishBatchRequestEntries.member.1.Id=a&PublishBatchRequestEntries.member.1.Message=x",
      form + "Action=AddPermission&Version=2010-03-31&TopicArn=arn:aws:sns:us-east-1:000000000000:news&Label=l"
             "&AWSAccountId.member.1=111111111111&ActionName.member.1=Publish",
      form +
          "Action=%zz&%&=&&a=b=c&Attribute.99999999999999999999.Name=x&Attribute.0.Name=y&Attribute.-1.Name="
          "z",
  };
}

}  // namespace penstock
