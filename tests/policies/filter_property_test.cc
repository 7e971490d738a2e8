// Generated policies against generated messages: the compiled policy must say what a naive reading of the
// specification says. The naive one keeps the policy as JSON, lists every leaf with the element it has of
// each array, and tries every choice of leaves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "broker/filter_fields.h"
#include "broker/filter_policy.h"

namespace penstock {
namespace {

using Json = nlohmann::ordered_json;

// ---- the naive reading

struct NaiveLeaf {
  std::string path;
  Json value;
  std::map<int, int> elements;  // of each array it lies in (they are numbered) the index of its element
};

void list_leaves(const Json& json, const std::string& path, std::map<int, int> elements, int& arrays,
                 std::vector<NaiveLeaf>& leaves) {
  if (json.is_object()) {
    for (const auto& [name, member] : json.items()) {
      list_leaves(member, path.empty() ? name : path + "." + name, elements, arrays, leaves);
    }
  } else if (json.is_array()) {
    const int array = arrays++;
    int index = 0;
    for (const Json& element : json) {
      elements[array] = index++;
      list_leaves(element, path, elements, arrays, leaves);
    }
  } else {
    leaves.push_back({path, json, elements});
  }
}

bool naive_holds(const Json& condition, const Json& value) {
  if (!condition.is_object())
    return condition.type() == value.type() || (condition.is_number() && value.is_number())
               ? condition == value
               : false;
  const std::string operation = condition.begin().key();
  const Json& argument = condition.begin().value();
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  if (operation == "exists") return argument.get<bool>();
  if (operation == "prefix") return value.is_string() && text.rfind(argument.get<std::string>(), 0) == 0;
  if (operation == "suffix") {
    const auto end = argument.get<std::string>();
    return value.is_string() && text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
  }
  if (operation == "equals-ignore-case") {
    const auto lower = [](std::string s) {
      std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return std::tolower(c); });
      return s;
    };
    return value.is_string() && lower(text) == lower(argument.get<std::string>());
  }
  if (operation == "numeric") {
    if (!value.is_number()) return false;
    for (std::size_t at = 0; at + 1 < argument.size(); at += 2) {
      const double a = value.get<double>();
      const double b = argument[at + 1].get<double>();
      const auto op = argument[at].get<std::string>();
      if (op == "=" ? a != b : op == "<" ? a >= b : op == "<=" ? a > b : op == ">" ? a <= b : a < b)
        return false;
    }
    return true;
  }
  if (argument.is_array()) {  // anything-but
    return std::none_of(argument.begin(), argument.end(),
                        [&](const Json& not_this) { return naive_holds(not_this, value); });
  }
  return !naive_holds(argument, value);
}

struct NaiveKey {
  std::string path;
  Json conditions;
};

// All the ways to satisfy an object: the conjunctions it stands for.
std::vector<std::vector<NaiveKey>> conjunctions(const Json& object, const std::string& path) {
  std::vector<std::vector<NaiveKey>> all{{}};
  for (const auto& [name, member] : object.items()) {
    std::vector<std::vector<NaiveKey>> options;
    const std::string inner = path.empty() ? name : path + "." + name;
    if (name == "$or") {
      for (const Json& option : member) {
        for (auto& conjunction : conjunctions(option, path)) options.push_back(conjunction);
      }
    } else if (member.is_object()) {
      options = conjunctions(member, inner);
    } else {
      options = {{{inner, member}}};
    }
    std::vector<std::vector<NaiveKey>> product;
    for (const auto& left : all) {
      for (const auto& right : options) {
        product.push_back(left);
        product.back().insert(product.back().end(), right.begin(), right.end());
      }
    }
    all = product;
  }
  return all;
}

bool choose(const std::vector<NaiveKey>& keys, std::size_t at, const std::vector<NaiveLeaf>& leaves,
            std::vector<const NaiveLeaf*>& chosen) {
  if (at == keys.size()) return true;
  const NaiveKey& key = keys[at];
  const bool present = std::any_of(leaves.begin(), leaves.end(),
                                   [&key](const NaiveLeaf& leaf) { return leaf.path == key.path; });
  if (!present && std::find(key.conditions.begin(), key.conditions.end(), Json{{"exists", false}}) !=
                      key.conditions.end()) {
    return choose(keys, at + 1, leaves, chosen);
  }
  for (const NaiveLeaf& leaf : leaves) {
    if (leaf.path != key.path) continue;
    if (std::none_of(key.conditions.begin(), key.conditions.end(),
                     [&leaf](const Json& condition) { return naive_holds(condition, leaf.value); })) {
      continue;
    }
    const bool together = std::all_of(chosen.begin(), chosen.end(), [&leaf](const NaiveLeaf* other) {
      return std::all_of(leaf.elements.begin(), leaf.elements.end(), [other](const auto& element) {
        const auto same = other->elements.find(element.first);
        return same == other->elements.end() || same->second == element.second;
      });
    });
    if (!together) continue;
    chosen.push_back(&leaf);
    if (choose(keys, at + 1, leaves, chosen)) return true;
    chosen.pop_back();
  }
  return false;
}

