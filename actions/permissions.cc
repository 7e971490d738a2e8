#include "actions/permissions.h"

#include <utility>

namespace penstock {

Result<Operation> plan_operation(sqs::AddPermissionRequest&& request, const Addressed&, Asked&) {
  return AddPermission{
      {std::move(*request.label), std::move(request.account_ids), std::move(request.actions)}};
}

Result<Operation> plan_operation(sqs::RemovePermissionRequest&& request, const Addressed&, Asked&) {
  return RemovePermission{std::move(*request.label)};
}

}  // namespace penstock
