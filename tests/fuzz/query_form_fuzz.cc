// Forms: what is read from one is what a naive reading finds in it, or both refuse it.
//
// The input is the query of a URL and, behind the first line's end, a body.
#include "protocol/query_form.h"

#include <map>

#include "base/require.h"
#include "protocol/utf8.h"
#include "tests/fuzz/fuzz_target.h"

namespace penstock {
namespace {

// Nothing: it cannot be decoded.
std::optional<std::string> decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+') {
      bytes += ' ';
    } else if (text[at] != '%') {
      bytes += text[at];
    } else {
      static constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
      const std::size_t high = at + 1 < text.size() ? kDigits.find(text[at + 1]) : std::string_view::npos;
      const std::size_t low = at + 2 < text.size() ? kDigits.find(text[at + 2]) : std::string_view::npos;
      // Capital letters are found in the second half.
      const auto value = [](std::size_t found) { return found < 16 ? found : found - 16; };
      if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
      bytes += static_cast<char>(value(high) * 16 + value(low));
      at += 2;
    }
  }
  return bytes;
}

// False: it is no form.
bool read_naively(std::string_view text, std::map<std::string, std::string>& into) {
  std::size_t at = 0;
  while (at <= text.size() && !text.empty()) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::string_view piece = text.substr(at, end - at);
    at = end + 1;
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    const auto name = decoded(piece.substr(0, equals));
    const auto value = decoded(piece.substr(std::min(equals + 1, piece.size())));
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return false;
    into[*name] = *value;
  }
  return true;
}

}  // namespace

void examine(std::string_view input) {
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view query = input.substr(0, line);
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const Result<QueryForm> form = QueryForm::parse(query, body);
  std::map<std::string, std::string> expected;
  const bool good = read_naively(query, expected) && read_naively(body, expected);
  require(form.has_value() == good, "both readings refuse the same forms");
  if (!form) return;
  std::size_t found = 0;
  form->each([&](const std::string& name, const std::string& value) {
    const auto known = expected.find(name);
    require(known != expected.end() && known->second == value, "both readings find the same");
    ++found;
    const std::string* const one = form->find(name);
    require(one != nullptr && *one == value, "what is there is found");
    const std::string outer = name.substr(0, name.find('.'));
    require(form->has(outer), "what a name begins with is there");
    std::uint32_t before = 0;
    bool first = true;
    for (const std::uint32_t element : form->elements(outer)) {
      require(first || element > before, "elements are in order, each once");
      require(element <= 999'999'999, "an element's number has at most nine digits");
      before = element;
      first = false;
    }
  });
  require(found == expected.size(), "neither reading finds more");
}

std::vector<std::string> seeds() {
  return {"Action=SendMessage&Version=2012-11-05\nMessageBody=a%20b+c%F0%9F%9A%B0&DelaySeconds=3",
          "\nAttribute.1.Name=a&Attribute.1.Value=b&Attribute.2.Name=c&Attribute.2.Value=d",
          "a=b&a=c\na=d", "&&=&a&=b&a=\n", "%61=%62%zz\n", "%e2%82\n", "%E2%82%AC=%e2%82%ac\n", "a%3Db=c%26d\n",
          "a.1=x&a.01=y&a.1.b=z&a.999999999=w&a.1000000000=v&a.=u&a.-1=t\n", "\xff=\n", "a=%\n", "a=%4\n", "a=%00\n"};
}

}  // namespace penstock
