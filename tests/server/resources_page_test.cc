// The page of what there is, and who is shown it.
#include "server/resources_page.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

int status_for(bool verified, std::string_view peer, std::string_view target = "/resources") {
  BrokerThread broker({}, 1);
  const ResourcesPage page(broker, verified);
  ApiRequest request;
  request.method = "GET";
  request.target = target;
  request.peer = peer;
  EXPECT_TRUE(ResourcesPage::is_at(request)) << target;
  const auto answer = page.handle(request, Ticket{});
  const auto* const response = std::get_if<ApiResponse>(&answer);
  return response == nullptr ? 0 : response->status;
}

TEST(ResourcesPage, IsForTheMachineItselfWhereSignaturesAreVerified) {
  for (const char* peer : {"127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(status_for(true, peer), 503) << peer;  // it would be shown, but nothing is decided yet
  }
  for (const char* peer : {"10.0.0.1", "::2", "", "1127.0.0.1", "::ffff:10.0.0.1"}) {
    EXPECT_EQ(status_for(true, peer), 403) << peer;
    EXPECT_EQ(status_for(false, peer), 503) << peer;
  }
}

TEST(ResourcesPage, TakesAnAccountAndARegionAndNothingElse) {
  for (const char* target :
       {"/resources", "/resources?account=000000000000", "/resources?region=x&account=111122223333"}) {
    EXPECT_EQ(status_for(false, "127.0.0.1", target), 503) << target;
  }
  for (const char* target : {"/resources?account=1", "/resources?region=", "/resources?a=b", "/resources?",
                             "/resources?&", "/resources?region"}) {
    EXPECT_EQ(status_for(false, "127.0.0.1", target), 400) << target;
  }
}

}  // namespace
}  // namespace penstock
