#include "protocol/json_value.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace penstock {
namespace {

// Puts the tree together from the events of the parser. An event answered with false ends the parsing.
//
// Invariant: open_ holds the arrays and objects that were begun and not ended, outermost first; each but
// the first is the last element or member of the one before it, and that one does not grow meanwhile, so
// the pointers stay good.
class TreeBuilder {
 public:
  explicit TreeBuilder(JsonValue& root) : root_(root) {}

  const char* complaint() const { return complaint_; }

  // ---- what nlohmann::json::sax_parse calls
  bool null() { return place({JsonNull{}}) != nullptr; }
  bool boolean(bool value) { return place({value}) != nullptr; }
  bool number_integer(std::int64_t value) { return place({value}) != nullptr; }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return place({JsonOtherNumber{std::to_string(value)}}) != nullptr;
    }
    return place({static_cast<std::int64_t>(value)}) != nullptr;
  }
  bool number_float(double, const std::string& text) { return place({JsonOtherNumber{text}}) != nullptr; }
  bool string(std::string& text) { return place({std::move(text)}) != nullptr; }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open({JsonObject{}}); }
  bool start_array(std::size_t) { return open({JsonArray{}}); }
  bool key(std::string& name) {
    std::get<JsonObject>(open_.back()->value).push_back({std::move(name), {}});
    return true;
  }
  bool end_object() {
    keep_last_of_each(std::get<JsonObject>(open_.back()->value));
    open_.pop_back();
    return true;
  }
  bool end_array() {
    open_.pop_back();
    return true;
  }
  template <class Exception>
  bool parse_error(std::size_t, const std::string&, const Exception&) {
    return false;
  }

 private:
  JsonValue* place(JsonValue&& value) {
    if (++values_ > JsonValue::kValuesMax) {
      complaint_ = "The request body holds too many values.";
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (auto* array = std::get_if<JsonArray>(&open_.back()->value)) {
      array->push_back(std::move(value));
      return &array->back();
    }
    JsonValue& member = std::get<JsonObject>(open_.back()->value).back().value;
    member = std::move(value);
    return &member;
  }

  bool open(JsonValue&& value) {
    if (open_.size() == JsonValue::kDepthMax) {
      complaint_ = "The request body is nested too deeply.";
      return false;
    }
    JsonValue* placed = place(std::move(value));
    if (placed != nullptr) open_.push_back(placed);
    return placed != nullptr;
  }

  static void keep_last_of_each(JsonObject& object) {
    std::stable_sort(object.begin(), object.end(),
                     [](const JsonMember& a, const JsonMember& b) { return a.name < b.name; });
    // Seen from behind, the last of each name comes first, and unique() keeps the first.
    const auto kept = std::unique(object.rbegin(), object.rend(),
                                  [](const JsonMember& a, const JsonMember& b) { return a.name == b.name; });
    object.erase(object.begin(), kept.base());
  }

  JsonValue& root_;
  std::vector<JsonValue*> open_;
  std::size_t values_ = 0;
  const char* complaint_ = "The request body is not valid JSON.";
};

}  // namespace

Result<JsonValue> JsonValue::parse(std::string_view text) {
  JsonValue root;
  TreeBuilder builder(root);
  // The parser would take a NUL for the end of the text.
  if (text.find('\0') != std::string_view::npos) {
    return refuse(ErrorCode::kMalformedInput, builder.complaint());
  }
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return refuse(ErrorCode::kMalformedInput, builder.complaint());
  }
  return root;
}

JsonValue* find_member(JsonObject& object, std::string_view name) {
  const auto found =
      std::lower_bound(object.begin(), object.end(), name,
                       [](const JsonMember& member, std::string_view n) { return member.name < n; });
  return found != object.end() && found->name == name ? &found->value : nullptr;
}

}  // namespace penstock
