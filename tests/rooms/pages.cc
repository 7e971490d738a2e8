#include "tests/rooms/pages.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string_view>

namespace penstock {
namespace {

namespace fs = std::filesystem;

struct Link {
  std::size_t line = 0;  // from 1
  std::string target;
};

// What stands between backticks is no link; link texts may have some.
std::string without_code(const std::string& line) {
  std::string text;
  bool code = false;
  for (const char c : line) {
    if (c == '`') {
      code = !code;
    } else if (!code) {
      text += c;
    }
  }
  return text;
}

bool leads_elsewhere(std::string_view target) {
  const std::size_t colon = target.find(':');
  return colon != std::string_view::npos && colon < target.find_first_of("/#");
}

// Visits each line outside of fenced code.
template <class Visit>
void each_line(const std::string& text, Visit visit) {
  std::istringstream lines(text);
  std::string line;
  bool code = false;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin != std::string::npos && line.compare(begin, 3, "```") == 0) {
      code = !code;
    } else if (!code) {
      visit(number, line);
    }
  }
}

std::vector<Link> links_in(const std::string& text) {
  std::vector<Link> links;
  each_line(text, [&](std::size_t number, const std::string& line) {
    const std::string words = without_code(line);
    for (std::size_t at = words.find("]("); at != std::string::npos; at = words.find("](", at + 2)) {
      const std::size_t end = words.find_first_of(") ", at);
      std::string target = words.substr(at + 2, end == std::string::npos ? end : end - at - 2);
      if (!target.empty() && !leads_elsewhere(target)) links.push_back({number, std::move(target)});
    }
  });
  return links;
}

// As it stands behind the # of a link: lower case, blanks as hyphens, without punctuation.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || (c & 0x80) != 0;
    if (c >= 'A' && c <= 'Z') {
      anchor += static_cast<char>(c - 'A' + 'a');
    } else if (letter || c == ' ') {
      anchor += c == ' ' ? '-' : c;
    }
  }
  return anchor;
}

std::set<std::string> anchors_of(const std::string& text) {
  std::set<std::string> anchors;
  each_line(text, [&](std::size_t, const std::string& line) {
    const std::size_t begin = line.find_first_not_of('#');
    if (begin == 0 || begin == std::string::npos || line[begin] != ' ') return;
    anchors.insert(anchor_of(std::string_view(line).substr(begin + 1)));
  });
  return anchors;
}

// The path in the repository that a link of this page names; an anchor alone is the page itself.
std::string path_named(const std::string& page, const std::string& target) {
  const std::string path = target.substr(0, target.find('#'));
  if (path.empty()) return page;
  std::string named = (fs::path(page).parent_path() / path).lexically_normal().generic_string();
  if (named.ends_with('/')) named.pop_back();
  return named;
}

}  // namespace

std::vector<Violation> judge_page_links(const Pages& pages,
                                        const std::function<bool(const std::string&)>& exists) {
  std::vector<Violation> violations;
  for (const auto& [path, text] : pages) {
    for (const Link& link : links_in(text)) {
      const std::string where = path + ":" + std::to_string(link.line);
      const std::string named = path_named(path, link.target);
      const std::size_t hash = link.target.find('#');
      if (!exists(named)) {
        violations.push_back({where, "there is no " + named});
      } else if (hash != std::string::npos) {
        const auto page = pages.find(named);
        if (page == pages.end() || !anchors_of(page->second).contains(link.target.substr(hash + 1)))
          violations.push_back({where, "there is no heading " + link.target.substr(hash) + " in " + named});
      }
    }
  }
  return violations;
}

std::vector<std::string> pages_out_of_reach(const Pages& pages) {
  std::set<std::string> reached;
  std::vector<std::string> ahead{"README.md"};
  while (!ahead.empty()) {
    const std::string path = std::move(ahead.back());
    ahead.pop_back();
    const auto page = pages.find(path);
    if (page == pages.end()) {
      for (const auto& [other, text] : pages) {
        if (fs::path(other).parent_path().generic_string() == path && !reached.contains(other))
          ahead.push_back(other);
      }
    } else if (reached.insert(path).second) {
      for (const Link& link : links_in(page->second)) ahead.push_back(path_named(path, link.target));
    }
  }
  std::vector<std::string> missed;
  for (const auto& [path, text] : pages) {
    if (!reached.contains(path)) missed.push_back(path);
  }
  return missed;
}

}  // namespace penstock
