#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "protocol/json_decoder.h"
#include "protocol/json_value.h"
#include "protocol/json_writer.h"
#include "protocol/sqs_requests.h"

namespace penstock {
namespace {

std::string complaint(std::string_view text) {
  const auto value = JsonValue::parse(text);
  return value ? "none" : value.error().text;
}

std::string nested(int levels, const std::string& open, const std::string& close) {
  std::string text;
  for (int level = 0; level < levels; ++level) text += open;
  text += "1";
  for (int level = 0; level < levels; ++level) text += close;
  return text;
}

// ---- JsonValue

TEST(JsonValue, OfSeveralMembersWithOneNameTheLastCounts) {
  auto value = JsonValue::parse(R"({"b":1,"a":1,"b":2,"a":3,"b":4})");
  ASSERT_TRUE(value);
  auto& object = std::get<JsonObject>(value->value);
  ASSERT_EQ(object.size(), 2u);
  EXPECT_EQ(std::get<std::int64_t>(find_member(object, "a")->value), 3);
  EXPECT_EQ(std::get<std::int64_t>(find_member(object, "b")->value), 4);
  EXPECT_EQ(find_member(object, "c"), nullptr);
}

TEST(JsonValue, IntegersAreExactAndOtherNumbersKeepTheirText) {
  auto value = JsonValue::parse("[9223372036854775807,-9223372036854775808,9223372036854775808,1.50,1e3]");
  ASSERT_TRUE(value);
  auto& array = std::get<JsonArray>(value->value);
  EXPECT_EQ(std::get<std::int64_t>(array[0].value), INT64_MAX);
  EXPECT_EQ(std::get<std::int64_t>(array[1].value), INT64_MIN);
  EXPECT_EQ(std::get<JsonOtherNumber>(array[2].value).text, "9223372036854775808");
  EXPECT_EQ(std::get<JsonOtherNumber>(array[3].value).text, "1.50");
  EXPECT_EQ(std::get<JsonOtherNumber>(array[4].value).text, "1e3");
}

TEST(JsonValue, SixtyFourLevelsAreTakenAndNoMore) {
  EXPECT_EQ(complaint(nested(64, "[", "]")), "none");
  EXPECT_EQ(complaint(nested(65, "[", "]")), "The request body is nested too deeply.");
  EXPECT_EQ(complaint(nested(64, "{\"a\":", "}")), "none");
  EXPECT_EQ(complaint(nested(65, "{\"a\":", "}")), "The request body is nested too deeply.");
}

TEST(JsonValue, ASmallBodyDoesNotGrowIntoALargeTree) {
  std::string list = "[0";
  for (std::size_t count = 2; count < JsonValue::kValuesMax; ++count) list += ",0";
  EXPECT_EQ(complaint(list + "]"), "none");
  EXPECT_EQ(complaint(list + ",0]"), "The request body holds too many values.");
}

TEST(JsonValue, WhatIsNoStrictJsonIsRefused) {
  for (const std::string_view text : {"{",
                                      "{\"a\"",
                                      "{\"a\":",
                                      "{\"a\":1",
                                      "{\"a\":1,}",
                                      "[1,]",
                                      "{} {}",
                                      "{}x",
                                      "{'a':1}",
                                      "{a:1}",
                                      "01",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "NaN",
                                      "Infinity",
                                      "nul",
                                      "\"\\x\"",
                                      "\"\\ud800\"",
                                      "\"\\udc00\\ud800\"",
                                      "\"\\ud800x\"",
                                      "\"\n\"",
                                      "\"\xff\"",
                                      "\"\xc0\x80\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xf4\x90\x80\x80\"",
                                      "\"\xe2\x82\"",
                                      "/**/{}",
                                      "1e999",
                                      " "}) {
    EXPECT_EQ(complaint(text), "The request body is not valid JSON.") << text;
  }
}

// ---- the decoder

std::string decoding_complaint(std::string_view body) {
  const auto request = decode_json<sqs::SendMessageRequest>(body);
  if (request) return "none";
  EXPECT_EQ(request.error().code, ErrorCode::kMalformedInput);
  return request.error().text;
}

TEST(JsonDecoder, AValueOfTheWrongTypeIsNamedInAwssWords) {
  EXPECT_EQ(decoding_complaint(R"({"MessageBody":{}})"),
            "Start of structure or map found where not expected.");
  EXPECT_EQ(decoding_complaint(R"({"MessageBody":[]})"), "Start of list found where not expected");
  EXPECT_EQ(decoding_complaint(R"({"MessageBody":5})"), "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(decoding_complaint(R"({"MessageBody":5.5})"), "NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(decoding_complaint(R"({"MessageBody":true})"), "TRUE_VALUE can not be converted to a String");
  EXPECT_EQ(decoding_complaint(R"({"DelaySeconds":"5"})"), "STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(decoding_complaint(R"({"DelaySeconds":false})"),
            "FALSE_VALUE can not be converted to an Integer");
  EXPECT_EQ(decoding_complaint(R"({"DelaySeconds":{}})"),
            "Start of structure or map found where not expected.");
  EXPECT_EQ(decoding_complaint(R"({"MessageAttributes":[]})"), "Start of list found where not expected");
  EXPECT_EQ(decoding_complaint(R"({"MessageAttributes":"x"})"), "Unexpected field type");
  EXPECT_EQ(decoding_complaint(R"({"MessageAttributes":{"a":"x"}})"), "Unexpected field type");
  EXPECT_EQ(decoding_complaint(R"({"MessageAttributes":{"a":{"StringListValues":{}}}})"),
            "Start of structure or map found where not expected.");
  EXPECT_EQ(decoding_complaint("[]"), "Start of list found where not expected");
  EXPECT_EQ(decoding_complaint("\"x\""), "Unexpected field type");
  EXPECT_EQ(decoding_complaint("null"), "Unexpected field type");
}

TEST(JsonDecoder, AnIntegerIsWholeAndOfThirtyTwoBits) {
  EXPECT_EQ(decoding_complaint(R"({"DelaySeconds":2147483647})"), "none");
  EXPECT_EQ(decoding_complaint(R"({"DelaySeconds":-2147483648})"), "none");
  for (const std::string_view number :
       {"2147483648", "-2147483649", "18446744073709551616", "1.0", "1.5", "1e1"}) {
    EXPECT_EQ(decoding_complaint(R"({"DelaySeconds":)" + std::string(number) + "}"),
              "NUMBER_VALUE can not be converted to an Integer")
        << number;
  }
}

TEST(JsonDecoder, NullAndUnknownMembersAreAsGoodAsAbsent) {
  const auto request = decode_json<sqs::SendMessageRequest>(
      R"({"MessageBody":null,"DelaySeconds":null,"MessageAttributes":{"a":null},"Unknown":{"deep":[1,2]}})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->message_body);
  EXPECT_FALSE(request->delay_seconds);
  EXPECT_TRUE(request->message_attributes.empty());
}

TEST(JsonDecoder, NamesOfMembersAreCaseSensitive) {
  const auto request =
      decode_json<sqs::CreateQueueRequest>(R"({"queuename":"x","Tags":{"a":"b"},"tags":{"c":"d"}})");
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->queue_name);
  ASSERT_EQ(request->tags.entries.size(), 1u);
  EXPECT_EQ(request->tags.entries[0].first, "c");
}

TEST(JsonDecoder, NumbersAndBooleansPassForAttributeValues) {
  const auto request = decode_json<sqs::CreateQueueRequest>(
      R"({"Attributes":{"a":30,"b":true,"c":"x","d":null,"e":5.0,"f":99999999999999999999}})");
  ASSERT_TRUE(request);
  const auto& entries = request->attributes.entries;
  ASSERT_EQ(entries.size(), 5u);
  EXPECT_EQ(entries[0].second.text, "30");
  EXPECT_EQ(entries[1].second.text, "true");
  EXPECT_EQ(entries[2].second.text, "x");
  EXPECT_EQ(entries[3].second.text, "5.0");
  EXPECT_EQ(entries[4].second.text, "99999999999999999999");
}

TEST(JsonDecoder, BytesAreStrictBase64) {
  const auto body = [](std::string_view value) {
    return R"({"MessageAttributes":{"a":{"BinaryValue":")" + std::string(value) + "\"}}}";
  };
  const auto request = decode_json<sqs::SendMessageRequest>(body("AQID"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->message_attributes.entries[0].second.binary_value->bytes, "\x01\x02\x03");
  for (const std::string_view value : {"AQI", "AQ=", "A", "AQID ", "!!!!", "AQID=", "AR=="}) {
    EXPECT_EQ(decoding_complaint(body(value)), "A binary value is not valid base64.") << value;
  }
}

// ---- JsonWriter

TEST(JsonWriter, SetsCommasAndEscapes) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.member("a\"b", "\x01\x1f\n\r\t\\\"/\x7f");
  writer.key("list");
  writer.begin_array();
  writer.text("x");
  writer.number(-5);
  writer.begin_object();
  writer.end_object();
  writer.end_array();
  writer.member("last", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  writer.end_object();
  EXPECT_EQ(out,
            "{\"a\\\"b\":\"\\u0001\\u001f\\n\\r\\t\\\\\\\"/\x7f\",\"list\":[\"x\",-5,{}],"
            "\"last\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}");
}

TEST(JsonWriter, WhateverBytesItIsGivenItWritesValidJson) {
  for (const std::string& bytes : {std::string("\xff"), std::string("a\xc0\x80z"),
                                   std::string("\xed\xa0\x80"), std::string("\xf4\x90\x80\x80"),
                                   std::string("\xe2\x82"), std::string("\0", 1), std::string("\xc3")}) {
    std::string out;
    JsonWriter(out).text(bytes);
    EXPECT_TRUE(nlohmann::json::accept(out)) << out;
    EXPECT_EQ(out.find("\xef\xbf\xbd") == std::string::npos, bytes == std::string("\0", 1));
  }
}

TEST(JsonWriter, EveryCharacterComesBackAsItWas) {
  std::string text;
  for (int c = 0; c < 128; ++c) text.push_back(static_cast<char>(c));
  text += "\xc2\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
  std::string out;
  JsonWriter(out).text(text);
  EXPECT_EQ(nlohmann::json::parse(out).get<std::string>(), text);
}

}  // namespace
}  // namespace penstock
