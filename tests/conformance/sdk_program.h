// SdkProgram: a program that performs calls by an AWS SDK, a line of JSON each way for each.
//
//     -> {"id": 7, "service": "sqs", "action": "SendMessage", "members": {...}, "key": "local", "region":
//     "us-east-1"}
//     <- {"id": 7, "members": {...}}                                a success, with AWS JSON's names
//     <- {"id": 7, "status": 400, "code": "...", "text": "..."}     a refusal; the code as AWS Query has it;
//     the status
//                                                                   if the SDK tells it
//     <- {"id": 7, "own": "..."}                                    the SDK refuses by itself and asked
//     nobody
//
// Bytes are base64. Its first line says what it is: {"protocol": "json" or "query", "sns": true or false}. It
// finds the endpoint in ENDPOINT, answers in any order, and ends when its input does.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/conformance/notation.h"

namespace penstock::conformance {

class SdkProgram {
 public:
  // Starts `command`; it dies with this process.
  SdkProgram(const std::vector<std::string>& command, const std::string& endpoint);
  ~SdkProgram();
  SdkProgram(const SdkProgram&) = delete;

  // Can be read when a line may be there.
  int reader() const { return reader_; }
  void say(const Json& line);
  // The next line of those that have been read. Nothing: none is whole yet.
  std::optional<Json> heard();
  // Reads once; false: the program has ended.
  bool read_more();

 private:
  pid_t process_ = -1;
  int writer_ = -1;
  int reader_ = -1;
  std::string unread_;
};

}  // namespace penstock::conformance
