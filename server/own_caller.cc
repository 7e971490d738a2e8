#include "server/own_caller.h"

#include <utility>

namespace penstock {
namespace {

constexpr const char* kRequestId = "00000000-0000-0000-0000-000000000000";

}  // namespace

Ticket OwnCaller::next_ticket(const Awaited& answer) {
  const std::lock_guard lock(mutex_);
  const Ticket ticket{static_cast<std::uint64_t>(place_) << kSessionThreadShift, ++requests_};
  waiting_.emplace(ticket.request, answer);
  return ticket;
}

std::optional<std::string> OwnCaller::perform(const ApiCall& call, const DispatchSettings& settings) {
  const auto answer = std::make_shared<std::promise<Answer>>();
  const Ticket ticket = next_ticket(answer);
  auto planned = plan(call.request(), settings, ticket, kRequestId);
  std::optional<ApiResponse> response;
  if (auto* const refused = std::get_if<ApiResponse>(&planned)) {
    response = std::move(*refused);
  } else {
    auto& [command, remembered, account] = std::get<PlannedCommand>(planned);
    std::vector<Command> commands;
    commands.push_back(std::move(command));
    broker_.post(commands);
    response =
        commands.empty() ? render(*remembered, answer->get_future().get()) : render_unavailable(*remembered);
    if (commands.empty()) return refusal_in(*response);
  }
  const std::lock_guard lock(mutex_);
  waiting_.erase(ticket.request);
  return refusal_in(*response);
}

ResourceFactsPtr OwnCaller::facts() {
  const auto answer = std::make_shared<std::promise<Answer>>();
  broker_.ask_facts(next_ticket(answer));
  answer->get_future().wait();
  return broker_.facts();
}

void OwnCaller::deliver(std::vector<Reply>&& replies) {
  for (Reply& reply : replies) {
    Awaited waits;
    {
      const std::lock_guard lock(mutex_);
      const auto found = waiting_.extract(reply.ticket.request);
      if (found) waits = std::move(found.mapped());
    }
    if (waits) waits->set_value(std::move(reply.answer));
  }
}

}  // namespace penstock
