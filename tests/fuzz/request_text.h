// RequestText: a request as the targets read it out of their input: the method and the target in the first line, header
// lines up to an empty one, and the body. It looks into the input.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock {

struct RequestText {
  explicit RequestText(std::string_view input) {
    const std::string_view line = take_line(input);
    const std::size_t blank = std::min(line.find(' '), line.size());
    method = line.substr(0, blank);
    target = line.substr(std::min(blank + 1, line.size()));
    for (std::string_view header = take_line(input); !header.empty(); header = take_line(input)) {
      const std::size_t colon = std::min(header.find(": "), header.size());
      headers.emplace_back(header.substr(0, colon), header.substr(std::min(colon + 2, header.size())));
    }
    body = input;
  }

  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;

 private:
  static std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
  }
};

}  // namespace penstock
