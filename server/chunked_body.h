// ChunkedBody: takes the chunked transfer coding (RFC 9112, section 7.1) off a body.
//
//     size line --> data --> data's CRLF --> size line ... --> last chunk --> trailers --> done
//
// Fed with whatever has arrived, in any pieces; it consumes all it can use, so nothing needs to be kept
// for it but an unfinished line. Chunk extensions and trailers are bounded and ignored. Line ends are
// CR LF and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http_bounds.h"

namespace penstock {

class ChunkedBody {
 public:
  explicit ChunkedBody(std::uint64_t bytes_max = kBodyBytesMax) : bytes_max_(bytes_max) {}

  struct Taken {
    std::size_t consumed = 0;
    std::optional<HttpRefusal> refusal;
  };
  // Appends what it decodes to `body`.
  Taken take(std::string_view bytes, std::string& body);

  bool done() const { return state_ == State::kDone; }

 private:
  enum class State { kSizeLine, kData, kDataEnd, kTrailers, kDone };

  std::optional<HttpRefusal> begin_chunk(std::string_view line, std::size_t body_bytes);

  std::uint64_t bytes_max_;
  State state_ = State::kSizeLine;
  std::uint64_t left_ = 0;  // of the chunk's data
  std::size_t trailer_bytes_ = 0;
};

}  // namespace penstock
