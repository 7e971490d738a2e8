// What access policies are asked: the same question for the same request within a second, and another one as
// soon as anything that a policy can see differs.
#include <gtest/gtest.h>

#include <functional>

#include "actions/access.h"
#include "actions/caller.h"
#include "broker/access_question.h"

namespace penstock {
namespace {

using std::chrono::seconds;

const World kMail{AccountId{111111111111}, *Region::parse("us-east-1")};

KnownCallersPtr known_callers() {
  std::vector<Credential> all;
  for (const char* const user : {"alice", "bob"}) {
    all.push_back({.identity = {.access_key_id = user, .account = "111111111111", .user = user},
                   .secret_access_key = Secret("0123456789abcdef")});
  }
  all[1].identity.policies = {
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*",)"
      R"("Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.1"}}}]})"};
  return *KnownCallers::gather(std::move(all));
}

// All that a question is made of.
struct Asking {
  KnownCallersPtr known = known_callers();
  std::size_t who = 0;
  bool anonymous = false;
  Region region = kMail.region;  // that was signed for
  World world = kMail;
  std::string service = "sqs", operation = "SendMessage", name = "mail", peer = "10.0.0.1";
  std::optional<std::string> agent = "curl";
  bool secure = false;
  WallTime now{seconds{1'700'000'000}};

  AccessQuestionPtr of(AccessQuestions& questions) const {
    Caller caller{.world = {kMail.account, region}};
    caller.verified = true;
    caller.url_base = "http://queues.example";
    if (!anonymous) caller.proven = std::shared_ptr<const KnownCallers::Known>(known, &known->at(who));
    ApiRequest request;
    request.method = "POST";
    request.target = "/";
    request.peer = peer;
    request.secure = secure;
    if (agent) request.headers.emplace_back("User-Agent", *agent);
    return questions.ask(caller, request, {service, operation, world, name}, now);
  }
};

std::string value(const AccessQuestionPtr& question, const char* key) {
  const auto values = question->request.context.values(key);
  return values.empty() ? "(none)" : values.front();
}

TEST(AccessQuestions, TheSameRequestWithinASecondIsTheSameQuestion) {
  AccessQuestions questions;
  const Asking asking;
  const AccessQuestionPtr first = asking.of(questions);
  EXPECT_EQ(asking.of(questions), first);
  EXPECT_EQ(questions.made(), 1U);
  EXPECT_EQ(first->request.action, "sqs:SendMessage");
  EXPECT_EQ(first->request.resource, "arn:aws:sqs:us-east-1:111111111111:mail");
  EXPECT_EQ(value(first, "aws:principalarn"), "arn:aws:iam::111111111111:user/alice");
  EXPECT_EQ(value(first, "aws:currenttime"), "2023-11-14T22:13:20Z");
}

// Asked in turns, so that a part which were left out would have the one answer stand for the other.
TEST(AccessQuestions, WhateverDiffersIsAskedAnew) {
  struct Difference {
    const char* what;
    std::function<void(Asking&)> makes;
    std::function<std::string(const AccessQuestionPtr&)> seen;
  };
  const auto key = [](const char* name) {
    return [name](const AccessQuestionPtr& question) { return value(question, name); };
  };
  const auto resource = [](const AccessQuestionPtr& question) { return question->request.resource; };
  const auto action = [](const AccessQuestionPtr& question) { return question->request.action; };
  const std::vector<Difference> differences{
      {"who", [](Asking& asking) { asking.who = 1; }, key("aws:username")},
      {"nobody", [](Asking& asking) { asking.anonymous = true; }, key("aws:principaltype")},
      {"region", [](Asking& asking) { asking.region = *Region::parse("eu-west-1"); },
       key("aws:requestedregion")},
      {"account", [](Asking& asking) { asking.world.account = AccountId{222222222222}; }, resource},
      {"the queue's region", [](Asking& asking) { asking.world.region = *Region::parse("eu-west-1"); },
       resource},
      {"service", [](Asking& asking) { asking.service = "sns"; }, resource},
      {"operation", [](Asking& asking) { asking.operation = "ReceiveMessage"; }, action},
      {"name", [](Asking& asking) { asking.name = "post"; }, resource},
      {"no name", [](Asking& asking) { asking.name = ""; }, resource},
      {"peer", [](Asking& asking) { asking.peer = "10.0.0.2"; }, key("aws:sourceip")},
      {"agent", [](Asking& asking) { asking.agent = "wget"; }, key("aws:useragent")},
      {"no agent", [](Asking& asking) { asking.agent.reset(); }, key("aws:useragent")},
      {"an empty agent", [](Asking& asking) { asking.agent = ""; }, key("aws:useragent")},
      {"TLS", [](Asking& asking) { asking.secure = true; }, key("aws:securetransport")},
      {"time", [](Asking& asking) { asking.now += seconds{1}; }, key("aws:epochtime")},
  };
  for (const Difference& difference : differences) {
    AccessQuestions questions;
    const Asking one;
    Asking other;
    other.known = one.known;
    difference.makes(other);
    const std::string as_one = difference.seen(one.of(questions));
    const std::string as_other = difference.seen(other.of(questions));
    EXPECT_NE(as_one, as_other) << difference.what;
    EXPECT_EQ(difference.seen(one.of(questions)), as_one) << difference.what;
    EXPECT_EQ(difference.seen(other.of(questions)), as_other) << difference.what;
  }
}

TEST(AccessQuestions, WhatTheCallersOwnPoliciesSayGoesWithTheQuestion) {
  AccessQuestions questions;
  Asking bob;
  bob.who = 1;
  EXPECT_EQ(bob.of(questions)->by_identity, AccessPolicy::Verdict::kAllows);
  bob.peer = "10.0.0.2";
  EXPECT_EQ(bob.of(questions)->by_identity, AccessPolicy::Verdict::kSilent);
  bob.peer = "10.0.0.1";
  EXPECT_EQ(bob.of(questions)->by_identity, AccessPolicy::Verdict::kAllows);
}

// The same user of credentials that were read anew may have other policies.
TEST(AccessQuestions, OtherCredentialsAreOtherCallers) {
  AccessQuestions questions;
  const Asking before, after;  // each has credentials of its own
  const AccessQuestionPtr first = before.of(questions);
  EXPECT_NE(after.of(questions), first);
  questions.forget();
  const std::weak_ptr<const KnownCallers> let_go = [] {
    AccessQuestions others;
    const Asking asking;
    asking.of(others);
    others.forget();
    return std::weak_ptr<const KnownCallers>(asking.known);
  }();
  EXPECT_TRUE(let_go.expired()) << "what is forgotten holds on to nothing";
}

TEST(AccessQuestions, NeitherNobodysNorWhatIsTooLongIsKept) {
  AccessQuestions questions;
  Asking asking;
  asking.anonymous = true;
  EXPECT_NE(asking.of(questions), asking.of(questions));
  EXPECT_EQ(asking.of(questions)->refusal,
            "Access to the resource http://queues.example/111111111111/mail is denied.");
  asking.anonymous = false;
  asking.agent = std::string(AccessQuestions::kAgentBytesMax, 'a');
  EXPECT_EQ(asking.of(questions), asking.of(questions));
  asking.agent->push_back('a');
  const AccessQuestionPtr first = asking.of(questions);
  EXPECT_NE(asking.of(questions), first);
  EXPECT_EQ(value(first, "aws:useragent"), *asking.agent);
}

}  // namespace
}  // namespace penstock
