// SdkSpeaker: has an SDK ask and hear.
//
// The SDK is another process (sdk_program.h), which reaches the stack through a port (stack_port.h). A call
// is over when the program says so; it waits when its request has come and the stack has no answer yet. Cases
// call the endpoint localhost:4566, so the port's own address is written so in what is heard, and the other
// way round in what is said.
#pragma once

#include <map>

#include "tests/conformance/sdk_program.h"
#include "tests/conformance/speaker.h"
#include "tests/conformance/stack_port.h"

namespace penstock::conformance {

class SdkSpeaker final : public Speaker {
 public:
  explicit SdkSpeaker(const std::vector<std::string>& command);

  Protocol protocol() const override { return protocol_; }
  std::uint64_t ask(Stack& stack, const Asked& asked) override;
  std::optional<HeardAnswer> answer(std::uint64_t request) override;

  void leave() override { port_.leave(); }

  // Whether an SDK can perform it at all: no bytes as they are, no headers or paths of the case's own.
  bool can_perform(const Case& one) const;

 private:
  struct UnderWay {
    bool of_sns = false;
    std::uint64_t arrival = 0;  // the port's number of its request; 0: none has come
  };

  // Serves the port until something has happened, and reads what the program says. False: nothing has, for as
  // long as a call may take, or the program has ended.
  bool listen_to_program();
  HeardAnswer understood(const Json& line, const UnderWay& call) const;

  StackPort port_;
  SdkProgram program_;
  Protocol protocol_{};
  bool has_sns_ = false;
  std::uint64_t calls_ = 0;
  std::map<std::uint64_t, UnderWay> under_way_;
  std::map<std::uint64_t, Json> lines_;
};

}  // namespace penstock::conformance