bool naive_matches(const Json& policy, const Json& message) {
  std::vector<NaiveLeaf> leaves;
  int arrays = 0;
  list_leaves(message, "", {}, arrays, leaves);
  for (const auto& conjunction : conjunctions(policy, "")) {
    std::vector<const NaiveLeaf*> chosen;
    if (choose(conjunction, 0, leaves, chosen)) return true;
  }
  return false;
}

// ---- what is tried

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Json message() { return object(3); }
  Json policy() {
    keys_left_ = 5;
    return policy_object(2, names_);
  }

  bool one_in(std::uint64_t of) { return random_.below(of) == 0; }

 private:
  Json scalar() {
    static const std::vector<Json> kScalars{"a", "b", "ab", "A",  "",    "ba",   1,
                                            2,   2.5, -1,   true, false, nullptr};
    return kScalars[random_.below(kScalars.size())];
  }
  Json value(int depth) {
    const std::uint64_t kind = random_.below(depth > 0 ? 8 : 3);
    if (kind < 3) return scalar();
    if (kind < 5) return object(depth - 1);
    Json array = Json::array();
    for (auto left = random_.below(4); left > 0; --left) array.push_back(value(depth - 1));
    return array;
  }
  Json object(int depth) {
    Json members = Json::object();
    for (auto left = random_.below(3) + (depth > 2 ? 2 : 1); left > 0; --left) {
      members[names_[random_.below(names_.size())]] = value(depth);
    }
    return members;
  }

  std::string text() {
    static const std::vector<std::string> kTexts{"a", "b", "ab", "A"};
    return kTexts[random_.below(kTexts.size())];
  }
  Json condition() {
    switch (random_.below(11)) {
      case 0:
        return {{"prefix", text()}};
      case 1:
        return {{"suffix", text()}};
      case 2:
        return {{"equals-ignore-case", text()}};
      case 3:
        return {{"exists", one_in(2)}};
      case 4:
        return {{"numeric", Json::array({one_in(2) ? ">" : ">=", random_.below(3)})}};
      case 5:
        return {{"numeric", Json::array({one_in(2) ? ">" : ">=", -1, one_in(2) ? "<" : "<=", 2})}};
      case 6:
        return {{"anything-but", Json::array({text(), text()})}};
      case 7:
        return {{"anything-but", Json{{one_in(2) ? "prefix" : "suffix", text()}}}};
      default:
        return scalar();
    }
  }
  Json conditions() {
    Json all = Json::array();
    for (auto left = random_.below(2) + 1; left > 0; --left) all.push_back(condition());
    --keys_left_;
    return all;
  }
  // Each name at most once on its level, so that no key is said twice.
  Json policy_object(int depth, std::vector<std::string> names) {
    Json members = Json::object();
    const auto take_name = [&] {
      const std::size_t at = random_.below(names.size());
      const std::string name = names[at];
      names.erase(names.begin() + static_cast<std::ptrdiff_t>(at));
      return name;
    };
    for (auto left = random_.below(2) + 1; left > 0 && !names.empty() && (keys_left_ > 0 || members.empty());
         --left) {
      const std::string name = take_name();
      members[name] = depth > 0 && one_in(3) ? policy_object(depth - 1, names_) : conditions();
    }
    if (depth > 0 && keys_left_ > 1 && names.size() >= 2 && one_in(3)) {
      const std::vector<std::string> one{take_name()};
      members["$or"] = Json::array({policy_object(0, one), policy_object(0, {take_name()})});
    }
    return members;
  }

  SeededRandom random_;
  std::vector<std::string> names_{"x", "y", "z"};
  int keys_left_ = 5;
};

TEST(FilterPolicy, OnAnyBodySaysWhatANaiveReadingSays) {
  constexpr std::uint64_t kSeeds = 3'000;
  constexpr int kMessages = 20;
  std::uint64_t policies = 0, wanted = 0, tried = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Generator generator(seed);
    const Json document = generator.policy();
    const auto policy = FilterPolicy::parse(document.dump(), FilterScope::kMessageBody);
    if (!policy) {
      ASSERT_TRUE(policy.error().detail.find("more than 5 keys") != std::string::npos ||
                  policy.error().detail.find("too complex") != std::string::npos)
          << document.dump() << " " << policy.error().detail;
      continue;
    }
    ++policies;
    for (int message = 0; message < kMessages; ++message) {
      const Json body = generator.message();
      const auto fields = FilterFields::of_body(body.dump());
      ASSERT_TRUE(fields);
      const bool expected = naive_matches(document, body);
      ASSERT_EQ((*policy)->matches(*fields), expected)
          << "seed " << seed << "\npolicy " << document.dump() << "\nmessage " << body.dump();
      if (expected) ++wanted;
      ++tried;
    }
  }
  std::printf("filter policies: %llu policies, %llu messages, %llu wanted\n",
              static_cast<unsigned long long>(policies), static_cast<unsigned long long>(tried),
              static_cast<unsigned long long>(wanted));
  // Neither answer may be the rare one, or the comparison shows little.
  EXPECT_GT(wanted, tried / 20);
  EXPECT_LT(wanted, tried - tried / 20);
  EXPECT_GT(policies, kSeeds / 2);
}

