#include "bench/http_answer.h"

#include <algorithm>
#include <charconv>

namespace penstock {
namespace {

constexpr std::size_t kHeadBytesMax = 64 << 10;

bool same_word(std::string_view text, std::string_view lower_case) {
  return text.size() == lower_case.size() &&
         std::equal(text.begin(), text.end(), lower_case.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
         });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

char* AnswerReader::room(std::size_t bytes) {
  if (buffer_.size() - size_ < bytes) buffer_.resize(std::max(buffer_.size() * 2, size_ + bytes));
  return buffer_.data() + size_;
}

AnswerReader::State AnswerReader::read() {
  if (head_ == 0) {
    if (const State state = read_head(); state != State::kComplete) return state;
  }
  switch (kind_) {
    case Body::kLength:
      end_ = head_ + length_;
      if (size_ < end_) return State::kPartial;
      answer_.body = bytes().substr(head_, length_);
      return State::kComplete;
    case Body::kUntilEnd:
      if (!ended_) return State::kPartial;
      end_ = size_;
      answer_.body = bytes().substr(head_);
      return State::kComplete;
    case Body::kChunks:
      return read_chunks();
  }
  return State::kNotHttp;
}

AnswerReader::State AnswerReader::read_head() {
  const std::size_t end = bytes().find("\r\n\r\n");
  if (end == std::string_view::npos) return size_ > kHeadBytesMax ? State::kNotHttp : State::kPartial;
  const std::string_view head = bytes().substr(0, end + 2);
  if (head.size() < 14 || (head.substr(0, 9) != "HTTP/1.1 " && head.substr(0, 9) != "HTTP/1.0 ")) {
    return State::kNotHttp;
  }
  if (std::from_chars(head.data() + 9, head.data() + 12, answer_.status).ec != std::errc{}) {
    return State::kNotHttp;
  }
  closes_ = head[7] == '0';
  kind_ = answer_.status == 204 || answer_.status == 304 ? Body::kLength : Body::kUntilEnd;
  length_ = 0;
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t line_end = head.find("\r\n", line);
    const std::string_view text = head.substr(line, line_end - line);
    line = line_end + 2;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return State::kNotHttp;
    const std::string_view name = text.substr(0, colon);
    const std::string_view value = trimmed(text.substr(colon + 1));
    if (same_word(name, "content-length")) {
      if (std::from_chars(value.data(), value.data() + value.size(), length_).ec != std::errc{}) {
        return State::kNotHttp;
      }
      if (kind_ == Body::kUntilEnd) kind_ = Body::kLength;
    } else if (same_word(name, "transfer-encoding") && same_word(value, "chunked")) {
      kind_ = Body::kChunks;
    } else if (same_word(name, "connection")) {
      closes_ = same_word(value, "close");
    }
  }
  if (kind_ == Body::kUntilEnd) closes_ = true;
  head_ = chunk_at_ = end + 4;
  decoded_.clear();
  return State::kComplete;
}

AnswerReader::State AnswerReader::read_chunks() {
  for (;;) {
    const std::size_t line_end = bytes().find("\r\n", chunk_at_);
    if (line_end == std::string_view::npos) return State::kPartial;
    std::size_t size = 0;
    const std::string_view line = bytes().substr(chunk_at_, line_end - chunk_at_);
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc{} || size > (std::size_t{1} << 30)) return State::kNotHttp;
    if (size == 0) {
      // Trailers, and the empty line behind them.
      const std::size_t done = bytes().find("\r\n\r\n", line_end);
      if (done == std::string_view::npos) return State::kPartial;
      end_ = done + 4;
      answer_.body = decoded_;
      return State::kComplete;
    }
    if (size_ < line_end + 2 + size + 2) return State::kPartial;
    decoded_.append(bytes().substr(line_end + 2, size));
    chunk_at_ = line_end + 2 + size + 2;
  }
}

void AnswerReader::finish() {
  if (end_ < size_) {
    buffer_.erase(0, end_);
    size_ -= end_;
  } else {
    size_ = 0;
  }
  head_ = end_ = 0;
}

void AnswerReader::begin_anew() {
  size_ = head_ = end_ = 0;
  ended_ = closes_ = false;
}

}  // namespace penstock
