#include "server/endpoint.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Endpoint, AnAddressAndPortReadAsWritten) {
  for (const char* text : {"127.0.0.1:4566", "0.0.0.0:80", "[::1]:4566", "[2001:db8::7]:65535"}) {
    const auto endpoint = Endpoint::parse(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->text(), text);
  }
  EXPECT_EQ(Endpoint::parse("localhost:1"), Endpoint::parse("127.0.0.1:1"));
}

TEST(Endpoint, WhatIsNoAddressAndPortIsRefused) {
  for (const char* text :
       {"", ":", "4566", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:4566x",
        "::1:4566", "[::1]", "[]:1", "127.0.0:1", "example.com:80", " 127.0.0.1:1"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Endpoint, OnlyThisMachineReachesLoopback) {
  EXPECT_TRUE(Endpoint::parse("127.0.0.1:1")->loopback());
  EXPECT_TRUE(Endpoint::parse("127.8.0.1:1")->loopback());
  EXPECT_TRUE(Endpoint::parse("[::1]:1")->loopback());
  EXPECT_FALSE(Endpoint::parse("0.0.0.0:1")->loopback());
  EXPECT_FALSE(Endpoint::parse("[::]:1")->loopback());
  EXPECT_FALSE(Endpoint::parse("10.0.0.1:1")->loopback());
}

TEST(Endpoint, AWildcardIsReachedAtTheLoopbackAddressOfItsFamily) {
  EXPECT_EQ(Endpoint::parse("0.0.0.0:80")->reached_locally().text(), "127.0.0.1:80");
  EXPECT_EQ(Endpoint::parse("[::]:80")->reached_locally().text(), "[::1]:80");
  EXPECT_EQ(Endpoint::parse("10.0.0.1:80")->reached_locally().text(), "10.0.0.1:80");
  EXPECT_EQ(Endpoint::parse("[2001:db8::]:80")->reached_locally().text(), "[2001:db8::]:80");
}

}  // namespace
}  // namespace penstock
