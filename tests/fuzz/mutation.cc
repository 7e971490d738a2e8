#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace penstock {
namespace {

// Numbers and signs where readers change their mind.
constexpr std::string_view kExtremes[] = {
    "0", "-1", "9999999999", "18446744073709551616", "1e309", "\\u0000", "\\ud800", "%00", "%", "\r\n", "\r\n\r\n", ",",
    ":", ";", "&", "=", "\"", "{}", "[]", "null", "*", "${", "\xef\xbf\xbf", "\xf4\x90\x80\x80", "\xc0\x80"};

}  // namespace

Mutation::Mutation(const std::vector<std::string>& seeds, std::uint64_t seed) : seeds_(seeds), random_(seed) {
  std::set<std::string> words(std::begin(kExtremes), std::end(kExtremes));
  for (const std::string& text : seeds_) {
    std::string word;
    for (const char byte : text + " ") {
      const auto plain = static_cast<unsigned char>(byte);
      if (std::isalnum(plain) != 0 || byte == '-' || byte == '_' || plain >= 0x80) {
        word += byte;
        continue;
      }
      if (!word.empty()) words.insert(std::move(word));
      word.clear();
    }
  }
  words_.assign(words.begin(), words.end());
}

std::string Mutation::piece() {
  const std::string& from = any_seed();
  if (from.empty()) return {};
  const std::size_t at = random_.below(from.size());
  return from.substr(at, 1 + random_.below(32));
}

void Mutation::change(std::string& input) {
  const std::size_t at = random_.below(input.size() + 1);
  const std::size_t size = std::min<std::size_t>(1 + random_.below(random_.below(8) == 0 ? 256 : 8), input.size() - at);
  switch (random_.below(8)) {
    case 0:
      if (at < input.size()) input[at] = static_cast<char>(random_.below(256));
      break;
    case 1:
      if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << random_.below(8)));
      break;
    case 2:
      input.erase(at, size);
      break;
    case 3:
      input.insert(at, input.substr(at, size));
      break;
    case 4:
      input.insert(at, words_[random_.below(words_.size())]);
      break;
    case 5:
      input.replace(at, size, words_[random_.below(words_.size())]);
      break;
    case 6:
      input.insert(at, piece());
      break;
    default: {
      const std::string moved = input.substr(at, size);
      input.erase(at, size);
      input.insert(random_.below(input.size() + 1), moved);
    }
  }
}

std::string Mutation::next() {
  std::string input = any_seed();
  if (random_.below(8) == 0) {
    const std::string& tail = any_seed();
    input = input.substr(0, random_.below(input.size() + 1)) + tail.substr(random_.below(tail.size() + 1));
  }
  for (auto left = 1 + random_.below(8); left > 0; --left) change(input);
  if (input.size() > kBytesMax) input.resize(kBytesMax);
  return input;
}

}  // namespace penstock
