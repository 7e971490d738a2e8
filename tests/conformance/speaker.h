// Speaker: who puts a case's requests to a stack, and hears what it answers.
//
// RawSpeaker writes and reads the bytes of a protocol itself, strictly (speech.h). SdkSpeaker (sdk_speaker.h)
// has an SDK do it. Requests are known by the number that ask() returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/conformance/speech.h"
#include "tests/conformance/stack.h"

namespace penstock::conformance {

// What a step asks for, with AWS JSON's names; the `@` members of the step are the headers and the path.
struct Asked {
  std::string action;
  bool of_sns = false;
  Json members = Json::object();
  HeaderLines headers;
  std::string path = "/";
};

class Speaker {
 public:
  virtual ~Speaker() = default;

  // Of SQS; SNS speaks AWS Query only.
  virtual Protocol protocol() const = 0;
  // Asks. The stack stays what the request's answer is taken from.
  virtual std::uint64_t ask(Stack& stack, const Asked& asked) = 0;
  // Nothing: it waits.
  virtual std::optional<HeardAnswer> answer(std::uint64_t request) = 0;
  // The case is over, and its stack goes.
  virtual void leave() {}
};

class RawSpeaker final : public Speaker {
 public:
  explicit RawSpeaker(Protocol protocol) : protocol_(protocol) {}

  Protocol protocol() const override { return protocol_; }
  std::uint64_t ask(Stack& stack, const Asked& asked) override;
  std::optional<HeardAnswer> answer(std::uint64_t request) override;

 private:
  struct UnderWay {
    Stack* stack = nullptr;
    std::uint64_t number = 0;  // the stack's own
    std::string action;
    bool of_sns = false;
  };

  Protocol protocol_;
  std::vector<UnderWay> requests_;
};

}  // namespace penstock::conformance
