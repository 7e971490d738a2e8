// NameResolver: what addresses a host name has, found out beside the thread that wants to know.
//
// The system's resolver waits, so a few threads of its own do; they come as they are needed. A name that
// takes long keeps one of them. What is not wanted any more when its turn comes is skipped. It may go away
// while a look-up hangs: the thread behind it then ends by itself and tells nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/endpoint.h"

namespace penstock {

class NameResolver {
 public:
  static constexpr std::size_t kThreadsMax = 16;

  // In the order in which they are to be tried; none: the name has no address, or nobody could be asked.
  using Found = std::function<void(std::uint64_t id, std::vector<IpAddress>&& addresses)>;

  // `found` is called on those threads, never after the destructor has returned.
  explicit NameResolver(Found found);
  ~NameResolver();

  struct LookUp {
    std::atomic<bool> wanted{true};  // the asker may set it to false at any time
    std::atomic<bool> begun{false};  // a thread has taken it
  };
  void ask(std::uint64_t id, const std::string& host, std::shared_ptr<LookUp> look_up);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace penstock
