// AccessQuestions: what access policies are asked of requests whose caller is known, or known to be nobody.
//
// A question is the request as policies see it, with all that their conditions may name, and what the
// caller's own policies say of it. Nothing in it is of one request alone: whoever does the same to the same
// queue from the same place within the same second asks the same. So the last ones are kept, each at the one
// place that its parts give, and asked again as they are; one whose parts are not all equal is made anew.
// What is kept holds on to the credentials of its moment, so it is forgotten when there are others.
//
// It belongs to one thread; the questions themselves never change and go where the command goes.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actions/known_callers.h"
#include "auth/wall_time.h"
#include "broker/access_question.h"
#include "broker/address.h"
#include "protocol/api_message.h"

namespace penstock {

struct Caller;  // actions/caller.h

// What is asked of whom: `operation` of `service` ("sqs", "sns") on the queue or topic of that name in that
// world. No name: on "*".
struct AccessSubject {
  std::string_view service;
  std::string_view operation;
  const World& world;
  std::string_view name;
};

class AccessQuestions {
 public:
  static constexpr std::size_t kKeptMax = 256;
  static constexpr std::size_t kAgentBytesMax = 512;  // of what is kept; a longer one is made anew each time

  AccessQuestions() = default;
  AccessQuestions(const AccessQuestions&) = delete;
  AccessQuestions& operator=(const AccessQuestions&) = delete;

  // The caller was verified: it is proven, or anonymous.
  AccessQuestionPtr ask(const Caller& caller, const ApiRequest& request, const AccessSubject& subject,
                        WallTime now);
  // From here on other credentials are the known ones.
  void forget() { kept_ = {}; }

  std::size_t made() const { return made_; }  // so many questions so far

 private:
  struct Parts;
  struct Kept {
    std::shared_ptr<const KnownCallers::Known> known;  // null: nothing is here
    WallTime now;
    World world;
    Region signed_region;
    bool secure = false;
    std::string service, operation, name, peer;
    std::optional<std::string> agent;
    AccessQuestionPtr question;

    bool is_of(const Parts& parts) const;
  };

  Kept& place_of(const Parts& parts);

  std::array<Kept, kKeptMax> kept_{};
  std::size_t made_ = 0;
};

}  // namespace penstock
