#include "actions/sns_dispatch.h"

#include <optional>
#include <type_traits>
#include <utility>

#include "protocol/member_check.h"
#include "protocol/query_decoder.h"
#include "protocol/sns_table.h"
#include "protocol/sqs_table.h"
#include "protocol/text.h"

namespace penstock {
namespace {

constexpr std::string_view kSqsVersion = "2012-11-05";

bool has_sns(std::string_view action) {
  bool found = false;
  each_sns_action(
      [&](auto at) { found = found || std::get<decltype(at)::value>(sns::kActions).name == action; });
  return found;
}

bool has_sqs(std::string_view action) {
  bool found = false;
  each_sqs_action(
      [&](auto at) { found = found || std::get<decltype(at)::value>(sqs::kActions).name == action; });
  return found;
}

Error unknown_action(std::string_view action) {
  return {ErrorCode::kInvalidAction,
          joined({"The action ", echoed(action), " is not valid for this endpoint."})};
}

}  // namespace

Service service_of(const QueryForm& form, std::string_view action) {
  const std::string* version = form.find("Version");
  if (version != nullptr && *version == kSnsVersion) return Service::kSns;
  if (version != nullptr && *version == kStsVersion) return Service::kSts;
  if (version != nullptr && *version == kSqsVersion) return Service::kSqs;
  if (action == kGetCallerIdentity) return Service::kSts;
  if (!has_sns(action)) return Service::kSqs;
  return has_sqs(action) && form.find("TopicArn") == nullptr ? Service::kSqs : Service::kSns;
}

Result<Planned> plan_sns(std::string_view action, const QueryForm& form, const Caller& caller, Call& call) {
  std::optional<Result<Planned>> planned;
  each_sns_action([&](auto at) {
    constexpr auto& kRow = std::get<decltype(at)::value>(sns::kActions);
    if (planned || action != kRow.name) return;
    call.action = kRow.name;
    call.empty_result = kRow.body == sns::Body::kEmpty;
    if constexpr (kRow.standing == Standing::kNotOffered) {
      planned = tl::unexpected(not_offered(joined({"the action ", kRow.name})));
    } else {
      using Request = typename std::decay_t<decltype(kRow)>::Request;
      Result<Request> request = decode_query<Request>(form);
      Result<void> checked = request ? check_members(*request) : tl::unexpected(request.error());
      if (checked) {
        planned = plan_topic(std::move(*request), caller, call);
      } else {
        planned = tl::unexpected(std::move(checked.error()));
      }
    }
  });
  if (planned) return std::move(*planned);
  return tl::unexpected(unknown_action(action));
}

Result<sts::GetCallerIdentityResult> caller_identity(std::string_view action, const Caller& caller) {
  if (action != kGetCallerIdentity) return tl::unexpected(unknown_action(action));
  const std::string account = caller.world.account.text();
  return sts::GetCallerIdentityResult{joined({"arn:aws:iam::", account, ":root"}), account, account};
}

}  // namespace penstock
