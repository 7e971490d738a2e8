#include "protocol/mail_address.h"

#include <algorithm>

#include "base/character_set.h"

namespace penstock {
namespace {

constexpr std::size_t kLocalMax = 64;
constexpr std::size_t kAddressMax = 254;
constexpr std::size_t kLabelMax = 63;

constexpr CharacterSet kInAtom = CharacterSet::alphanumeric("!#$%&'*+-/=?^_`{|}~");
constexpr CharacterSet kInLabel = CharacterSet::alphanumeric("-");

// Parts with single dots between them, each of which passes.
template <class Passes>
bool dotted(std::string_view text, const Passes& passes) {
  while (true) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    if (!passes(text.substr(0, dot))) return false;
    if (dot == text.size()) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view part) { return !part.empty() && kInAtom.makes(part); }

bool is_label(std::string_view part) {
  return !part.empty() && part.size() <= kLabelMax && part.front() != '-' && part.back() != '-' &&
         kInLabel.makes(part);
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at > kLocalMax || text.size() > kAddressMax) return false;
  const std::string_view domain = text.substr(at + 1);
  return dotted(text.substr(0, at), is_atom) && domain.find('.') != std::string_view::npos &&
         dotted(domain, is_label);
}

}  // namespace penstock
