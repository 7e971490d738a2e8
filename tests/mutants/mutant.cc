#include "tests/mutants/mutant.h"

#include <map>
#include <sstream>

namespace penstock {
namespace {

tl::unexpected<Error> complaint(std::string text) {
  return refuse(ErrorCode::kMalformedInput, std::move(text));
}

void append_line(std::string& text, const std::string& line) {
  if (!text.empty()) text += '\n';
  text += line;
}

}  // namespace

Result<Mutant> parse_mutant(const std::string& name, std::string_view text) {
  std::map<std::string, std::string> fields;
  std::string title;
  std::string block;  // which of "old" and "new" the lines belong to
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (title.empty()) {
      title = line;
    } else if (line[0] == '|' && !block.empty()) {
      append_line(fields[block], line.size() > 2 ? line.substr(2) : "");
    } else if (const std::size_t colon = line.find(':'); colon != std::string::npos) {
      const std::string field = line.substr(0, colon);
      block = field == "old" || field == "new" ? field : "";
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      if (block.empty()) fields[field] = value == std::string::npos ? "" : line.substr(value);
    } else {
      return complaint("not understood: " + line);
    }
  }
  for (const char* field : {"breaks", "caught by", "file", "kind", "old"}) {
    if (fields[field].empty()) return complaint(std::string("it does not say ") + field);
  }
  if (fields["kind"] != "statement" && fields["kind"] != "expression") {
    return complaint("its kind is neither statement nor expression");
  }
  return Mutant{.name = name,
                .title = title,
                .breaks = fields["breaks"],
                .caught_by = fields["caught by"],
                .file = fields["file"],
                .within = fields["within"],
                .is_statement = fields["kind"] == "statement",
                .old_text = fields["old"],
                .new_text = fields["new"]};
}

Result<Place> place_of(const Mutant& mutant, std::string_view source) {
  std::size_t from = 0;
  std::size_t to = source.size();
  if (!mutant.within.empty()) {
    from = source.find(mutant.within);
    if (from == std::string_view::npos)
      return complaint(mutant.file + " has no text \"" + mutant.within + "\"");
    if (source.find(mutant.within, from + 1) != std::string_view::npos) {
      return complaint(mutant.file + " has the text \"" + mutant.within + "\" more than once");
    }
    to = std::min(source.find("\n}", from), to);
  }
  const std::string_view scope = source.substr(from, to - from);
  const std::size_t at = scope.find(mutant.old_text);
  if (at == std::string_view::npos) {
    return complaint("its old text does not stand in " + mutant.file + " any more: " + mutant.old_text);
  }
  if (scope.find(mutant.old_text, at + 1) != std::string_view::npos) {
    return complaint("its old text stands more than once in " + mutant.file + ": " + mutant.old_text);
  }
  return Place{from + at, from + at + mutant.old_text.size()};
}

}  // namespace penstock
