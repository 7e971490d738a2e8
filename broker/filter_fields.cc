#include "broker/filter_fields.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/filter_number.h"
#include "broker/json_events.h"

namespace penstock {
namespace {

// FNV-1a: it goes on from any point, which is all that is asked of it here.
constexpr std::uint64_t kHashStart = 0xcbf29ce484222325;

std::uint64_t go_on(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

bool has_type(const MessageAttribute& attribute, std::string_view type) {
  return attribute.data_type.starts_with(type) &&
         (attribute.data_type.size() == type.size() || attribute.data_type[type.size()] == '.');
}

}  // namespace

std::uint64_t filter_path_hash(std::string_view path) { return go_on(kHashStart, path); }

// Grows the fields value by value. The arrays and objects that are open form a stack; a value belongs into
// the innermost one.
class FilterFields::Builder final : public JsonEvents {
 public:
  explicit Builder(FilterFields& fields) : fields_(fields) { fields_.nodes_.push_back({}); }

  // The next value stands at the root, under this name.
  void begin_attribute(std::string_view attribute_name) {
    open_.assign(1, {.node = kRoot, .is_array = false, .path_hash = kHashStart, .has_path = false});
    take_name(attribute_name);
  }
  void leaf(Kind kind, std::string_view text = {}) {
    const Open place = add_node(false);
    fields_.leaves_.push_back({.path_hash = place.path_hash,
                               .node = place.node,
                               .text_at = store(text),
                               .text_size = static_cast<std::uint32_t>(text.size()),
                               .kind = kind});
  }

  bool null() override { return scalar(Kind::kNull); }
  bool boolean(bool value) override { return scalar(value ? Kind::kTrue : Kind::kFalse); }
  bool number(std::string& text) override { return scalar(Kind::kNumber, text); }
  bool string(std::string& text) override { return scalar(Kind::kString, text); }
  bool begin_object() override {
    if (open_.empty()) {
      open_.push_back({.node = kRoot, .is_array = false, .path_hash = kHashStart, .has_path = false});
    } else {
      open_.push_back(add_node(false));
    }
    return true;
  }
  bool name(std::string& text) override {
    take_name(text);
    return true;
  }
  bool end_object() override { return close(); }
  bool begin_array() override {
    if (open_.empty()) return false;  // the message is to be an object
    open_.push_back(add_node(true));
    return true;
  }
  bool end_array() override { return close(); }

 private:
  struct Open {
    std::uint32_t node = kRoot;
    bool is_array = false;
    std::uint64_t path_hash = kHashStart;
    bool has_path = false;  // there is a name on the way to it
  };

  bool scalar(Kind kind, std::string_view text = {}) {
    if (open_.empty()) return false;
    leaf(kind, text);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  void take_name(std::string_view text) {
    name_at_ = store(text);
    name_size_ = static_cast<std::uint32_t>(text.size());
  }
  // A node in the innermost open array or object.
  Open add_node(bool is_array) {
    const Open& parent = open_.back();
    Open added{.node = static_cast<std::uint32_t>(fields_.nodes_.size()),
               .is_array = is_array,
               .path_hash = parent.path_hash,
               .has_path = parent.has_path};
    Node node{.parent = parent.node, .is_element = parent.is_array};
    if (parent.is_array) {
      node.named = fields_.nodes_[parent.node].named;
    } else {
      node.named = added.node;
      node.name_at = name_at_;
      node.name_size = name_size_;
      if (parent.has_path) added.path_hash = go_on(added.path_hash, ".");
      added.path_hash = go_on(added.path_hash, fields_.view(name_at_, name_size_));
      added.has_path = true;
    }
    fields_.nodes_.push_back(node);
    return added;
  }
  std::uint32_t store(std::string_view text) {
    const auto at = static_cast<std::uint32_t>(fields_.texts_.size());
    fields_.texts_ += text;
    return at;
  }

  FilterFields& fields_;
  std::vector<Open> open_;
  std::uint32_t name_at_ = 0;
  std::uint32_t name_size_ = 0;
};

namespace {

// The scalars of a String.Array.
class ScalarArray final : public JsonEvents {
 public:
  struct Scalar {
    FilterFields::Kind kind;
    std::string text;
  };

