// Socket: the descriptor of one connection, closed with its owner. Nothing here ever waits.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace penstock {

// What became of an attempt to move bytes.
enum class Flow {
  kMoved,    // some bytes, at least one (none if none were offered)
  kBlocked,  // not now: the kernel has none, or takes none
  kEnded,    // the peer sends no more
  kBroken,   // the connection is gone
};

struct Transfer {
  Flow flow = Flow::kBlocked;
  std::size_t bytes = 0;
};

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;

  int descriptor() const { return descriptor_; }

  Transfer read(std::span<char> into);
  // One after the other, as if they were one.
  Transfer write(std::string_view bytes, std::string_view more = {});
  // What a read would find now, without taking anything.
  Flow look() const;
  void shut_sending();
  void close();

 private:
  int descriptor_;
};

}  // namespace penstock
