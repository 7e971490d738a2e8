#include "tests/conformance/speaker.h"

namespace penstock::conformance {

std::uint64_t RawSpeaker::ask(Stack& stack, const Asked& asked) {
  SpokenRequest request = asked.of_sns ? spoken_to_sns(asked.action, asked.members)
                                       : spoken(protocol_, asked.action, asked.members);
  request.target = asked.path;
  for (const auto& header : asked.headers) request.headers.push_back(header);
  requests_.push_back({&stack, stack.send(request.view()), asked.action, asked.of_sns});
  return requests_.size() - 1;
}

std::optional<HeardAnswer> RawSpeaker::answer(std::uint64_t request) {
  const UnderWay& asked = requests_[request];
  const ApiResponse* response = asked.stack->answer(asked.number);
  if (response == nullptr) return std::nullopt;
  return asked.of_sns ? heard_from_sns(asked.action, *response) : heard(protocol_, asked.action, *response);
}

}  // namespace penstock::conformance
