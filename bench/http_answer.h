// AnswerReader: the bytes that a server sends on one connection, answer by answer.
//
// It takes what HTTP/1.1 servers send: a length, chunks, or a body that ends with the connection.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock {

struct HttpAnswer {
  int status = 0;
  std::string_view body;
};

class AnswerReader {
 public:
  enum class State { kPartial, kComplete, kNotHttp };

  // Where the next bytes may be written, at least `bytes` of them; `arrived` says how many were.
  char* room(std::size_t bytes);
  void arrived(std::size_t bytes) { size_ += bytes; }
  // The connection ended: a body without a length ends with it.
  void ended() { ended_ = true; }

  // Looks at what has arrived. When complete, `answer` says what it is, until finish().
  State read();
  const HttpAnswer& answer() const { return answer_; }
  // True: the server closes the connection behind this answer.
  bool closes() const { return closes_; }
  // The complete answer is done with.
  void finish();
  // The connection is another one.
  void begin_anew();

 private:
  enum class Body { kLength, kChunks, kUntilEnd };

  std::string_view bytes() const { return std::string_view(buffer_).substr(0, size_); }
  State read_head();
  State read_chunks();

  std::string buffer_;
  std::size_t size_ = 0;  // of the buffer, what has arrived
  bool ended_ = false;

  std::size_t head_ = 0;  // 0: its end has not been found
  std::size_t end_ = 0;   // of the whole answer, once complete
  Body kind_ = Body::kLength;
  std::size_t length_ = 0;
  std::size_t chunk_at_ = 0;
  std::string decoded_;
  bool closes_ = false;
  HttpAnswer answer_;
};

}  // namespace penstock
