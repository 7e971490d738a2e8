// HttpHead: the request line and headers of one request, as places in the bytes they were read from.
//
// A plain head is read by server/plain_head.h. Every other one is parsed by Beast's strict parser plus what
// that leaves to its users: no obsolete folding, one Host, one Content-Length of digits only, no transfer
// coding but exactly "chunked", the bounds of http_bounds.h. Places, not views: the bytes may move while the
// body is still arriving.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/http_bounds.h"

namespace penstock {

struct Place {
  std::uint32_t at = 0;
  std::uint32_t size = 0;

  std::string_view in(std::string_view bytes) const { return bytes.substr(at, size); }
  bool operator==(const Place&) const = default;
};

struct HttpHead {
  struct Field {
    Place name;
    Place value;

    bool operator==(const Field&) const = default;
  };

  Place method;
  Place target;  // path and query; of an absolute form only these
  std::vector<Field> fields;
  std::uint64_t content_length = 0;
  bool chunked = false;
  bool http_1_0 = false;
  bool keep_alive = false;
  bool expects_continue = false;

  bool operator==(const HttpHead&) const = default;
};

// Where the head ends, looking only at what is new since `searched` bytes were searched before (which is
// moved on). Nothing while the end is missing; a refusal as soon as it is clear that there can be no
// good end. Whatever the pieces in which the bytes arrive, the outcome is the same.
struct HeadEnd {
  std::optional<std::size_t> at;  // behind the empty line
  std::optional<HttpRefusal> refusal;
};
HeadEnd find_head_end(std::string_view bytes, std::size_t& searched);

// Parses a whole head, empty line included, into `head`, whose memory is used again.
std::optional<HttpRefusal> parse_head(std::string_view bytes, HttpHead& head);
// The same outcome, always by Beast.
std::optional<HttpRefusal> parse_any_head(std::string_view bytes, HttpHead& head);

}  // namespace penstock
