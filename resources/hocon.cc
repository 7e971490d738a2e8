#include "resources/hocon.h"

#include <algorithm>
#include <optional>

namespace penstock {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kBytesMax = std::size_t{16} << 20;

bool is_optional_substitution(const HoconValue& value) {
  return value.kind == HoconValue::Kind::kText && value.text.starts_with("${?") &&
         value.text.find('}') == value.text.size() - 1;
}

// An object that is given twice is merged, anything else replaced: HOCON's own rule. `optional` gets the line
// of what changes nothing.
void put(HoconValue& object, std::string key, HoconValue&& value, std::vector<std::size_t>& optional) {
  const auto there = std::find_if(object.members.begin(), object.members.end(),
                                  [&key](const auto& member) { return member.first == key; });
  if (there == object.members.end()) {
    object.members.emplace_back(std::move(key), std::move(value));
  } else if (there->second.kind == HoconValue::Kind::kObject && value.kind == HoconValue::Kind::kObject) {
    for (auto& [name, member] : value.members)
      put(there->second, std::move(name), std::move(member), optional);
  } else if (is_optional_substitution(value)) {
    optional.push_back(value.line);
  } else {
    there->second = std::move(value);
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  tl::expected<HoconDocument, HoconFault> document() {
    skip(true);
    const bool braced = take('{');
    document_.root.kind = HoconValue::Kind::kObject;
    document_.root.line = line_;
    if (!members(document_.root, braced ? '}' : '\0', 0)) return tl::unexpected(*fault_);
    skip(true);
    if (!rest_.empty()) return tl::unexpected(HoconFault{line_, "there is something behind the last brace"});
    return std::move(document_);
  }

 private:
  bool refuse(std::string what) {
    if (!fault_) fault_ = HoconFault{line_, std::move(what)};
    return false;
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Blanks and comments, and line ends if those mean nothing here.
  void skip(bool lines) {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '\n') {
        if (!lines) return;
        ++line_;
        rest_.remove_prefix(1);
      } else if (c == ' ' || c == '\t' || c == '\r') {
        rest_.remove_prefix(1);
      } else if (c == '#' || rest_.starts_with("//")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else {
        return;
      }
    }
  }

  void skip_separators() {
    do {
      skip(true);
    } while (take(','));
  }

  // Up to `end`, which is taken; '\0': the end of the text.
  bool members(HoconValue& object, char end, int depth) {
    if (depth > kDepthMax) return refuse("objects are nested too deeply");
    while (true) {
      skip_separators();
      if (rest_.empty()) return end == '\0' || refuse("a closing brace is missing");
      if (end != '\0' && take(end)) return true;
      if (!member(object, depth)) return false;
    }
  }

  bool member(HoconValue& object, int depth) {
    const std::size_t line = line_;
    std::vector<std::string> path;
    if (!key(path)) return false;
    if (path.size() == 1 && path[0].starts_with("include ")) {
      document_.includes.push_back(line);
      return true;
    }
    skip(true);
    if (rest_.starts_with("+=")) rest_.remove_prefix(1);
    const bool separated = take('=') || take(':');
    if (separated) skip(true);
    if (!separated && (rest_.empty() || rest_.front() != '{')) {
      return refuse("a value is missing behind " + path.back());
    }
    HoconValue inner;
    if (!value(inner, depth + 1)) return false;
    inner.line = line;
    while (path.size() > 1) {
      HoconValue outer{.line = line, .kind = HoconValue::Kind::kObject};
      outer.members.emplace_back(std::move(path.back()), std::move(inner));
      path.pop_back();
      inner = std::move(outer);
    }
    put(object, std::move(path.front()), std::move(inner), document_.optional);
    return true;
  }

  // Its parts; an include comes back as one, with what it includes.
  bool key(std::vector<std::string>& path) {
    std::string part;
    bool quoted = false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '"') {
        if (!quoted_text(part)) return false;
        quoted = true;
        if (part.starts_with("include ")) break;
      } else if (c == '.') {
        rest_.remove_prefix(1);
        path.push_back(std::move(part));
        part.clear();
      } else if (c == '\n' && part.starts_with("include ")) {
        break;
      } else if (c == '=' || c == ':' || c == '{' || c == '\n' || c == '}' || c == ',' ||
                 rest_.starts_with("+=")) {
        break;
      } else if (c == '[' || c == ']') {
        return refuse("a key cannot have brackets");
      } else {
        part += c;
        rest_.remove_prefix(1);
      }
      // `include classpath("...")`: to the end of its line.
      if (part == "include ") {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        part.append(rest_.substr(0, end));
        rest_.remove_prefix(end);
        break;
      }
    }
    while (part.ends_with(' ') || part.ends_with('\t') || part.ends_with('\r')) part.pop_back();
    if (part.empty() && !quoted) return refuse("a key is missing");
    path.push_back(std::move(part));
    return true;
  }

