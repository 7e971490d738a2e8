// Generated documents: whatever they say, adding a Deny never allows, adding an Allow never undoes an
// explicit deny or any allow, and the order of statements and of documents is irrelevant.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "base/random.h"
#include "broker/access_decision.h"
#include "broker/access_policy.h"

namespace penstock {
namespace {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string statement(bool with_principal, const std::string& effect) {
    std::string text = "{\"Effect\":\"" + effect + "\"";
    if (with_principal) {
      text += one_in(6) ? ",\"NotPrincipal\":" : ",\"Principal\":";
      text += pick({"\"*\"", R"({"AWS":"*"})", R"({"AWS":"111111111111"})",
                    R"({"AWS":"arn:aws:iam::222222222222:root"})",
                    R"({"AWS":["arn:aws:iam::111111111111:user/a","arn:aws:iam::222222222222:role/r"]})",
                    R"({"Service":"sns.amazonaws.com"})",
                    R"({"AWS":"arn:aws:iam::222222222222:user/b","Service":"s3.amazonaws.com"})"});
    }
    text += one_in(6) ? ",\"NotAction\":" : ",\"Action\":";
    text += pick({"\"sqs:*\"", "\"*\"", "\"sqs:SendMessage\"", R"(["sqs:Send*","sqs:DeleteQueue"])",
                  "\"SQS:receivemessage\""});
    text += one_in(6) ? ",\"NotResource\":" : ",\"Resource\":";
    text += pick({"\"*\"", "\"arn:aws:sqs:us-east-1:111111111111:q\"", R"("arn:aws:sqs:*:*:${who}*")",
                  R"(["arn:aws:sqs:*:111111111111:*","arn:aws:sqs:*"])"});
    if (one_in(2)) {
      text += ",\"Condition\":{" +
              pick({R"("StringEquals":{"who":"q"})", R"("StringNotEquals":{"who":["q","r"]})",
                    R"("StringLikeIfExists":{"who":"${team}*"})", R"("Null":{"team":"true"})",
                    R"("ForAllValues:StringEquals":{"team":["a","b"]})",
                    R"("ForAnyValue:StringNotLike":{"team":"a*"})",
                    R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})",
                    R"("Bool":{"secure":"true"},"NumericLessThan":{"n":3})"}) +
              "}";
    }
    return text + "}";
  }
  std::vector<std::string> statements(bool with_principal) {
    std::vector<std::string> all;
    for (auto left = random_.below(5); left > 0; --left) {
      all.push_back(statement(with_principal, one_in(4) ? "Deny" : "Allow"));
    }
    return all;
  }
  AccessRequest request() {
    static const std::vector<AccessCaller> kCallers{
        AccessCaller::anonymous(),
        AccessCaller::service("sns.amazonaws.com"),
        *AccessCaller::of_arn("arn:aws:iam::111111111111:root"),
        *AccessCaller::of_arn("arn:aws:iam::111111111111:user/a"),
        *AccessCaller::of_arn("arn:aws:iam::222222222222:root"),
        *AccessCaller::of_arn("arn:aws:iam::222222222222:user/b"),
        *AccessCaller::of_arn("arn:aws:sts::222222222222:assumed-role/r/s")};
    AccessRequest asked{
        kCallers[random_.below(kCallers.size())],
        pick({"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteQueue"}),
        pick({"arn:aws:sqs:us-east-1:111111111111:q", "arn:aws:sqs:eu-west-1:111111111111:qr"}),
        {}};
    if (one_in(2)) asked.context.set("who", pick({"q", "r"}));
    if (one_in(2))
      asked.context.set_values(
          "team", one_in(2) ? std::vector<std::string>{"a"} : std::vector<std::string>{"a", "c"});
    if (one_in(2)) asked.context.set("aws:SourceIp", pick({"10.1.1.1", "11.1.1.1"}));
    if (one_in(2)) asked.context.set("secure", pick({"true", "false"}));
    if (one_in(2)) asked.context.set("n", pick({"1", "3", "x"}));
    return asked;
  }
  template <class Item>
  void shuffle(std::vector<Item>& items) {
    for (std::size_t left = items.size(); left > 1; --left)
      std::swap(items[left - 1], items[random_.below(left)]);
  }
  bool one_in(std::uint64_t of) { return random_.below(of) == 0; }

 private:
  std::string pick(const std::vector<std::string>& texts) { return texts[random_.below(texts.size())]; }

  SeededRandom random_;
};

