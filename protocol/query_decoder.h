// The decoder of AWS Query: from a QueryForm to any request that has fields(), by the same rows as the
// decoder of AWS JSON.
//
// Parameters that the request does not know are ignored. A number that is none and bytes that are no base64
// are refused with kMalformedInput. Of a map's entries with the same key the last one counts. As in the
// examples of AWS's own reference, a list or map of one may come without its number: AttributeName=All,
// Attribute.Name=...&Attribute.Value=... And as SDKs write it, a list without elements may be there with an
// empty value: AttributeName=
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "protocol/field.h"
#include "protocol/query_form.h"

namespace penstock {

namespace query_decoder {

// Of the leaves.
Result<void> read(const std::string& value, std::string& out);
Result<void> read(const std::string& value, LooseText& out);
Result<void> read(const std::string& value, Blob& out);
Result<void> read(const std::string& value, std::int64_t& out);

template <HasFields Structure>
Result<void> read_structure(const QueryForm& form, const std::string& prefix, Structure& out);

// The value that stands under that very name, or the structure whose members stand below it.
template <class Value>
Result<void> read_named(const QueryForm& form, const std::string& name, Value& out) {
  if constexpr (HasFields<Value>) {
    return read_structure(form, name + '.', out);
  } else {
    const std::string* value = form.find(name);
    return value == nullptr ? Result<void>{} : read(*value, out);
  }
}

template <class Row, class Value>
Result<void> read_member(const QueryForm& form, const Row&, const std::string& name,
                         std::optional<Value>& out) {
  if (!form.has(name)) return {};
  return read_named(form, name, out.emplace());
}

template <class Row, class Element>
Result<void> read_member(const QueryForm& form, const Row&, const std::string& name,
                         std::vector<Element>& out) {
  if (const std::string* one = form.find(name); one != nullptr && !one->empty()) {
    if (Result<void> done = read_named(form, name, out.emplace_back()); !done) return done;
  }
  for (const std::uint32_t number : form.elements(name)) {
    if (Result<void> done = read_named(form, name + '.' + std::to_string(number), out.emplace_back());
        !done) {
      return done;
    }
  }
  return {};
}

template <class Row, class Value>
Result<void> read_member(const QueryForm& form, const Row& row, const std::string& name, MapOf<Value>& out) {
  const auto read_entry = [&](const std::string& prefix) -> Result<void> {
    const std::string* key = form.find(prefix + std::string(row.map.key));
    auto& [out_key, value] = out.entries.emplace_back(key == nullptr ? std::string() : *key, Value{});
    return read_named(form, prefix + std::string(row.map.value), value);
  };
  if (form.find(name + '.' + std::string(row.map.key)) != nullptr) {
    if (Result<void> done = read_entry(name + '.'); !done) return done;
  }
  for (const std::uint32_t number : form.elements(name)) {
    if (Result<void> done = read_entry(name + '.' + std::to_string(number) + '.'); !done) return done;
  }
  std::stable_sort(out.entries.begin(), out.entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto kept = std::unique(out.entries.rbegin(), out.entries.rend(),
                                [](const auto& a, const auto& b) { return a.first == b.first; });
  out.entries.erase(out.entries.begin(), kept.base());
  return {};
}

template <HasFields Structure>
Result<void> read_structure(const QueryForm& form, const std::string& prefix, Structure& out) {
  return each_field<Structure>([&](const auto& row) -> Result<void> {
    return read_member(form, row, prefix + std::string(row.query_name), out.*(row.member));
  });
}

}  // namespace query_decoder

template <HasFields Request>
Result<Request> decode_query(const QueryForm& form) {
  Request request;
  if (Result<void> done = query_decoder::read_structure(form, {}, request); !done) {
    return tl::unexpected(std::move(done.error()));
  }
  return request;
}

}  // namespace penstock
