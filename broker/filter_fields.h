// FilterFields: what a message shows to filter policies. Made once for a publication, from its attributes
// or from its body, and then asked by every policy.
//
// The message is a tree whose leaves are scalars. A leaf's path is the names on the way to it, joined with
// dots; a dot inside a name and one between two names are the same, and arrays add nothing to a path. An
// array is a choice: two leaves that lie in different elements of one array can't both speak for the
// message when a policy asks for several keys at once. So each node knows its parent and whether it is one
// of several elements.
//
// Invariant: parents come before their children; leaves are in ascending order of path_hash, and of node
// among equals. Names and texts lie one after another in one string, and paths are not stored at all but
// hashed and compared from behind, so the size of all this is linear in the message: some fifty bytes for
// each of its values, whatever its depth.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/message.h"

namespace penstock {

// Of a path's text.
std::uint64_t filter_path_hash(std::string_view path);

class FilterFields {
 public:
  enum class Kind : std::uint8_t {
    kString,
    kNumber,  // the text is the number's
    kTrue,
    kFalse,
    kNull,
    kOpaque,      // present, but without a value to compare: a Binary attribute
    kUnreadable,  // present and satisfying nothing: a String.Array that is not a JSON array of scalars
  };
  struct Node {
    std::uint32_t parent = 0;
    std::uint32_t named = 0;  // the nearest one upwards that has a name: itself, unless it is an element
    std::uint32_t name_at = 0;
    std::uint32_t name_size = 0;
    bool is_element = false;  // of an array; it has no name
  };
  struct Leaf {
    std::uint64_t path_hash = 0;
    std::uint32_t node = 0;
    std::uint32_t text_at = 0;
    std::uint32_t text_size = 0;
    Kind kind = Kind::kNull;
  };
  static constexpr std::uint32_t kRoot = 0;

  static FilterFields of_attributes(const std::vector<MessageAttribute>& attributes);

  // Nothing unless the body is a JSON object. Of a name that occurs twice in an object both values count.
  static std::optional<FilterFields> of_body(std::string_view body);

  // The leaves that may have the path: those with its hash. is_at decides, in as many steps as the path has
  // names, however deep in arrays the leaf lies.
  std::span<const Leaf> candidates(std::uint64_t path_hash) const;
  bool is_at(const Leaf& leaf, std::string_view path) const;

  std::string_view text(const Leaf& leaf) const { return view(leaf.text_at, leaf.text_size); }
  const Node& node(std::uint32_t index) const { return nodes_[index]; }

 private:
  class Builder;

  std::string_view view(std::uint32_t at, std::uint32_t size) const {
    return std::string_view(texts_).substr(at, size);
  }

  std::vector<Node> nodes_;
  std::vector<Leaf> leaves_;
  std::string texts_;
};

}  // namespace penstock
