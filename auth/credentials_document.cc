#include "auth/credentials_document.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace penstock {
namespace {

using Entries = tl::expected<std::vector<Credential>, Complaint>;
using Text = tl::expected<std::string, Complaint>;

constexpr std::string_view kTop = "credentials";
constexpr std::array<std::string_view, 7> kKeys{"access_key_id", "secret_access_key", "account", "user",
                                                "policies",      "session_token",     "expires"};

tl::unexpected<Complaint> complain(const YAML::Mark& mark, std::string text) {
  if (mark.is_null()) return tl::unexpected<Complaint>({0, 0, std::move(text)});
  return tl::unexpected<Complaint>({mark.line + 1, mark.column + 1, std::move(text)});
}

// A key that somebody may have meant as one, fit to be repeated; anything else may be a secret that slipped.
std::string named(std::string_view key) {
  const bool word = !key.empty() && key.size() <= 20 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || c == '_';
  });
  return word ? " '" + std::string(key) + "'" : "";
}

// YAML's own reader ends the text at one of them, or takes them for something else.
std::optional<Complaint> control_character_in(std::string_view text) {
  int line = 1, column = 1;
  for (const char c : text) {
    const bool good = static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\n' || c == '\r' || c == '\t';
    if (!good) return Complaint{line, column, "a control character"};
    ++column;
    if (c == '\n') {
      ++line;
      column = 1;
    }
  }
  return std::nullopt;
}

// ---- reading

// The pairs of a map, by its keys, each of which must be known and there once.
template <std::size_t Count>
tl::expected<std::array<YAML::Node, Count>, Complaint> fields_of(
    const YAML::Node& map, const std::array<std::string_view, Count>& keys, std::string_view what) {
  // A Node that was never set is not yet an undefined one, hence the flags.
  std::array<YAML::Node, Count> fields;
  std::array<bool, Count> seen{};
  if (!map.IsMap()) return complain(map.Mark(), std::string(what) + " must be a map");
  for (const auto& pair : map) {
    if (!pair.first.IsScalar()) return complain(pair.first.Mark(), "a key must be a word");
    const std::string& key = pair.first.Scalar();
    const auto known = std::find(keys.begin(), keys.end(), key);
    if (known == keys.end()) return complain(pair.first.Mark(), "the key" + named(key) + " is unknown here");
    const auto at = static_cast<std::size_t>(known - keys.begin());
    if (seen[at]) return complain(pair.first.Mark(), "the key '" + key + "' is given twice");
    // A null lies nowhere in particular, so it is met here.
    if (pair.second.IsNull() && key != kTop)
      return complain(pair.first.Mark(), "the key '" + key + "' has no value");
    seen[at] = true;
    fields[at].reset(pair.second);
  }
  for (std::size_t at = 0; at < Count; ++at) {
    if (!seen[at]) fields[at].reset(YAML::Node(YAML::NodeType::Undefined));
  }
  return fields;
}

tl::expected<std::string, Complaint> text_of(const YAML::Node& node, std::string_view key) {
  if (node.IsScalar() && (node.Tag() == "?" || node.Tag() == "!")) return node.Scalar();
  return complain(node.Mark(), std::string(key) + " must be a text");
}

