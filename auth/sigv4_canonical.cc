#include "auth/sigv4_canonical.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>

#include "auth/sigv4_query.h"

namespace penstock {
namespace {

constexpr std::string_view kSignatureParameter = "X-Amz-Signature";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// What a header's name may consist of, in lower case (RFC 9110, section 5.6.2).
constexpr std::array<bool, 256> kNameCharacters = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyz0123456789-!#$%&'*+.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_lower_case_name(std::string_view name) {
  bool good = !name.empty();
  for (const char c : name) good &= kNameCharacters[static_cast<unsigned char>(c)];
  return good;
}

// Whether each blank in it is a single ' ', as in nearly every value.
bool is_collapsed(std::string_view value) {
  if (value.find('\t') != std::string_view::npos) return false;
  for (std::size_t at = value.find(' '); at != std::string_view::npos; at = value.find(' ', at + 1)) {
    if (value.substr(at + 1, 1) == " ") return false;
  }
  return true;
}

// The value without blanks around it and with one for each run of them inside.
void append_collapsed(std::string& out, std::string_view value) {
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
  if (is_collapsed(value)) {
    out += value;
    return;
  }
  char before = 0;
  for (const char c : value) {
    const char collapsed = is_blank(c) ? ' ' : c;
    if (collapsed != ' ' || before != ' ') out.push_back(collapsed);
    before = collapsed;
  }
}

}  // namespace

std::optional<CanonicalRequest::Headers> CanonicalRequest::begin(const SignedRequest& request,
                                                                 std::string_view signed_headers) {
  text_.clear();
  text_ += request.method;
  text_ += '\n';
  append_path(request.path());
  text_ += '\n';
  if (const std::string_view query = request.query(); !query.empty() && !append_query(query))
    return std::nullopt;
  text_ += '\n';
  const Headers headers = append_headers(request, signed_headers);
  text_ += '\n';
  text_ += signed_headers;
  text_ += '\n';
  return headers;
}

std::string_view CanonicalRequest::finish(std::string_view body_digest) {
  text_ += body_digest;
  return text_;
}

void CanonicalRequest::append_path(std::string_view path) {
  segments_.clear();
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments_.push_back(segment);
    } else if (!segments_.empty()) {
      segments_.pop_back();
    }
  }
  for (const std::string_view segment : segments_) {
    text_ += '/';
    append_encoded(text_, segment);
  }
  if (segments_.empty() || path.ends_with('/')) text_ += '/';
}

bool CanonicalRequest::append_query(std::string_view query) {
  query_.clear();
  parameters_.clear();
  while (const auto parameter = next_parameter(query)) {
    const std::size_t begin = query_.size();
    if (!append_reencoded(query_, parameter->name)) return false;
    const std::size_t value = query_.size();
    if (std::string_view(query_).substr(begin) == kSignatureParameter) {
      query_.resize(begin);
      continue;
    }
    if (!append_reencoded(query_, parameter->value)) return false;
    parameters_.push_back({begin, value, query_.size()});
  }
  const auto name = [this](const Parameter& p) {
    return std::string_view(query_).substr(p.begin, p.value - p.begin);
  };
  const auto value = [this](const Parameter& p) {
    return std::string_view(query_).substr(p.value, p.end - p.value);
  };
  std::sort(parameters_.begin(), parameters_.end(), [&](const Parameter& one, const Parameter& other) {
    return std::tuple(name(one), value(one)) < std::tuple(name(other), value(other));
  });
  bool first = true;
  for (const Parameter& parameter : parameters_) {
    if (!first) text_ += '&';
    first = false;
    text_ += name(parameter);
    text_ += '=';
    text_ += value(parameter);
  }
  return true;
}

CanonicalRequest::Headers CanonicalRequest::append_headers(const SignedRequest& request,
                                                           std::string_view signed_headers) {
  Headers found;
  std::string_view before;
  // An end in ';' leaves a last name that is empty.
  if (signed_headers.empty() || signed_headers.ends_with(';')) found.in_order = false;
  for (std::string_view rest = signed_headers; !rest.empty();) {
    const std::string_view name = next_signed_name(rest);
    if (!is_lower_case_name(name) || name <= before) found.in_order = false;
    if (!found.in_order) return found;
    before = name;
    text_ += name;
    text_ += ':';
    std::size_t count = 0;
    for (const auto& [header, value] : request.headers) {
      if (!is_named(header, name)) continue;
      if (count++ > 0) text_ += ',';
      append_collapsed(text_, value);
    }
    text_ += '\n';
    if (name == "host") found.host = true;
    if (count == 0) {
      found.missing = name;
      return found;
    }
    if (is_amz(name)) found.amz += count;
  }
  return found;
}

std::string_view next_signed_name(std::string_view& signed_headers) {
  const std::size_t end = std::min(signed_headers.find(';'), signed_headers.size());
  const std::string_view name = signed_headers.substr(0, end);
  signed_headers.remove_prefix(std::min(end + 1, signed_headers.size()));
  return name;
}

bool is_amz(std::string_view header_name) {
  constexpr std::string_view kPrefix = "x-amz-";
  if (header_name.size() < kPrefix.size() || header_name[1] != '-') return false;
  return is_named(header_name.substr(0, kPrefix.size()), kPrefix);
}

}  // namespace penstock
