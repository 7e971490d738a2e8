#include "server/resources_page.h"

#include <optional>
#include <utility>

#include "resources/description.h"
#include "server/admin_guard.h"

namespace penstock {
namespace {

// Nothing: it says something else.
std::optional<DescribedWorlds> worlds_of(std::string_view target) {
  DescribedWorlds worlds;
  std::string_view query = target.substr(std::min(target.find('?'), target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);  // the ? or &
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(pair.size());
    const std::string_view value = pair.substr(std::min(pair.find('=') + 1, pair.size()));
    if (pair.starts_with("account=")) {
      worlds.account = AccountId::parse(value);
      if (!worlds.account) return std::nullopt;
    } else if (pair.starts_with("region=")) {
      worlds.region = Region::parse(value);
      if (!worlds.region) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return worlds;
}

class PendingResources final : public PendingPage {
 public:
  PendingResources(const BrokerThread& broker, const DescribedWorlds& worlds)
      : broker_(broker), worlds_(worlds) {}
  ApiResponse render(const Answer&) const override {
    ApiResponse response;
    response.content_type = "application/yaml";
    response.body = description_of(*broker_.facts(), worlds_);
    return response;
  }

 private:
  const BrokerThread& broker_;
  const DescribedWorlds worlds_;
};

}  // namespace

AdminAnswer answer_resources(const AdminCall& call) {
  const std::optional<DescribedWorlds> worlds = worlds_of(call.request.target);
  if (!worlds) return admin_refusal(400, "Behind the ? may stand account=TWELVE DIGITS and region=NAME.");
  call.ground.broker.ask_facts(call.ticket);
  UnderWay under_way;
  under_way.call = PendingCall(std::make_unique<const PendingResources>(call.ground.broker, *worlds));
  return under_way;
}

}  // namespace penstock
