#include "server/socket.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace penstock {
namespace {

Flow flow_of_error() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Flow::kBlocked : Flow::kBroken;
}

iovec part(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }

}  // namespace

Transfer Socket::read(std::span<char> into) {
  ssize_t size = 0;
  do {
    size = recv(descriptor_, into.data(), into.size(), MSG_DONTWAIT);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return {flow_of_error(), 0};
  return {size == 0 ? Flow::kEnded : Flow::kMoved, static_cast<std::size_t>(size)};
}

Transfer Socket::write(std::string_view bytes, std::string_view more) {
  ssize_t size = 0;
  do {
    if (more.empty()) {
      size = send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
      std::array<iovec, 2> parts{part(bytes), part(more)};
      msghdr message{};
      message.msg_iov = parts.data();
      message.msg_iovlen = parts.size();
      size = sendmsg(descriptor_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  } while (size < 0 && errno == EINTR);
  if (size < 0) return {flow_of_error(), 0};
  return {Flow::kMoved, static_cast<std::size_t>(size)};
}

Flow Socket::look() const {
  char byte = 0;
  const ssize_t size = recv(descriptor_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (size < 0) return flow_of_error();
  return size == 0 ? Flow::kEnded : Flow::kMoved;
}

void Socket::shut_sending() { shutdown(descriptor_, SHUT_WR); }

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace penstock
