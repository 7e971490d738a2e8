#include "broker/policy_json.h"

#include <array>
#include <utility>

#include "broker/json_events.h"

namespace penstock {
namespace {

// Puts the tree together.
//
// Invariant: open_ holds the arrays and objects that were begun and not ended, outermost first; each but
// the first is the last element or member of the one before it, and that one does not grow meanwhile, so
// the pointers stay good.
class Tree final : public JsonEvents {
 public:
  explicit Tree(PolicyJson& root) : root_(root) {}

  bool null() override { return place({}) != nullptr; }
  bool boolean(bool value) override { return place({value}) != nullptr; }
  bool number(std::string& text) override { return place({PolicyJson::Number{std::move(text)}}) != nullptr; }
  bool string(std::string& text) override { return place({std::move(text)}) != nullptr; }
  bool begin_object() override { return open({PolicyJson::Object{}}); }
  bool name(std::string& text) override {
    open_.back()->as<PolicyJson::Object>()->push_back({std::move(text), {}});
    return true;
  }
  bool end_object() override { return close(); }
  bool begin_array() override { return open({PolicyJson::Array{}}); }
  bool end_array() override { return close(); }

 private:
  PolicyJson* place(PolicyJson&& value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (auto* array = open_.back()->as<PolicyJson::Array>()) {
      return &array->emplace_back(std::move(value));
    }
    PolicyJson& member = open_.back()->as<PolicyJson::Object>()->back().value;
    member = std::move(value);
    return &member;
  }
  bool open(PolicyJson&& value) {
    if (open_.size() == PolicyJson::kDepthMax) return false;
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  PolicyJson& root_;
  std::vector<PolicyJson*> open_;
};

void write_text(std::string_view text, std::string& out) {
  static constexpr std::array<char, 16> kHex{'0', '1', '2', '3', '4', '5', '6', '7',
                                             '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out += "\\u00";
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 0xf]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void write(const PolicyJson& json, std::string& out) {
  if (const auto* flag = json.as<bool>()) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = json.as<PolicyJson::Number>()) {
    out += number->text;
  } else if (const auto* text = json.as<std::string>()) {
    write_text(*text, out);
  } else if (const auto* array = json.as<PolicyJson::Array>()) {
    out.push_back('[');
    for (std::size_t at = 0; at < array->size(); ++at) {
      if (at > 0) out.push_back(',');
      write((*array)[at], out);
    }
    out.push_back(']');
  } else if (const auto* object = json.as<PolicyJson::Object>()) {
    out.push_back('{');
    for (std::size_t at = 0; at < object->size(); ++at) {
      if (at > 0) out.push_back(',');
      write_text((*object)[at].name, out);
      out.push_back(':');
      write((*object)[at].value, out);
    }
    out.push_back('}');
  } else {
    out += "null";
  }
}

}  // namespace

std::optional<PolicyJson> PolicyJson::parse(std::string_view text) {
  PolicyJson root;
  Tree tree(root);
  if (!read_json(text, tree)) return std::nullopt;
  return root;
}

std::string PolicyJson::text() const {
  std::string out;
  write(*this, out);
  return out;
}

const PolicyJson* find_member(const PolicyJson::Object& object, std::string_view name) {
  for (const PolicyMember& member : object) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

PolicyJson* find_member(PolicyJson::Object& object, std::string_view name) {
  return const_cast<PolicyJson*>(find_member(std::as_const(object), name));
}

}  // namespace penstock
