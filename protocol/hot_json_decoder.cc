#include "protocol/hot_json_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

#include "base/base64.h"

namespace penstock {
namespace {

namespace ondemand = simdjson::ondemand;

// Far above what a request holds. A list or map beyond it counts against the first decoder's bound on values.
constexpr std::size_t kElementsMax = 1000;

// ---- each gives up with false

// A text without escapes is taken as it stands; that is the common case, and by far the cheaper one.
bool read(ondemand::value json, std::string& out) {
  const std::string_view token = json.raw_json_token();
  if (token.starts_with('"') && token.find('\\') == std::string_view::npos) {
    ondemand::raw_json_string consumed;
    if (json.get_raw_json_string().get(consumed) != simdjson::SUCCESS) return false;
    out = token.substr(1, token.rfind('"') - 1);
    return true;
  }
  std::string_view text;
  if (json.get_string().get(text) != simdjson::SUCCESS) return false;
  out = text;
  return true;
}

bool read(ondemand::value json, std::int64_t& out) {
  if (json.get_int64().get(out) != simdjson::SUCCESS) return false;
  return out >= std::numeric_limits<std::int32_t>::min() && out <= std::numeric_limits<std::int32_t>::max();
}

bool read(ondemand::value json, Blob& out) {
  std::string text;
  if (!read(json, text)) return false;
  std::optional<std::string> bytes = base64_decode(text);
  if (!bytes) return false;
  out.bytes = std::move(*bytes);
  return true;
}

template <HasFields Structure>
bool read(ondemand::value json, Structure& out);
template <class Element>
bool read(ondemand::value json, std::vector<Element>& out);
template <class Value>
bool read(ondemand::value json, MapOf<Value>& out);

template <class Value>
bool read(ondemand::value json, std::optional<Value>& out) {
  return read(json, out.emplace());
}

// A member's name as it is written; nothing if it is written with escapes.
std::optional<std::string_view> plain_name(ondemand::field& field) {
  const char* const begin = field.key().raw();
  const char* end = begin;
  while (*end != '"') {
    if (*end == '\\') return std::nullopt;
    ++end;
  }
  return std::string_view(begin, static_cast<std::size_t>(end - begin));
}

template <HasFields Structure>
bool read_object(ondemand::object object, Structure& out) {
  std::uint32_t seen = 0;
  for (auto member : object) {
    ondemand::field field;
    if (std::move(member).get(field) != simdjson::SUCCESS) return false;
    const auto name = plain_name(field);
    if (!name) return false;
    bool taken = false;
    std::uint32_t bit = 1;
    const auto try_row = [&](const auto& row) {
      if (row.name == *name) {
        taken = (seen & bit) == 0 && read(field.value(), out.*(row.member));
        seen |= bit;
        return true;
      }
      bit <<= 1;
      return false;
    };
    std::apply([&](const auto&... row) { static_cast<void>((try_row(row) || ...)); }, kFieldsOf<Structure>);
    if (!taken) return false;
  }
  return true;
}

template <HasFields Structure>
bool read(ondemand::value json, Structure& out) {
  ondemand::object object;
  return json.get_object().get(object) == simdjson::SUCCESS && read_object(object, out);
}

template <class Element>
bool read(ondemand::value json, std::vector<Element>& out) {
  ondemand::array array;
  if (json.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto element : array) {
    ondemand::value value;
    if (std::move(element).get(value) != simdjson::SUCCESS || out.size() == kElementsMax) return false;
    if (!read(value, out.emplace_back())) return false;
  }
  return true;
}

template <class Value>
bool read(ondemand::value json, MapOf<Value>& out) {
  ondemand::object object;
  if (json.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto member : object) {
    ondemand::field field;
    if (std::move(member).get(field) != simdjson::SUCCESS || out.entries.size() == kElementsMax) return false;
    const auto name = plain_name(field);
    if (!name) return false;
    auto& [key, value] = out.entries.emplace_back(std::string(*name), Value{});
    if (!read(field.value(), value)) return false;
  }
  std::sort(out.entries.begin(), out.entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto twice = std::adjacent_find(out.entries.begin(), out.entries.end(),
                                        [](const auto& a, const auto& b) { return a.first == b.first; });
  return twice == out.entries.end();
}

// An escaped surrogate: whether it has its partner is for the first decoder to say.
bool escapes_surrogate(std::string_view body) {
  for (std::size_t at = body.find("\\u"); at != std::string_view::npos; at = body.find("\\u", at + 2)) {
    if (at + 2 < body.size() && (body[at + 2] == 'd' || body[at + 2] == 'D')) return true;
  }
  return false;
}

// simdjson reads a little past the end, so it gets a copy with room behind it.
struct Parsing {
  ondemand::parser parser{kHotJsonBytesMax};
  std::string padded;
};

}  // namespace

template <HotRequest Request>
std::optional<Request> decode_hot_json(std::string_view body) {
  if (body.empty() || body.size() > kHotJsonBytesMax || escapes_surrogate(body)) return std::nullopt;
  thread_local Parsing parsing;
  std::string& padded = parsing.padded;
  if (padded.size() < body.size() + simdjson::SIMDJSON_PADDING) {
    padded.resize(body.size() + simdjson::SIMDJSON_PADDING);
  }
  std::memcpy(padded.data(), body.data(), body.size());
  std::memset(padded.data() + body.size(), ' ', simdjson::SIMDJSON_PADDING);

  ondemand::document document;
  if (parsing.parser.iterate(padded.data(), body.size(), padded.size()).get(document) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  ondemand::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) return std::nullopt;
  std::optional<Request> request(std::in_place);
  if (!read_object(object, *request)) return std::nullopt;
  // Nothing may follow.
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) return std::nullopt;
  return request;
}

template std::optional<sqs::SendMessageRequest> decode_hot_json(std::string_view);
template std::optional<sqs::SendMessageBatchRequest> decode_hot_json(std::string_view);
template std::optional<sqs::ReceiveMessageRequest> decode_hot_json(std::string_view);
template std::optional<sqs::DeleteMessageRequest> decode_hot_json(std::string_view);
template std::optional<sqs::DeleteMessageBatchRequest> decode_hot_json(std::string_view);
template std::optional<sqs::ChangeMessageVisibilityRequest> decode_hot_json(std::string_view);
template std::optional<sqs::GetQueueUrlRequest> decode_hot_json(std::string_view);

}  // namespace penstock
