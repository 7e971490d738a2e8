// AuditLog: who did what to which resource, one JSON line each.
//
//     {"time":"2026-03-01T12:00:00Z","caller":"arn:aws:iam::111111111111:user/alice","source":"10.0.0.7",
//      "action":"sqs:SendMessage","resource":"arn:aws:sqs:us-east-1:111111111111:mail","outcome":"allowed",
//      "request_id":"..."}
//
// The outcome is `allowed`, `denied` (by a policy, or for a signature), or `failed`, with the error's name in
// `error`. No body, attribute, handle, signature or key is ever in it; what a client chose (the names of its
// queue) is escaped and bounded by what it names.
//
// It is a file that grows to a bound; then it becomes FILE.1, what was FILE.1 becomes FILE.2, and the oldest
// goes away. A thread of its own writes it, so that requests never wait for it; lines beyond a bound of those
// that wait are counted and said to be missing, in the log and in a line of their own.
//
// note() is for any thread. Lines are on disk within a second, and all of them once it is destroyed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "auth/wall_time.h"
#include "base/mailbox.h"

namespace penstock {

struct AuditEvent {
  WallTime time{};
  std::string_view caller;  // an ARN, or "anonymous"; empty: nobody has proven who it is
  std::string_view source;  // its address
  std::string_view action;  // "sqs:SendMessage"; empty: not known
  std::string_view resource;
  std::string_view error;  // the query code; empty: allowed
  bool denied = false;
  std::string_view request_id;
};

// One line, its end included.
std::string audit_line(const AuditEvent& event);

class AuditLog {
 public:
  struct Options {
    std::string path;
    std::size_t bytes_max = 64 << 20;  // of one file
    std::size_t files_max = 5;         // the present one included
    std::size_t waiting_max = 65'536;  // lines
  };

  // Nothing is opened before start(), which says what is wrong; empty: nothing.
  explicit AuditLog(Options options);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  std::string start();
  void note(const AuditEvent& event);

 private:
  void run();
  void write(std::string_view line);
  void rotate();
  bool open();

  const Options options_;
  Mailbox<std::string> mailbox_;
  std::atomic<std::uint64_t> missing_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // Of the thread alone, once it runs.
  std::FILE* file_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace penstock
