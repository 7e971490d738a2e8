#include "tests/plays/play.h"

#include <cctype>
#include <sstream>

namespace penstock {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(std::move(word));
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Step parse_step(const std::string& line, int number) {
  const std::size_t arrow = line.find("->");
  return {.line = number,
          .text = joined(words_of(line)),
          .words = words_of(line.substr(0, arrow)),
          .expected = arrow == std::string::npos ? "" : joined(words_of(line.substr(arrow + 2)))};
}

}  // namespace

std::string Play::name() const {
  std::string name;
  bool capital = true;
  for (const char c : title) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      capital = capital || c != '\'';
      continue;
    }
    name.push_back(capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c);
    capital = false;
  }
  return name;
}

Result<std::vector<Play>> parse_plays(std::string_view text) {
  std::vector<Play> plays;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos || line[first] == '#') continue;
    if (first == 0) {
      plays.push_back({.title = line, .line = number, .steps = {}});
      continue;
    }
    if (plays.empty()) {
      return refuse(ErrorCode::kMalformedInput,
                    "line " + std::to_string(number) + ": a step without a title");
    }
    plays.back().steps.push_back(parse_step(line, number));
    if (plays.back().steps.back().words.empty()) {
      return refuse(ErrorCode::kMalformedInput,
                    "line " + std::to_string(number) + ": an arrow without a step");
    }
  }
  return plays;
}

}  // namespace penstock
