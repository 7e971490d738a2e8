#include "server/resources_page.h"

#include <optional>
#include <utility>

#include "resources/description.h"
#include "server/health.h"

namespace penstock {
namespace {

constexpr std::string_view kPath = "/resources";

ApiResponse text(int status, std::string body) {
  ApiResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

bool is_this_machine(std::string_view peer) {
  return peer == "::1" || peer.starts_with("127.") || peer.starts_with("::ffff:127.");
}

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

}  // namespace

bool ResourcesPage::is_at(const ApiRequest& request) { return path_of(request.target) == kPath; }

std::variant<ApiResponse, UnderWay> ResourcesPage::handle(const ApiRequest& request,
                                                          const Ticket& ticket) const {
  if (verified_ && !is_this_machine(request.peer)) {
    return text(403, "This is shown to the machine itself only, since signatures are verified.\n");
  }
  if (!worlds_of(request.target)) {
    return text(400, "Behind the ? may stand account=TWELVE DIGITS and region=NAME.\n");
  }
  if (!broker_.running()) return text(503, "The daemon is starting.\n");
  broker_.ask_facts(ticket);
  UnderWay under_way;
  under_way.call.page = request.target;
  return under_way;
}

ApiResponse ResourcesPage::render(const std::string& page) const {
  ApiResponse response = text(200, description_of(*broker_.facts(), *worlds_of(page)));
  response.content_type = "application/yaml";
  return response;
}

}  // namespace penstock
