#include "server/socket_watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/require.h"

namespace penstock {
namespace {

// Words of one wait. Each of them is some ten microseconds of work, so more would keep replies waiting.
constexpr int kWordsMax = 128;
constexpr std::chrono::milliseconds kWaitMax = std::chrono::hours(1);

}  // namespace

SocketWatch::SocketWatch()
    : poll_(epoll_create1(EPOLL_CLOEXEC)), nudge_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  require(poll_ >= 0 && nudge_ >= 0, "an I/O thread has the two descriptors that it begins with");
  // Edge-triggered: each write to it is told once, and it never needs to be read.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = kNudge;
  require(epoll_ctl(poll_, EPOLL_CTL_ADD, nudge_, &event) == 0, "a nudge can be watched for");
  words_.reserve(kWordsMax);
}

SocketWatch::~SocketWatch() {
  ::close(nudge_);
  ::close(poll_);
}

bool SocketWatch::add(int socket, std::uint64_t id) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = id;
  return epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event) == 0;
}

std::span<const SocketWatch::Word> SocketWatch::wait(std::chrono::milliseconds at_most) {
  words_.clear();
  std::array<epoll_event, kWordsMax> events;
  const auto milliseconds =
      static_cast<int>(std::clamp(at_most, std::chrono::milliseconds{0}, kWaitMax).count());
  const int count = epoll_wait(poll_, events.data(), kWordsMax, milliseconds);
  require(count >= 0 || errno == EINTR, "sockets can be waited for");
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == kNudge) continue;
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
    words_.push_back({event.data.u64, broken || (event.events & EPOLLIN) != 0,
                      broken || (event.events & EPOLLOUT) != 0, broken || (event.events & EPOLLRDHUP) != 0});
  }
  return words_;
}

void SocketWatch::nudge() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(nudge_, &one, sizeof one);
}

}  // namespace penstock
