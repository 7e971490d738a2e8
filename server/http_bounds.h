// What one HTTP exchange may take: bytes, counts and seconds, and how a request beyond them is refused.
// HttpBounds are those that a setting chooses; the constants are nobody's choice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace penstock {

inline constexpr std::size_t kHeadBytesMax = 32 << 10;    // request line and headers: 431
inline constexpr std::size_t kHeadFieldsMax = 100;        // 431
inline constexpr std::size_t kTargetBytesMax = 8 << 10;   // 414
inline constexpr std::size_t kMethodBytesMax = 32;        // 400
inline constexpr std::size_t kChunkLineBytesMax = 256;    // a chunk's size and extensions: 400
inline constexpr std::size_t kTrailerBytesMax = 8 << 10;  // 400

inline constexpr Seconds kLingerSecondsMax{2};  // after the last answer, for the peer to read it
inline constexpr Seconds kBodyWindow{10};       // a body must bring this many bytes
inline constexpr std::size_t kBodyWindowBytesMin = 10 << 10;  // in each such window

// The defaults of what may be chosen.
inline constexpr std::uint64_t kBodyBytesMax = 8 << 20;
inline constexpr std::size_t kPipelinedBytesMax = 64 << 10;

struct HttpBounds {
  std::uint64_t body_bytes_max = kBodyBytesMax;          // 413, before it is read
  std::size_t pipelined_bytes_max = kPipelinedBytesMax;  // taken in while a request is under way
  Seconds head_time_max{10};                             // from a head's first byte to its last
  Seconds idle_time_max{75};                             // without a byte of the next request
  Seconds write_time_max{30};                            // without the peer taking a byte of the answer

  bool operator==(const HttpBounds&) const = default;
};

// A request that is refused before anybody looks at what it asks for. The connection is closed after it.
struct HttpRefusal {
  int status = 400;
  std::string_view text;  // for the client; constant, so nothing of the request is echoed

  bool operator==(const HttpRefusal&) const = default;
};

}  // namespace penstock