  std::vector<Scalar> scalars;

  bool null() override { return add(FilterFields::Kind::kNull); }
  bool boolean(bool value) override {
    return add(value ? FilterFields::Kind::kTrue : FilterFields::Kind::kFalse);
  }
  bool number(std::string& text) override { return add(FilterFields::Kind::kNumber, std::move(text)); }
  bool string(std::string& text) override { return add(FilterFields::Kind::kString, std::move(text)); }
  bool begin_object() override { return false; }
  bool name(std::string&) override { return false; }
  bool end_object() override { return false; }
  bool begin_array() override { return !std::exchange(open_, true); }
  bool end_array() override { return true; }

 private:
  bool add(FilterFields::Kind kind, std::string text = {}) {
    if (!open_) return false;
    scalars.push_back({kind, std::move(text)});
    return true;
  }

  bool open_ = false;
};

void sort_leaves(std::vector<FilterFields::Leaf>& leaves) {
  std::sort(leaves.begin(), leaves.end(), [](const FilterFields::Leaf& a, const FilterFields::Leaf& b) {
    return std::pair(a.path_hash, a.node) < std::pair(b.path_hash, b.node);
  });
}

}  // namespace

FilterFields FilterFields::of_attributes(const std::vector<MessageAttribute>& attributes) {
  FilterFields fields;
  Builder builder(fields);
  for (const MessageAttribute& attribute : attributes) {
    builder.begin_attribute(attribute.name);
    if (attribute.data_type == "String.Array") {
      ScalarArray array;
      if (!read_json(attribute.value, array)) {
        builder.leaf(Kind::kUnreadable);
        continue;
      }
      builder.begin_array();
      for (const ScalarArray::Scalar& scalar : array.scalars) builder.leaf(scalar.kind, scalar.text);
    } else if (has_type(attribute, "String")) {
      builder.leaf(Kind::kString, attribute.value);
    } else if (has_type(attribute, "Number") && FilterNumber::parse(attribute.value)) {
      builder.leaf(Kind::kNumber, attribute.value);
    } else {
      builder.leaf(Kind::kOpaque);
    }
  }
  sort_leaves(fields.leaves_);
  return fields;
}

std::optional<FilterFields> FilterFields::of_body(std::string_view body) {
  // Positions are 32 bits; no body comes near (the largest message has 1 MiB).
  if (body.size() > std::numeric_limits<std::uint32_t>::max() / 2) return std::nullopt;
  FilterFields fields;
  Builder builder(fields);
  if (!read_json(body, builder)) return std::nullopt;
  sort_leaves(fields.leaves_);
  return fields;
}

std::span<const FilterFields::Leaf> FilterFields::candidates(std::uint64_t path_hash) const {
  const auto begin =
      std::lower_bound(leaves_.begin(), leaves_.end(), path_hash,
                       [](const Leaf& leaf, std::uint64_t hash) { return leaf.path_hash < hash; });
  const auto end =
      std::upper_bound(begin, leaves_.end(), path_hash,
                       [](std::uint64_t hash, const Leaf& leaf) { return hash < leaf.path_hash; });
  return {begin, end};
}

bool FilterFields::is_at(const Leaf& leaf, std::string_view path) const {
  bool has_name = false;
  for (std::uint32_t at = nodes_[leaf.node].named; at != kRoot; at = nodes_[nodes_[at].parent].named) {
    const Node& node = nodes_[at];
    if (has_name) {
      if (!path.ends_with('.')) return false;
      path.remove_suffix(1);
    }
    const std::string_view name = view(node.name_at, node.name_size);
    if (!path.ends_with(name)) return false;
    path.remove_suffix(name.size());
    has_name = true;
  }
  return path.empty();
}

}  // namespace penstock
