#include "server/response_head.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

using Persistence = ResponseHead::Persistence;

TEST(ResponseHead, SaysStatusLengthDateAndType) {
  ResponseHead head;
  ApiResponse response;
  response.content_type = "application/json";
  response.headers = {{"x-amzn-RequestId", "1"}};
  response.body = "{}";
  EXPECT_EQ(head.build(response, Persistence::kStays, 784111777),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\nx-amzn-RequestId: 1\r\n\r\n");
}

TEST(ResponseHead, AnEmptyBodyHasALengthAndNoType) {
  ResponseHead head;
  EXPECT_EQ(head.build(ApiResponse{}, Persistence::kStays, 0),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n");
}

TEST(ResponseHead, SaysWhetherTheConnectionStaysWhereItMustBeSaid) {
  ResponseHead head;
  EXPECT_NE(head.build({}, Persistence::kCloses, 0).find("\r\nConnection: close\r\n"),
            std::string_view::npos);
  EXPECT_NE(head.build({}, Persistence::kSaysStays, 0).find("\r\nConnection: keep-alive\r\n"),
            std::string_view::npos);
}

TEST(ResponseHead, NoHeaderValueCanEndItsLine) {
  ResponseHead head;
  ApiResponse response;
  response.headers = {{"a", std::string("b\r\nc: d\0e", 9)}};
  EXPECT_NE(head.build(response, Persistence::kStays, 0).find("\r\na: b  c: d e\r\n"),
            std::string_view::npos);
}

}  // namespace
}  // namespace penstock
