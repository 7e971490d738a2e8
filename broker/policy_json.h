// PolicyJson: the JSON of a policy document, in the order in which it was written.
//
// Order matters twice: mistakes are reported as they are met from left to right, and a document that is
// edited (AddPermission) comes back as its author wrote it. So the members of an object are a list, and a
// name that occurs twice stands there twice; each kind of policy says what that means to it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace penstock {

struct PolicyMember;

struct PolicyJson {
  struct Number {
    std::string text;  // as written; see JsonEvents
  };
  using Array = std::vector<PolicyJson>;
  using Object = std::vector<PolicyMember>;

  // Deeper than any policy that passes its own rules; destroying a document recurses this far at most.
  static constexpr std::size_t kDepthMax = 200;

  std::variant<std::monostate, bool, Number, std::string, Array, Object> value;

  // Nothing if the text is not JSON or has more than kDepthMax levels. The caller bounds its bytes.
  static std::optional<PolicyJson> parse(std::string_view text);

  // Without white space, members in their order.
  std::string text() const;

  // The alternative inside; null if it is another.
  template <class Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&value);
  }
  template <class Kind>
  Kind* as() {
    return std::get_if<Kind>(&value);
  }
};

struct PolicyMember {
  std::string name;
  PolicyJson value;
};

// The first member of that name; null if there is none.
const PolicyJson* find_member(const PolicyJson::Object& object, std::string_view name);
PolicyJson* find_member(PolicyJson::Object& object, std::string_view name);

}  // namespace penstock