tl::expected<Credential, Complaint> read_entry(const YAML::Node& entry) {
  auto fields = fields_of(entry, kKeys, "an entry");
  if (!fields) return tl::unexpected(std::move(fields.error()));
  const auto field = [&fields](std::string_view key) {
    return (*fields)[static_cast<std::size_t>(std::find(kKeys.begin(), kKeys.end(), key) - kKeys.begin())];
  };

  std::array<std::string, kKeys.size()> texts;
  for (std::size_t at = 0; at < kKeys.size(); ++at) {
    const YAML::Node& node = (*fields)[at];
    if (!node.IsDefined()) {
      if (at < 4) return complain(entry.Mark(), "the entry has no " + std::string(kKeys[at]));
      continue;
    }
    if (kKeys[at] == "policies") continue;
    auto text = text_of(node, kKeys[at]);
    if (!text) return tl::unexpected(std::move(text.error()));
    texts[at] = *std::move(text);
  }

  Credential credential;
  credential.identity.access_key_id = std::move(texts[0]);
  credential.secret_access_key = Secret(texts[1]);
  credential.identity.account = std::move(texts[2]);
  credential.identity.user = std::move(texts[3]);
  if (const YAML::Node policies = field("policies"); policies.IsDefined()) {
    if (!policies.IsSequence()) return complain(policies.Mark(), "policies must be a list");
    for (const YAML::Node& policy : policies) {
      auto text = text_of(policy, "a policy");
      if (!text) return tl::unexpected(std::move(text.error()));
      credential.identity.policies.push_back(*std::move(text));
    }
  }
  if (const YAML::Node token = field("session_token"); token.IsDefined()) {
    credential.identity.session = true;
    credential.session_token = Secret(texts[5]);
    if (credential.session_token.empty()) return complain(token.Mark(), "session_token must not be empty");
  }
  if (const YAML::Node expires = field("expires"); expires.IsDefined()) {
    credential.expires = parse_extended_time(texts[6]);
    if (!credential.expires) return complain(expires.Mark(), "expires must look like 2026-12-31T23:59:59Z");
  }
  OPENSSL_cleanse(texts[1].data(), texts[1].size());
  OPENSSL_cleanse(texts[5].data(), texts[5].size());

  if (auto fault = fault_of(credential)) {
    const YAML::Node faulty = field(std::string_view(*fault).substr(0, fault->find(' ')));
    return complain(faulty.IsDefined() ? faulty.Mark() : entry.Mark(), std::move(*fault));
  }
  return credential;
}

// The list of entries; an undefined or empty node if there is none.
tl::expected<YAML::Node, Complaint> entries_of(const std::string& text) {
  const std::vector<YAML::Node> documents = YAML::LoadAll(text);
  if (documents.empty() || (documents.size() == 1 && documents[0].IsNull())) return YAML::Node();
  if (documents.size() > 1) return complain(documents[1].Mark(), "there must be one document only");
  auto top = fields_of(documents[0], std::array{kTop}, "the file");
  if (!top) return tl::unexpected(std::move(top.error()));
  const YAML::Node entries = (*top)[0];
  if (!entries.IsDefined() || entries.IsNull() || entries.IsSequence()) return entries;
  return complain(entries.Mark(), "credentials must be a list");
}

Entries read_entries(const YAML::Node& list) {
  std::vector<Credential> credentials;
  if (!list.IsDefined() || list.IsNull()) return credentials;
  for (const YAML::Node& node : list) {
    auto credential = read_entry(node);
    if (!credential) return tl::unexpected(std::move(credential.error()));
    const std::string& id = credential->identity.access_key_id;
    if (std::any_of(credentials.begin(), credentials.end(),
                    [&id](const Credential& other) { return other.identity.access_key_id == id; })) {
      return complain(node.Mark(), "the access_key_id " + id + " is given twice");
    }
    credentials.push_back(*std::move(credential));
  }
  return credentials;
}

// Where YAML's exceptions end. What they say may repeat a part of the text behind a colon.
template <class Read>
auto read_yaml(std::string_view text, Read read) -> decltype(read(std::declval<const std::string&>())) {
  if (text.size() > kCredentialsTextMax)
    return tl::unexpected<Complaint>({0, 0, "the text is longer than 1 MiB"});
  if (auto complaint = control_character_in(text)) return tl::unexpected(std::move(*complaint));
  std::string copy(text);
  try {
    auto result = read(copy);
    OPENSSL_cleanse(copy.data(), copy.size());
    return result;
  } catch (const YAML::Exception& exception) {
    OPENSSL_cleanse(copy.data(), copy.size());
    return complain(exception.mark, "not YAML: " + exception.msg.substr(0, exception.msg.find(':')));
  }
}

