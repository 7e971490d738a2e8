#include "server/chunked_body.h"

#include <algorithm>
#include <charconv>

namespace penstock {
namespace {

constexpr HttpRefusal kBadChunk{400, "The request's chunked body is not well-formed."};
constexpr HttpRefusal kTooLarge{413, "The request's body is too large."};

struct Line {
  std::optional<std::string_view> text;  // without its end; nothing: not all of it is there
  bool malformed = false;
};

// The line that begins `bytes`. A control character other than a tab makes it malformed.
Line first_line(std::string_view bytes, std::size_t bytes_max) {
  const std::string_view within = bytes.substr(0, bytes_max);
  for (std::size_t at = 0; at < within.size(); ++at) {
    const auto byte = static_cast<unsigned char>(within[at]);
    if (byte == '\r') {
      if (at + 1 == bytes.size()) return {};
      if (bytes[at + 1] != '\n') return {{}, true};
      return {within.substr(0, at)};
    }
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return {{}, true};
  }
  return {{}, bytes.size() >= bytes_max};
}

}  // namespace

std::optional<HttpRefusal> ChunkedBody::begin_chunk(std::string_view line, std::size_t body_bytes) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  if (error == std::errc::result_out_of_range) return kTooLarge;
  if (error != std::errc{}) return kBadChunk;
  // from_chars takes no sign for an unsigned number; only an extension may follow the digits.
  if (end != line.data() + line.size() && *end != ';') return kBadChunk;
  if (left_ > bytes_max_ - std::min<std::uint64_t>(body_bytes, bytes_max_)) return kTooLarge;
  state_ = left_ == 0 ? State::kTrailers : State::kData;
  return std::nullopt;
}

ChunkedBody::Taken ChunkedBody::take(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  while (state_ != State::kDone) {
    const std::string_view rest = bytes.substr(at);
    switch (state_) {
      case State::kSizeLine: {
        const Line line = first_line(rest, kChunkLineBytesMax);
        if (line.malformed) return {at, kBadChunk};
        if (!line.text) return {at, {}};
        if (const auto refusal = begin_chunk(*line.text, body.size())) return {at, refusal};
        at += line.text->size() + 2;
        break;
      }
      case State::kData: {
        if (rest.empty()) return {at, {}};
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
        body.append(rest.substr(0, taken));
        at += taken;
        left_ -= taken;
        if (left_ == 0) state_ = State::kDataEnd;
        break;
      }
      case State::kDataEnd:
        if (!rest.empty() && rest[0] != '\r') return {at, kBadChunk};
        if (rest.size() < 2) return {at, {}};
        if (rest[1] != '\n') return {at, kBadChunk};
        at += 2;
        state_ = State::kSizeLine;
        break;
      case State::kTrailers: {
        const Line line = first_line(rest, kTrailerBytesMax - trailer_bytes_);
        if (line.malformed) return {at, kBadChunk};
        if (!line.text) return {at, {}};
        at += line.text->size() + 2;
        trailer_bytes_ = std::min(trailer_bytes_ + line.text->size() + 2, kTrailerBytesMax);
        if (line.text->empty()) state_ = State::kDone;
        break;
      }
      case State::kDone:
        break;
    }
  }
  return {at, {}};
}

}  // namespace penstock
