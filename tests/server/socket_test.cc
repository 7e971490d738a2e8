#include "server/socket.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "tests/server/socket_pair.h"

namespace penstock {
namespace {

TEST(Socket, BytesArriveInOneRunWhateverPartsTheyWereWrittenIn) {
  SocketPair pair = SocketPair::make();
  EXPECT_EQ(pair.theirs.write("head ", "body").bytes, 9U);
  EXPECT_EQ(pair.theirs.write(" more").bytes, 5U);
  std::array<char, 64> buffer{};
  const Transfer read = pair.ours.read(buffer);
  EXPECT_EQ(read.flow, Flow::kMoved);
  EXPECT_EQ(std::string_view(buffer.data(), read.bytes), "head body more");
}

TEST(Socket, NothingToReadIsNotTheEnd) {
  SocketPair pair = SocketPair::make();
  std::array<char, 64> buffer{};
  EXPECT_EQ(pair.ours.read(buffer).flow, Flow::kBlocked);
  EXPECT_EQ(pair.ours.look(), Flow::kBlocked);
  pair.theirs.shut_sending();
  EXPECT_EQ(pair.ours.look(), Flow::kEnded);
  EXPECT_EQ(pair.ours.read(buffer).flow, Flow::kEnded);
}

TEST(Socket, ALookTakesNothing) {
  SocketPair pair = SocketPair::make();
  pair.theirs.write("x");
  EXPECT_EQ(pair.ours.look(), Flow::kMoved);
  std::array<char, 64> buffer{};
  EXPECT_EQ(pair.ours.read(buffer).bytes, 1U);
}

TEST(Socket, WhatTheKernelDoesNotTakeIsNotCountedAsWritten) {
  SocketPair pair = SocketPair::make();
  const std::string bytes(1 << 20, 'x');
  std::size_t written = 0;
  Transfer last;
  for (int attempts = 0; attempts < 1000; ++attempts) {
    last = pair.ours.write(bytes);
    written += last.bytes;
    if (last.flow != Flow::kMoved) break;
  }
  EXPECT_EQ(last.flow, Flow::kBlocked);
  std::string buffer(1 << 20, ' ');
  std::size_t read = 0;
  for (Transfer transfer; (transfer = pair.theirs.read(buffer)).flow == Flow::kMoved;) read += transfer.bytes;
  EXPECT_EQ(read, written);
}

TEST(Socket, WritingToAPeerThatIsGoneIsBrokenAndNoSignal) {
  SocketPair pair = SocketPair::make();
  pair.theirs.close();
  EXPECT_EQ(pair.ours.write("x").flow, Flow::kBroken);
}

}  // namespace
}  // namespace penstock