// ---- changing

// The lines of a text, each with its end.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::size_t indentation_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

char first_of(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : line[at];
}

// For each entry the line with its dash; nothing where the list is not written line by line.
std::optional<std::vector<std::size_t>> dashes_of(const std::vector<std::string_view>& lines,
                                                  const YAML::Node& list) {
  std::vector<std::size_t> dashes;
  for (const YAML::Node& entry : list) {
    const int marked = entry.Mark().line;
    if (marked < 0 || static_cast<std::size_t>(marked) >= lines.size()) return std::nullopt;
    auto at = static_cast<std::size_t>(marked);
    // The entry may begin in a line below its dash.
    while (first_of(lines[at]) != '-' && at > 0 && (dashes.empty() || at > dashes.back() + 1)) --at;
    if (first_of(lines[at]) != '-' || (!dashes.empty() && at <= dashes.back())) return std::nullopt;
    dashes.push_back(at);
  }
  return dashes;
}

std::string quoted(std::string_view text) {
  std::string scalar = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') scalar += '\\';
    if (c == '\n')
      scalar += "\\n";
    else if (c == '\t')
      scalar += "\\t";
    else if (c == '\r')
      scalar += "\\r";
    else
      scalar += c;
  }
  return scalar + "\"";
}

std::string rendered(const Credential& credential, std::size_t indentation) {
  const std::string margin(indentation, ' ');
  const std::string inner = margin + "  ";
  std::string text = margin + "- access_key_id: " + quoted(credential.identity.access_key_id) + "\n" + inner +
                     "secret_access_key: " + quoted(credential.secret_access_key.revealed()) + "\n" + inner +
                     "account: " + quoted(credential.identity.account) + "\n" + inner +
                     "user: " + quoted(credential.identity.user) + "\n";
  if (!credential.identity.policies.empty()) {
    text += inner + "policies:\n";
    for (const std::string& policy : credential.identity.policies)
      text += inner + "  - " + quoted(policy) + "\n";
  }
  if (!credential.session_token.empty())
    text += inner + "session_token: " + quoted(credential.session_token.revealed()) + "\n";
  if (credential.expires) text += inner + "expires: " + extended_time(*credential.expires) + "\n";
  return text;
}

bool same(const Credential& one, const Credential& other) {
  return one.identity.access_key_id == other.identity.access_key_id &&
         one.identity.account == other.identity.account && one.identity.user == other.identity.user &&
         one.identity.session == other.identity.session && one.identity.policies == other.identity.policies &&
         one.secret_access_key.equals(other.secret_access_key.revealed()) &&
         one.session_token.equals(other.session_token.revealed()) && one.expires == other.expires;
}

// The changed text, if it says what it should: a text can be YAML in more ways than lines can tell.
Text proven(std::string changed, const std::vector<const Credential*>& wanted) {
  const Entries entries = read_credentials(changed);
  if (entries &&
      std::equal(entries->begin(), entries->end(), wanted.begin(), wanted.end(),
                 [](const Credential& one, const Credential* other) { return same(one, *other); })) {
    return changed;
  }
  return tl::unexpected<Complaint>(
      {0, 0, "the entries are not written line by line, so this has to be changed by hand"});
}

std::vector<const Credential*> pointers_to(const std::vector<Credential>& credentials) {
  std::vector<const Credential*> all;
  for (const Credential& credential : credentials) all.push_back(&credential);
  return all;
}

