// RequestReader: from the bytes of a connection to one request after the other.
//
//     idle --first byte--> head --empty line--> body --last byte--> complete --finish()--> idle
//
// Bytes arrive in a buffer that its owner shares between connections (`take`); what of them is not used
// up must be copied before the buffer is used again (`settle`). So a request that arrives in one piece is
// parsed where it was read, and a connection without unfinished bytes holds no buffer.
//
// A refused connection stays refused. One thread owns it; it knows no socket and no clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/api_message.h"
#include "server/chunked_body.h"
#include "server/http_bounds.h"
#include "server/http_head.h"

namespace penstock {

class RequestReader {
 public:
  enum class Stage { kIdle, kHead, kBody, kComplete, kRefused };

  explicit RequestReader(std::uint64_t body_bytes_max = kBodyBytesMax)
      : body_bytes_max_(body_bytes_max), chunks_(body_bytes_max) {}

  // `arrived` must stay where it is until settle(). To be called only when the bytes of the call before
  // are settled.
  void take(std::string_view arrived);
  // Goes as far as the bytes allow; to be called again after take() and after finish().
  Stage advance();
  void settle();

  Stage stage() const { return stage_; }
  const HttpRefusal& refusal() const { return refusal_; }

  // True once for a request that waits with its body until it is told to go on.
  bool take_continue();
  const HttpHead& head() const { return head_; }
  // The complete request, until finish(). Only looks at bytes of this reader or of the shared buffer.
  void describe(ApiRequest& request) const;
  // The complete request is done with.
  void finish();

  // Bytes that are there and not used up, and how many came for the body so far.
  std::size_t buffered() const { return source().size() + body_.size(); }
  std::size_t body_received() const;
  // Memory that it holds for itself.
  std::size_t memory_bytes() const { return kept_.capacity() + body_.capacity(); }

 private:
  std::string_view source() const { return keeps_ ? std::string_view(kept_).substr(used_) : arrived_; }
  void refuse(const HttpRefusal& refusal);
  bool advance_head();
  bool advance_body();
  void use_up(std::size_t size);

  const std::uint64_t body_bytes_max_;
  std::string_view arrived_;  // in the shared buffer, while nothing is kept
  std::string kept_;          // copied; from used_ on it is the source
  std::size_t used_ = 0;
  bool keeps_ = false;

  Stage stage_ = Stage::kIdle;
  HttpRefusal refusal_;
  HttpHead head_;
  std::size_t searched_ = 0;  // of the head
  std::size_t head_size_ = 0;
  ChunkedBody chunks_;
  std::string body_;          // of a chunked request; else the body lies behind the head
  std::size_t raw_body_ = 0;  // bytes of the chunked coding used up so far
  bool continue_owed_ = false;
};

}  // namespace penstock
