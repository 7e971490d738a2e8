// SocketWatch: what an I/O thread waits for: its sockets, and a nudge from another thread.
//
// A socket is watched from its first moment to its last, for reading and writing, edge-triggered: that
// something became possible is told once, and costs no system call to be told again. So whoever is told
// goes on until the kernel has nothing more (or takes no more), or remembers that it stopped before. What
// may be forgotten is a socket that is closed: the kernel then forgets it too.
//
// Sockets go by a number of their owner's choosing, never by an address: a word about a socket that was
// closed a moment ago, and whose memory is gone, names nobody.
//
// One thread waits; nudge() may be called from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace penstock {

class SocketWatch {
 public:
  struct Word {
    std::uint64_t id = 0;
    bool readable = false;
    bool writable = false;
    bool ends = false;  // the peer sends no more, or the connection is broken: read to the end to see it
  };
  // Not to be chosen for a socket.
  static constexpr std::uint64_t kNudge = UINT64_MAX;

  SocketWatch();
  ~SocketWatch();
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  // False: the system has no room for it.
  [[nodiscard]] bool add(int socket, std::uint64_t id);
  // Words about sockets, at most one for each; none if the time passed or somebody nudged. They stay until
  // the next call.
  std::span<const Word> wait(std::chrono::milliseconds at_most);
  // Ends a wait, this one or the next. From any thread.
  void nudge();

 private:
  int poll_ = -1;
  int nudge_ = -1;
  std::vector<Word> words_;
};

}  // namespace penstock
