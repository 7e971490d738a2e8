// What is an answer of a peer, what is only a part of one, and what is none.
#include "bench/wire_load.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace penstock {
namespace {

using namespace std::string_literals;

void expect_whole_only(const WireProtocol::Answer& answer, const std::string& whole) {
  for (std::size_t cut = 0; cut < whole.size(); ++cut) EXPECT_EQ(answer(whole.substr(0, cut)), 0U) << cut;
  EXPECT_EQ(answer(whole), whole.size());
  EXPECT_EQ(answer(whole + "more"), whole.size());
}

TEST(WireLoad, AnAnswerOfRedisIsTheIdOfTheEntry) {
  const WireProtocol redis = redis_xadd(3);
  EXPECT_EQ(redis.request, "*5\r\n$4\r\nXADD\r\n$1\r\ns\r\n$1\r\n*\r\n$1\r\nm\r\n$3\r\nxxx\r\n");
  expect_whole_only(redis.answer, "$15\r\n1795814990073-0\r\n");
  EXPECT_THROW(redis.answer("-OOM command not allowed\r\n"), std::runtime_error);
}

TEST(WireLoad, AJobThatIsBuriedForWantOfMemoryIsNotInserted) {
  const WireProtocol beanstalkd = beanstalkd_put(3);
  EXPECT_EQ(beanstalkd.request, "put 0 0 60 3\r\nxxx\r\n");
  expect_whole_only(beanstalkd.answer, "INSERTED 17\r\n");
  EXPECT_THROW(beanstalkd.answer("BURIED 17\r\n"), std::runtime_error);
}

TEST(WireLoad, APublishIsAnsweredByItsConfirmAndByNoOtherMethod) {
  const WireProtocol amqp = amqp_publish(3);
  const std::string ack = "\x01\0\x01\0\0\0\x0d\0\x3c\0\x50\0\0\0\0\0\0\0\x07\0\xce"s;
  expect_whole_only(amqp.answer, ack);
  std::string nack = ack;
  nack[10] = '\x78';
  EXPECT_THROW(amqp.answer(nack), std::runtime_error);
  // A persistent message of three bytes: header and body, each a frame.
  EXPECT_TRUE(
      amqp.request.ends_with("\x02\0\x01\0\0\0\x0f\0\x3c\0\0\0\0\0\0\0\0\0\x03\x10\0\x02\xce"
                             "\x03\0\x01\0\0\0\x03xxx\xce"s));
}

}  // namespace
}  // namespace penstock