// Where choices matter: several keys below arrays of arrays of objects, and few values to tell apart.
TEST(FilterPolicy, InAnyArraysSaysWhatANaiveReadingSays) {
  const std::vector<Json> policies{
      Json::parse(R"({"l":{"x":[0],"y":[1]}})"),
      Json::parse(R"({"l":{"x":[0],"y":[1],"m":{"z":[0]}}})"),
      Json::parse(R"({"l":{"x":[0],"m":{"y":[1],"z":[0]}}})"),
      Json::parse(R"({"l":{"x":[0],"y":[{"exists":false}],"m":{"z":[0]}}})"),
      Json::parse(R"({"l":{"x":[0],"y":[1],"$or":[{"z":[0]},{"m.z":[1]}]}})"),
      Json::parse(R"({"l":{"x":[0,2],"m":{"x":[1],"y":[0],"m":{"x":[0]}}}})"),
  };
  SeededRandom random(11);
  const std::function<Json(int)> element = [&](int depth) -> Json {
    if (depth > 0 && random.below(4) == 0) {
      Json array = Json::array();
      for (auto left = random.below(4); left > 0; --left) array.push_back(element(depth - 1));
      return array;
    }
    Json object = Json::object();
    for (const char* name : {"x", "y", "z"}) {
      if (random.below(3) == 0) continue;
      object[name] = random.below(2);
      if (random.below(4) == 0) object[name] = Json::array({random.below(3), random.below(2)});
    }
    if (depth > 0 && random.below(2) == 0) object["m"] = element(depth - 1);
    return object;
  };
  std::uint64_t wanted = 0, tried = 0;
  for (int message = 0; message < 6'000; ++message) {
    Json array = Json::array();
    for (auto left = random.below(5) + 2; left > 0; --left) array.push_back(element(3));
    const Json body{{"l", array}};
    const auto fields = FilterFields::of_body(body.dump());
    ASSERT_TRUE(fields);
    for (const Json& document : policies) {
      const auto policy = FilterPolicy::parse(document.dump(), FilterScope::kMessageBody);
      ASSERT_TRUE(policy) << policy.error().detail;
      const bool expected = naive_matches(document, body);
      ASSERT_EQ((*policy)->matches(*fields), expected) << document.dump() << "\n" << body.dump();
      if (expected) ++wanted;
      ++tried;
    }
  }
  std::printf("filter policies: %llu choices among elements, %llu wanted\n",
              static_cast<unsigned long long>(tried), static_cast<unsigned long long>(wanted));
  EXPECT_GT(wanted, tried / 10);
  EXPECT_LT(wanted, tried - tried / 10);
}

// A message of flat scalars and arrays of them is the same whether it comes as attributes or as a body.
TEST(FilterPolicy, OnAttributesSaysWhatItSaysOnTheSameBody) {
  SeededRandom random(7);
  static const std::vector<Json> kScalars{"a", "b", "ab", 1, 2, 2.5, -1};
  std::uint64_t wanted = 0;
  for (std::uint64_t seed = 1; seed <= 4'000; ++seed) {
    Generator generator(seed);
    Json document = generator.policy();
    const auto on_attributes = FilterPolicy::parse(document.dump(), FilterScope::kMessageAttributes);
    if (!on_attributes) continue;
    const auto on_body = FilterPolicy::parse(document.dump(), FilterScope::kMessageBody);
    ASSERT_TRUE(on_body);
    for (int message = 0; message < 10; ++message) {
      std::vector<MessageAttribute> attributes;
      Json body = Json::object();
      for (const char* name : {"x", "y", "z"}) {
        if (random.below(3) == 0) continue;
        Json value = kScalars[random.below(kScalars.size())];
        if (random.below(4) == 0) {
          value = Json::array({value, kScalars[random.below(kScalars.size())], true});
          attributes.push_back({name, "String.Array", value.dump()});
        } else if (value.is_string()) {
          attributes.push_back({name, "String", value.get<std::string>()});
        } else {
          attributes.push_back({name, "Number", value.dump()});
        }
        body[name] = value;
      }
      const bool by_attributes = (*on_attributes)->matches(FilterFields::of_attributes(attributes));
      ASSERT_EQ(by_attributes, (*on_body)->matches(*FilterFields::of_body(body.dump())))
          << document.dump() << " " << body.dump();
      if (by_attributes) ++wanted;
    }
  }
  EXPECT_GT(wanted, 1'000u);
}

}  // namespace
}  // namespace penstock
