#include "server/listener.h"

#include <gtest/gtest.h>

#include "server/admin_service.h"
#include "tests/server/http_client.h"

namespace penstock {
namespace {

class ListenerPlay : public testing::Test {
 protected:
  ListenerPlay() { io_.start(); }

  static Endpoint any_port() { return *Endpoint::parse("127.0.0.1:0"); }
  // Sessions use it for farewells, so that it goes after them.
  std::unique_ptr<Listener> listener(std::size_t connections_max, std::size_t address_max) {
    return std::make_unique<Listener>(Listener::Bounds{connections_max, address_max},
                                      std::vector<IoThread*>{&io_});
  }
  bool served(HttpClient& client) {
    client.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.answer().status == 200;
  }
  void end_sessions() {
    io_.abort();
    io_.flush();
  }

  void expect_room_for_two(std::size_t connections_max, std::size_t address_max) {
    const auto one = listener(connections_max, address_max);
    const Endpoint bound = *one->bind(any_port(), "listen");
    one->serve(bound, service_);
    HttpClient first(bound.port);
    HttpClient second(bound.port);
    EXPECT_TRUE(served(first));
    EXPECT_TRUE(served(second));
    HttpClient third(bound.port);
    EXPECT_TRUE(third.ended());

    first.close();
    // Its session may see the close a little later; each further connection lets the listener look again.
    bool room = false;
    for (int i = 0; i < 10'000 && !room; ++i) {
      HttpClient next(bound.port);
      room = served(next);
    }
    EXPECT_TRUE(room);
    one->stop();
    end_sessions();
  }

  BrokerThread broker_{{}, 16};
  AdminCounts counts_;
  AdminService service_{AdminGround{.broker = broker_, .metrics = {&broker_, {}, {}, 0}},
                        AdminGuard(false, nullptr), counts_};
  IoThread io_{{0, 1 << 20, false}, broker_};
};

TEST_F(ListenerPlay, APortInUseIsAnErrorThatSaysWhichAndWhatToDo) {
  const auto first = listener(10, 10);
  const auto bound = first->bind(any_port(), "listen");
  ASSERT_TRUE(bound);
  EXPECT_NE(bound->port, 0);

  const auto second = listener(10, 10);
  const auto refused = second->bind(*bound, "admin-listen");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().exit_code, kExitUnavailable);
  for (const std::string& part : {bound->text(), std::to_string(bound->port), std::string("--admin-listen"),
                                  std::string("in use"), std::string("another port")}) {
    EXPECT_NE(refused.error().text.find(part), std::string::npos) << part;
  }
}

TEST_F(ListenerPlay, AnAddressOfAnotherMachineIsAnError) {
  const auto refused = listener(1, 1)->bind(*Endpoint::parse("192.0.2.1:0"), "listen");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("192.0.2.1:0"), std::string::npos);
}

TEST_F(ListenerPlay, WhoConnectsBeforeItServesWaitsAndIsNotRefused) {
  const auto one = listener(10, 10);
  const Endpoint bound = *one->bind(any_port(), "listen");
  HttpClient early(bound.port);
  ASSERT_TRUE(early.connected());
  early.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
  one->serve(bound, service_);
  EXPECT_EQ(early.answer().status, 200);
  end_sessions();
}

TEST_F(ListenerPlay, ConnectionsBeyondTheBoundOfAllAreClosedAndThereIsRoomAgainWhenOthersEnd) {
  expect_room_for_two(2, 10);
}

TEST_F(ListenerPlay, ConnectionsBeyondTheBoundOfAnAddressAreClosedAndThereIsRoomAgainWhenOthersEnd) {
  expect_room_for_two(10, 2);
}

TEST_F(ListenerPlay, AfterAStopThePortIsFree) {
  const auto one = listener(10, 10);
  const Endpoint bound = *one->bind(any_port(), "listen");
  one->serve(bound, service_);
  one->stop();
  EXPECT_FALSE(HttpClient(bound.port).connected());
  EXPECT_TRUE(listener(10, 10)->bind(bound, "listen"));
}

}  // namespace
}  // namespace penstock
