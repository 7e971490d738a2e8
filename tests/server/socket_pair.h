// Two ends of a stream, for what needs a socket and no network.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "server/socket.h"

namespace penstock {

struct SocketPair {
  Socket ours{-1};
  Socket theirs{-1};

  static SocketPair make() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    return {Socket(ends[0]), Socket(ends[1])};
  }
};

}  // namespace penstock
