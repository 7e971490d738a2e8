// The page of what there is, as the admin side asks for it.
#include "server/resources_page.h"

#include <gtest/gtest.h>

namespace penstock {
namespace {

// 200: it is on its way.
int status_for(std::string_view target) {
  BrokerThread broker({}, 1);
  const AdminGround ground{.broker = broker, .metrics = {}, .world = {}, .url_base = {}, .deliveries = {}};
  ApiRequest request;
  request.method = "GET";
  request.target = target;
  SeededRandom random(1);
  const AdminAnswer answer = answer_resources({ground, request, Ticket{}, random});
  const auto* const response = std::get_if<ApiResponse>(&answer);
  return response == nullptr ? 200 : response->status;
}

TEST(ResourcesPage, TakesAnAccountAndARegionAndNothingElse) {
  for (const char* target :
       {"/resources", "/resources?account=000000000000", "/resources?region=x&account=111122223333"}) {
    EXPECT_EQ(status_for(target), 200) << target;
  }
  for (const char* target : {"/resources?account=1", "/resources?region=", "/resources?a=b", "/resources?",
                             "/resources?&", "/resources?region"}) {
    EXPECT_EQ(status_for(target), 400) << target;
  }
}

}  // namespace
}  // namespace penstock
