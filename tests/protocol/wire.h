// Wire: the stage of the protocol's plays. It speaks HTTP requests to dispatch, has the real core decide,
// and gives back the response; time and chance are the play's.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actions/dispatch.h"
#include "broker/broker.h"

namespace penstock {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

class Wire {
 public:
  Wire();

  // POST / in AWS JSON with the usual headers.
  ApiResponse call(std::string_view action, const nlohmann::json& input);
  ApiResponse call_raw(std::string_view action, std::string_view body);
  ApiResponse exchange(const ApiRequest& request, const DispatchSettings& settings = Wire::settings());

  // The same, and the body of a success as JSON.
  nlohmann::json ok(std::string_view action, const nlohmann::json& input);
  // The refusal as "{status} {query code}: {text}", having checked its form: __type and header agree, and
  // the action's row of the table allows the code.
  std::string refusal(std::string_view action, const nlohmann::json& input);

  // The handle of the one message that a receive gives.
  std::string receive_handle();
  void pass(Milliseconds time) { now_ += time; }

  static const DispatchSettings& settings();
  static ApiRequest request(std::string_view target, std::string_view body);
  static std::string described(const ApiResponse& response);

 private:
  // What the core decides about this command.
  Answer decide(Command&& command);
  void fill_in_cold_contents(Answer& answer) const;

  Broker broker_;
  SeededRandom random_{1};
  Time now_ = from_epoch_milliseconds(1'790'000'000'123);
  std::uint64_t requests_ = 0;
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::pair<MessageHead, ContentPtr>> bodies_;
};

inline constexpr std::string_view kMailUrl = "http://localhost:4566/000000000000/mail";

}  // namespace penstock