AccessPolicyPtr policy(const std::vector<std::string>& statements, PolicyHolder holder) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (std::size_t at = 0; at < statements.size(); ++at) text += (at > 0 ? "," : "") + statements[at];
  auto parsed = AccessPolicy::parse(text + "]}", holder);
  EXPECT_TRUE(parsed.has_value()) << text << " " << (parsed ? "" : parsed.error().reason);
  return parsed ? *parsed : nullptr;
}

bool explicit_deny(AccessGround ground) {
  return ground == AccessGround::kIdentityDenies || ground == AccessGround::kResourceDenies;
}

// Two documents of the identity and one of the resource.
struct Sides {
  std::vector<std::vector<std::string>> identity;
  std::vector<std::string> resource;

  AccessGround decide(const AccessRequest& asked) const {
    std::vector<AccessPolicyPtr> policies;
    for (const auto& statements : identity) policies.push_back(policy(statements, PolicyHolder::kIdentity));
    return decide_access(asked, policies, policy(resource, PolicyHolder::kQueue).get());
  }
};

TEST(AccessDecision, IsMonotonousAndKnowsNoOrder) {
  constexpr std::uint64_t kSeeds = 6'000;
  std::uint64_t allowed_at_first = 0, denied_explicitly = 0, undone = 0, gained = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Generator generator(seed);
    const Sides before{{generator.statements(false), generator.statements(false)},
                       generator.statements(true)};
    const AccessRequest asked = generator.request();
    const AccessGround first = before.decide(asked);
    if (allowed(first)) ++allowed_at_first;
    if (explicit_deny(first)) ++denied_explicitly;

    Sides with_deny = before;
    Sides with_allow = before;
    if (generator.one_in(2)) {
      with_deny.identity[0].push_back(generator.statement(false, "Deny"));
      with_allow.identity[1].push_back(generator.statement(false, "Allow"));
    } else {
      with_deny.resource.push_back(generator.statement(true, "Deny"));
      with_allow.resource.push_back(generator.statement(true, "Allow"));
    }
    const AccessGround denied = with_deny.decide(asked);
    ASSERT_TRUE(allowed(first) || !allowed(denied)) << "adding a Deny allowed, seed " << seed;
    ASSERT_TRUE(!explicit_deny(first) || explicit_deny(denied)) << seed;
    if (allowed(first) && !allowed(denied)) ++undone;
    const AccessGround granted = with_allow.decide(asked);
    ASSERT_TRUE(!explicit_deny(first) || first == granted) << "adding an Allow undid a Deny, seed " << seed;
    ASSERT_TRUE(!allowed(first) || allowed(granted)) << "adding an Allow took something away, seed " << seed;
    if (!allowed(first) && allowed(granted)) ++gained;

    Sides shuffled = before;
    generator.shuffle(shuffled.identity);
    for (auto& statements : shuffled.identity) generator.shuffle(statements);
    generator.shuffle(shuffled.resource);
    ASSERT_EQ(shuffled.decide(asked), first) << "order mattered, seed " << seed;
  }
  std::printf(
      "access decisions: %llu cases, %llu allowed, %llu denied explicitly, %llu undone, %llu gained\n",
      static_cast<unsigned long long>(kSeeds), static_cast<unsigned long long>(allowed_at_first),
      static_cast<unsigned long long>(denied_explicitly), static_cast<unsigned long long>(undone),
      static_cast<unsigned long long>(gained));
  EXPECT_GT(allowed_at_first, kSeeds / 10);
  EXPECT_GT(denied_explicitly, kSeeds / 20);
  EXPECT_GT(undone, kSeeds / 50);
  EXPECT_GT(gained, kSeeds / 50);
}

}  // namespace
}  // namespace penstock