  bool value(HoconValue& into, int depth) {
    into.line = line_;
    if (take('{')) {
      into.kind = HoconValue::Kind::kObject;
      return members(into, '}', depth);
    }
    if (take('[')) {
      into.kind = HoconValue::Kind::kList;
      if (depth > kDepthMax) return refuse("lists are nested too deeply");
      while (true) {
        skip_separators();
        if (take(']')) return true;
        if (rest_.empty()) return refuse("a closing bracket is missing");
        const std::size_t before = rest_.size();
        into.elements.emplace_back();
        if (!value(into.elements.back(), depth + 1)) return false;
        if (rest_.size() == before) return refuse("a list has something that is no value");
      }
    }
    return words(into.text);
  }

  // Words up to the end of the line, joined as they stand.
  bool words(std::string& text) {
    std::string blanks;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '\n' || c == ',' || c == '}' || c == ']' || c == '#' || rest_.starts_with("//")) break;
      if (c == ' ' || c == '\t' || c == '\r') {
        blanks += ' ';
        rest_.remove_prefix(1);
        continue;
      }
      if (!text.empty()) text += blanks;
      blanks.clear();
      if (c == '"') {
        if (!quoted_text(text)) return false;
      } else if (c == '{' || c == '[') {
        return refuse(
            "an object or a list is joined with what stands before it, which is not followed here: "
            "write out what it comes to");
      } else if (c == '$') {
        const std::size_t end = rest_.find('}');
        if (end == std::string_view::npos) return refuse("a substitution has no end");
        text.append(rest_.substr(0, end + 1));
        rest_.remove_prefix(end + 1);
      } else {
        text += c;
        rest_.remove_prefix(1);
      }
    }
    return true;
  }

  bool quoted_text(std::string& text) {
    if (rest_.starts_with(R"(""")")) {
      rest_.remove_prefix(3);
      const std::size_t end = rest_.find(R"(""")");
      if (end == std::string_view::npos) return refuse("three quotes have no end");
      line_ += static_cast<std::size_t>(
          std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
      text.append(rest_.substr(0, end));
      rest_.remove_prefix(end + 3);
      return true;
    }
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '\n') {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c == '\\' && !rest_.empty()) {
        c = rest_.front();
        rest_.remove_prefix(1);
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      text += c;
    }
    return refuse("a quote has no end");
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  HoconDocument document_;
  std::optional<HoconFault> fault_;
};

}  // namespace

const HoconValue* HoconValue::find(std::string_view key) const {
  for (const auto& [name, member] : members) {
    if (name == key) return &member;
  }
  return nullptr;
}

tl::expected<HoconDocument, HoconFault> parse_hocon(std::string_view text) {
  if (text.size() > kBytesMax) return tl::unexpected(HoconFault{1, "it is larger than 16 MiB"});
  return Parser(text).document();
}

}  // namespace penstock
