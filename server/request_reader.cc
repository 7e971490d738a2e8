#include "server/request_reader.h"

namespace penstock {
namespace {

// Memory above this is given back when a request is finished.
constexpr std::size_t kKeptBytesMax = 16 << 10;

}  // namespace

void RequestReader::take(std::string_view arrived) {
  if (!keeps_) {
    arrived_ = arrived;
    return;
  }
  if (used_ > 0) {
    kept_.erase(0, used_);
    used_ = 0;
  }
  kept_.append(arrived);
}

void RequestReader::settle() {
  if (keeps_) {
    if (used_ == kept_.size()) {
      kept_ = {};
      used_ = 0;
      keeps_ = false;
    }
    return;
  }
  if (!arrived_.empty()) {
    kept_.assign(arrived_);
    used_ = 0;
    keeps_ = true;
  }
  arrived_ = {};
}

RequestReader::Stage RequestReader::advance() {
  bool further = true;
  while (further) {
    switch (stage_) {
      case Stage::kIdle:
        further = !source().empty();
        if (further) stage_ = Stage::kHead;
        break;
      case Stage::kHead:
        further = advance_head();
        break;
      case Stage::kBody:
        further = advance_body();
        break;
      case Stage::kComplete:
      case Stage::kRefused:
        further = false;
        break;
    }
  }
  return stage_;
}

bool RequestReader::advance_head() {
  const std::string_view bytes = source();
  const HeadEnd end = find_head_end(bytes, searched_);
  if (end.refusal) {
    refuse(*end.refusal);
    return false;
  }
  if (!end.at) return false;
  head_size_ = *end.at;
  if (const auto refusal = parse_head(bytes.substr(0, head_size_), head_)) {
    refuse(*refusal);
    return false;
  }
  if (head_.content_length > body_bytes_max_) {
    refuse({413, "The request's body is too large."});
    return false;
  }
  continue_owed_ = head_.expects_continue;
  stage_ = Stage::kBody;
  return true;
}

bool RequestReader::advance_body() {
  const std::string_view behind = source().substr(head_size_);
  if (!behind.empty()) continue_owed_ = false;
  if (!head_.chunked) {
    if (behind.size() < head_.content_length) return false;
    stage_ = Stage::kComplete;
    return true;
  }
  const ChunkedBody::Taken taken = chunks_.take(behind, body_);
  raw_body_ += taken.consumed;
  if (taken.refusal) {
    refuse(*taken.refusal);
    return false;
  }
  if (chunks_.done()) {
    // The head is used up with finish(); what was decoded goes now, so that the next request follows it.
    stage_ = Stage::kComplete;
  }
  if (taken.consumed > 0) {
    if (!keeps_) {
      kept_.assign(arrived_);
      arrived_ = {};
      used_ = 0;
      keeps_ = true;
    }
    kept_.erase(used_ + head_size_, taken.consumed);
  }
  return stage_ == Stage::kComplete;
}

void RequestReader::refuse(const HttpRefusal& refusal) {
  refusal_ = refusal;
  stage_ = Stage::kRefused;
  arrived_ = {};
  kept_ = {};
  body_ = {};
  used_ = 0;
  keeps_ = false;
}

bool RequestReader::take_continue() {
  const bool owed = continue_owed_ && stage_ == Stage::kBody;
  if (owed) continue_owed_ = false;
  return owed;
}

void RequestReader::describe(ApiRequest& request) const {
  const std::string_view bytes = source();
  request.method = head_.method.in(bytes);
  request.target = head_.target.in(bytes);
  request.headers.clear();
  for (const HttpHead::Field& field : head_.fields) {
    request.headers.emplace_back(field.name.in(bytes), field.value.in(bytes));
  }
  request.body = head_.chunked ? std::string_view(body_)
                               : bytes.substr(head_size_, static_cast<std::size_t>(head_.content_length));
}

void RequestReader::use_up(std::size_t size) {
  if (keeps_) {
    used_ += size;
  } else {
    arrived_.remove_prefix(size);
  }
}

void RequestReader::finish() {
  use_up(head_size_ + (head_.chunked ? 0 : static_cast<std::size_t>(head_.content_length)));
  stage_ = Stage::kIdle;
  searched_ = head_size_ = raw_body_ = 0;
  continue_owed_ = false;
  chunks_ = ChunkedBody(body_bytes_max_);
  body_.clear();
  if (body_.capacity() > kKeptBytesMax) body_ = {};
  if (keeps_ && kept_.capacity() > kKeptBytesMax && used_ > 0) {
    kept_ = kept_.substr(used_);
    used_ = 0;
    kept_.shrink_to_fit();
  }
}

std::size_t RequestReader::body_received() const {
  if (stage_ != Stage::kBody) return 0;
  return raw_body_ + source().size() - head_size_;
}

}  // namespace penstock