Text changed_to_have(const std::string& text, const Credential& credential) {
  auto list = entries_of(text);
  if (!list) return tl::unexpected(std::move(list.error()));
  const Entries before = read_entries(*list);
  if (!before) return tl::unexpected(before.error());
  const std::string& id = credential.identity.access_key_id;
  if (std::any_of(before->begin(), before->end(),
                  [&id](const Credential& other) { return other.identity.access_key_id == id; })) {
    return tl::unexpected<Complaint>({0, 0, "the access_key_id " + id + " is there already"});
  }

  std::string changed = text;
  std::size_t indentation = 2;
  const std::vector<std::string_view> lines = lines_of(text);
  const bool has_top =
      std::any_of(lines.begin(), lines.end(), [](std::string_view line) { return line.starts_with(kTop); });
  if (list->IsSequence() && list->size() == 0) {
    // "credentials: []": the brackets give way to lines.
    const auto line = static_cast<std::size_t>(std::max(list->Mark().line, 0));
    const auto column = static_cast<std::size_t>(std::max(list->Mark().column, 0));
    if (line < lines.size() && lines[line].substr(std::min(column, lines[line].size())).starts_with("[]"))
      changed.erase(static_cast<std::size_t>(lines[line].data() - text.data()) + column, 2);
  } else if (list->IsSequence()) {
    const auto dashes = dashes_of(lines, *list);
    if (dashes) indentation = indentation_of(lines[dashes->back()]);
  }
  if (!changed.empty() && !changed.ends_with('\n')) changed += '\n';
  if (!has_top) changed += std::string(kTop) + ":\n";
  changed += rendered(credential, indentation);

  std::vector<const Credential*> wanted = pointers_to(*before);
  wanted.push_back(&credential);
  return proven(std::move(changed), wanted);
}

Text changed_to_lack(const std::string& text, std::string_view access_key_id) {
  auto list = entries_of(text);
  if (!list) return tl::unexpected(std::move(list.error()));
  const Entries before = read_entries(*list);
  if (!before) return tl::unexpected(before.error());
  const auto found = std::find_if(before->begin(), before->end(), [access_key_id](const Credential& one) {
    return one.identity.access_key_id == access_key_id;
  });
  if (found == before->end()) {
    return tl::unexpected<Complaint>({0, 0, "there is no access_key_id " + std::string(access_key_id)});
  }
  const auto at = static_cast<std::size_t>(found - before->begin());
  std::vector<const Credential*> wanted = pointers_to(*before);
  wanted.erase(wanted.begin() + static_cast<std::ptrdiff_t>(at));

  const std::vector<std::string_view> lines = lines_of(text);
  const auto dashes = dashes_of(lines, *list);
  if (!dashes) return proven(text, wanted);
  const std::size_t begin = (*dashes)[at];
  std::size_t end = at + 1 < dashes->size() ? (*dashes)[at + 1] : lines.size();
  // What stands before the next entry and is not indented as this one's own was written about the next.
  const std::size_t margin = indentation_of(lines[begin]);
  while (end > begin + 1 && (first_of(lines[end - 1]) == '\0' ||
                             (first_of(lines[end - 1]) == '#' && indentation_of(lines[end - 1]) <= margin))) {
    --end;
  }
  std::string changed;
  for (std::size_t line = 0; line < lines.size(); ++line) {
    if (line < begin || line >= end) changed += lines[line];
  }
  return proven(std::move(changed), wanted);
}

}  // namespace

std::string Complaint::told() const {
  if (line == 0) return text;
  return "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + text;
}

Entries read_credentials(std::string_view text) {
  return read_yaml(text, [](const std::string& yaml) -> Entries {
    auto list = entries_of(yaml);
    if (!list) return tl::unexpected(std::move(list.error()));
    return read_entries(*list);
  });
}

Text with_credential(std::string_view text, const Credential& credential) {
  if (auto fault = fault_of(credential)) return tl::unexpected<Complaint>({0, 0, std::move(*fault)});
  return read_yaml(text,
                   [&credential](const std::string& yaml) { return changed_to_have(yaml, credential); });
}

Text without_credential(std::string_view text, std::string_view access_key_id) {
  return read_yaml(text,
                   [access_key_id](const std::string& yaml) { return changed_to_lack(yaml, access_key_id); });
}

}  // namespace penstock
