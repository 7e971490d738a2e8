#include "bench/http_answer.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace penstock {
namespace {

void arrive(AnswerReader& reader, std::string_view bytes) {
  std::copy(bytes.begin(), bytes.end(), reader.room(bytes.size()));
  reader.arrived(bytes.size());
}

using State = AnswerReader::State;

constexpr std::string_view kWithLength = "HTTP/1.1 200 OK\r\ncontent-length:  5\r\nDate: now\r\n\r\nhello";
constexpr std::string_view kInChunks =
    "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nTrailer: "
    "x\r\n\r\n";

TEST(AnswerReader, AnAnswerIsTheSameInWhateverPiecesItArrives) {
  for (const auto& [bytes, status, body] :
       {std::tuple{kWithLength, 200, "hello"}, std::tuple{kInChunks, 400, "hello!"}}) {
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
      AnswerReader reader;
      arrive(reader, bytes.substr(0, cut));
      ASSERT_EQ(reader.read(), State::kPartial) << cut;
      arrive(reader, bytes.substr(cut));
      ASSERT_EQ(reader.read(), State::kComplete) << cut;
      EXPECT_EQ(reader.answer().status, status);
      EXPECT_EQ(reader.answer().body, body);
      EXPECT_FALSE(reader.closes());
    }
  }
}

TEST(AnswerReader, OneAnswerFollowsTheOther) {
  AnswerReader reader;
  arrive(reader, std::string(kInChunks) + std::string(kWithLength));
  ASSERT_EQ(reader.read(), State::kComplete);
  EXPECT_EQ(reader.answer().status, 400);
  reader.finish();
  ASSERT_EQ(reader.read(), State::kComplete);
  EXPECT_EQ(reader.answer().body, "hello");
  reader.finish();
  EXPECT_EQ(reader.read(), State::kPartial);
}

TEST(AnswerReader, ABodyWithoutALengthEndsWithItsConnection) {
  AnswerReader reader;
  arrive(reader, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhel");
  EXPECT_EQ(reader.read(), State::kPartial);
  arrive(reader, "lo");
  reader.ended();
  ASSERT_EQ(reader.read(), State::kComplete);
  EXPECT_EQ(reader.answer().body, "hello");
  EXPECT_TRUE(reader.closes());
}

TEST(AnswerReader, AServerThatClosesSaysSo) {
  for (const char* const head : {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                                 "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    AnswerReader reader;
    arrive(reader, head);
    EXPECT_EQ(reader.read(), State::kComplete);
    EXPECT_TRUE(reader.closes());
  }
}

TEST(AnswerReader, WhatIsNoHttpIsToldApart) {
  for (const char* const bytes :
       {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
    AnswerReader reader;
    arrive(reader, bytes);
    EXPECT_EQ(reader.read(), State::kNotHttp) << bytes;
  }
}

}  // namespace
}  // namespace penstock
