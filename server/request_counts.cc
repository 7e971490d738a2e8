#include "server/request_counts.h"

#include <algorithm>

#include "protocol/errors.h"
#include "protocol/query_document.h"

namespace penstock {
namespace {

constexpr auto kNames = [] {
  std::array<std::string_view, kActionsKnown> names;
  std::copy_n(kActionNames.all.begin(), kActionsKnown, names.begin());
  return names;
}();
static_assert(std::is_sorted(kNames.begin(), kNames.end()));

ActionIndex index_of(std::string_view name) {
  const auto found = std::lower_bound(kNames.begin(), kNames.end(), name);
  if (found == kNames.end() || *found != name) return kActionsKnown;
  return static_cast<ActionIndex>(found - kNames.begin());
}

// The value of Action in a form or query, as it stands: the names need no decoding.
std::string_view action_in(std::string_view form) {
  constexpr std::string_view kName = "Action=";
  std::size_t at = 0;
  while (!form.substr(at).starts_with(kName)) {
    at = form.find('&', at);
    if (at == std::string_view::npos) return {};
    ++at;
  }
  const std::string_view value = form.substr(at + kName.size());
  return value.substr(0, value.find('&'));
}

std::string_view code_of(const ApiResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "x-amzn-query-error") return std::string_view(value).substr(0, value.find(';'));
  }
  constexpr std::string_view kBegin = "<Code>";
  const std::size_t at = response.body.find(kBegin);
  if (at == std::string::npos) return {};
  const std::string_view rest = std::string_view(response.body).substr(at + kBegin.size());
  return rest.substr(0, rest.find('<'));
}

}  // namespace

ActionIndex action_asked(const ApiRequest& request) {
  if (const auto target = request.header("x-amz-target")) {
    const ActionIndex action = index_of(target->substr(target->find('.') + 1));
    if (action != kActionsKnown) return action;
  }
  const std::size_t mark = request.target.find('?');
  if (mark != std::string_view::npos) {
    const ActionIndex action = index_of(action_in(request.target.substr(mark + 1)));
    if (action != kActionsKnown) return action;
  }
  // A body in JSON is not searched.
  if (request.body.starts_with('{')) return kActionsKnown;
  return index_of(action_in(request.body));
}

std::string_view action_name(ActionIndex action) {
  return action < kActionsKnown ? kNames[action] : std::string_view("Unknown");
}

std::optional<ErrorCode> error_in(const ApiResponse& response) {
  if (response.status < 400) return std::nullopt;
  const std::string_view code = code_of(response);
  for (const WireError& row : wire_errors()) {
    // SNS says some codes without what SQS has before them.
    if (row.query_code == code || code_in(kSnsDialect, row.code) == code) return row.code;
  }
  return ErrorCode::kInvalidAction;
}

void RequestCounts::add(ActionIndex action, std::optional<ErrorCode> error, Duration duration) {
  OfAction& counts = actions_[action];
  const auto amount = static_cast<std::uint64_t>(std::max<Duration::rep>(duration.count(), 0));
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), amount) - kBounds.begin();
  grow(counts.buckets[static_cast<std::size_t>(bucket)], 1);
  grow(counts.sum, amount);
  grow(error ? counts.refused[static_cast<std::size_t>(*error) % kErrorCodes] : counts.succeeded, 1);
}

}  // namespace penstock
