// How a telephone opts out of SMS: at AWS its owner answers STOP; here somebody says so on the admin address.
//
//   POST /sns/opted-out-numbers   {"PhoneNumber": "+15550100"}
//
// "Account" and "Region" may be said too.
#pragma once

#include <string_view>
#include <variant>

#include "broker/command.h"
#include "protocol/api_message.h"

namespace penstock {

struct OptOutPage {
  static constexpr std::string_view kPath = "/sns/opted-out-numbers";

  World world;  // where nothing is said

  // The command, or 4xx with what is wrong.
  std::variant<ApiResponse, Command> plan(const ApiRequest& request, const Ticket& ticket) const;
  static ApiResponse render(const Answer& answer);
};

}  // namespace penstock
