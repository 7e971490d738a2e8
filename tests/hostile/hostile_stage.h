// HostileStage: a real daemon on a loopback port, and a queue that must outlive whatever is sent to it.
//
// The queue holds one message that is visible, one with attributes of every kind, one that is delayed and
// one that is in flight. `state` is what AWS tells of it; a case passes only if that is the same as before.
// What the messages themselves have become is looked at when the stage is taken down.
//
// The daemon has one I/O thread and looks for timeouts only when it is told to (`sweep_at`), so nothing
// here sleeps. One connection, the watcher's, is well-behaved and stays open throughout: that it goes on
// being served is part of every case.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/server.h"
#include "tests/server/http_client.h"

namespace penstock {

// What is sent on a connection of its own, and the statuses of all answers before it is closed.
struct HostileCase {
  std::string bytes;
  std::vector<int> statuses;
};

class HostileStage {
 public:
  // `family` names the cases when their number is told.
  explicit HostileStage(std::string_view family);
  ~HostileStage();

  HttpClient connect() { return HttpClient(server_->api()[0].port); }
  std::size_t open_connections() { return server_->io_thread(0).counts().connections; }

  const std::string& queue_url() const { return queue_url_; }
  // Of the message in flight.
  const std::string& receipt_handle() const { return receipt_handle_; }

  // All answers to these bytes, when nothing more is sent after them.
  std::vector<HttpAnswer> answers_to(std::string_view bytes);
  // The answers have these statuses, those from 400 on are AWS's error documents, the connection is closed,
  // and the queue is what it was.
  void expect(const HostileCase& one, std::string_view what = {});
  // One answer, which refuses; the connection may live on.
  void expect_refused(std::string_view bytes, std::string_view what = {});
  // The queue is what it was, and the daemon tells so. Counts a case.
  void expect_intact(std::string_view what);

  // Every byte that was sent before on any connection has been read by the daemon when this returns.
  void let_read();
  // The time at which the daemon looks for what takes too long.
  void sweep_at(std::int64_t second);

  std::size_t cases() const { return cases_; }

 private:
  std::string state();
  void expect_messages();

  const std::string family_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<HttpClient> watcher_;
  std::string queue_url_;
  std::string receipt_handle_;
  std::string state_;
  std::size_t cases_ = 0;
};

// "200 400 closed": what a connection's answers amount to.
std::string described(const std::vector<HttpAnswer>& answers);
// The bytes as a test's failure can show them: escaped, and cut when there are many.
std::string shown(std::string_view bytes);

// A request with these header lines (each with its CR LF) beside Host, and with this behind the head.
std::string post_with(std::string_view header_lines, std::string_view behind = {});
std::string repeated(std::string_view piece, std::size_t times);

}  // namespace penstock
