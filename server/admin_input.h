// AdminInput: what a request to the admin side brings along: the parameters of its query, or the members of
// the JSON object in its body. Strict: a name that means nothing there is a fault, and so is a value that
// cannot be taken. The first fault is kept, so that a page asks for all it wants and looks at `fault` once.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "broker/address.h"
#include "protocol/api_message.h"

namespace penstock {

struct AdminQueue {
  World world;
  std::string name;
};

class AdminInput {
 public:
  using Names = std::initializer_list<std::string_view>;

  static AdminInput of_query(const ApiRequest& request, Names known);
  // An empty body is an empty object.
  static AdminInput of_body(const ApiRequest& request, Names known);

  bool has(std::string_view name) const { return texts_.contains(name); }
  // Nothing if there is none, or none that can be taken.
  std::optional<std::string> text(std::string_view name);
  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most);
  // More than 0, at most 1.
  std::optional<double> share(std::string_view name);
  bool flag(std::string_view name);    // false if it is not there
  std::optional<AccountId> account();  // "Account"
  std::optional<Region> region();      // "Region"
  // "QueueUrl", or "Queue" with "Account" and "Region"; what is missing is that of the world.
  AdminQueue queue(const World& world);

  void complain(std::string what);
  const std::optional<std::string>& fault() const { return fault_; }

 private:
  void add(std::string_view name, std::string text, Names known);

  std::map<std::string, std::string, std::less<>> texts_;
  std::optional<std::string> fault_;
};

}  // namespace penstock
