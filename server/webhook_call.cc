#include "server/webhook_call.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "protocol/text.h"
#include "server/client_tls.h"

namespace penstock {
namespace {

constexpr std::size_t kHeadMax = 16 << 10;
constexpr std::size_t kLingerMax = 64 << 10;

// A non-blocking socket that is connecting; negative: it can't.
int begin_connecting(const IpAddress& address, std::uint16_t port) {
  const bool v4 = is_v4(address);
  const int socket = ::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return -1;
  int result = 0;
  if (v4) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    std::copy(address.begin() + 12, address.end(), reinterpret_cast<std::uint8_t*>(&to.sin_addr));
    result = connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  } else {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    std::copy(address.begin(), address.end(), std::begin(to.sin6_addr.s6_addr));
    result = connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }
  if (result == 0 || errno == EINPROGRESS) return socket;
  ::close(socket);
  return -1;
}

// "HTTP/1.1 200 ..."
int status_of(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 12 || head[8] != ' ') return 0;
  int status = 0;
  for (std::size_t at = 9; at < 12; ++at) {
    if (head[at] < '0' || head[at] > '9') return 0;
    status = status * 10 + (head[at] - '0');
  }
  return status >= 100 && status < 600 ? status : 0;
}

std::vector<std::string> challenges_in(std::string_view head) {
  constexpr std::string_view kName = "www-authenticate:";
  std::vector<std::string> challenges;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (!starts_with_without_case(line, kName)) continue;
    line.remove_prefix(kName.size());
    while (line.starts_with(' ')) line.remove_prefix(1);
    if (challenges.size() < 8) challenges.emplace_back(line);
  }
  return challenges;
}

}  // namespace

WebhookCall::WebhookCall(Target target, std::string request, SocketWatch& watch, std::uint64_t id)
    : target_(std::move(target)), request_(std::move(request)), watch_(watch), id_(id) {}

bool WebhookCall::fail(std::string why) {
  answer_.status = 0;
  answer_.why = std::move(why);
  return true;
}

bool WebhookCall::begin() { return connect_next(); }

bool WebhookCall::connect_next() {
  while (next_address_ < target_.addresses.size()) {
    const int socket = begin_connecting(target_.addresses[next_address_++], target_.port);
    if (socket < 0) continue;
    tls_.reset();
    socket_.emplace(socket);
    connecting_ = true;
    if (!watch_.add(socket, id_)) return fail("no room for a connection");
    return false;
  }
  return fail("no connection");
}

bool WebhookCall::connected() {
  connecting_ = false;
  if (target_.tls == nullptr) return true;
  SSL* const ssl = begin_client_tls(target_.tls, target_.host, target_.host_is_address);
  tls_ = std::make_unique<TlsStream>(ssl, socket_->descriptor(), TlsSide::kClient);
  return ssl != nullptr;
}

bool WebhookCall::go_on() {
  if (connecting_) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_->descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return connect_next();
    sockaddr_storage peer{};
    size = sizeof peer;
    // Not yet: a word that came too early.
    if (getpeername(socket_->descriptor(), reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
    if (!connected()) return fail("no memory for TLS");
  }
  return exchange();
}

bool WebhookCall::exchange() {
  while (sent_ < request_.size()) {
    const std::string_view rest = std::string_view(request_).substr(sent_);
    const Transfer sent = tls_ ? tls_->write(rest, {}) : socket_->write(rest);
    if (sent.flow != Flow::kMoved || sent.bytes == 0) {
      // The receiver may have answered before it has read all.
      if (sent.flow == Flow::kBroken && tls_ && received_.empty()) {
        return fail("the connection broke; by TLS: is its certificate one to trust?");
      }
      break;
    }
    sent_ += sent.bytes;
  }
  std::array<char, 16 << 10> bytes;
  while (true) {
    const Transfer read = tls_ ? tls_->read(bytes) : socket_->read(bytes);
    if (read.flow == Flow::kBlocked) return false;
    if (read.flow != Flow::kMoved || read.bytes == 0) return fail("the connection ended without an answer");
    received_.append(bytes.data(), read.bytes);
    received_bytes_ += read.bytes;
    if (take_head()) return true;
    // Interim answers count, or somebody who sends nothing else would keep the thread to himself.
    if (received_bytes_ > kHeadMax) return fail("the head of the answer is too long");
  }
}

bool WebhookCall::take_head() {
  while (true) {
    const std::size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::string_view head = std::string_view(received_).substr(0, end);
    const int status = status_of(head);
    if (status == 0) return fail("the answer is no HTTP");
    if (status >= 200) {
      answer_.status = status;
      if (status == 401) answer_.challenges = challenges_in(head);
      received_.clear();
      return true;
    }
    received_.erase(0, end + 4);  // the real one is still to come
  }
}

bool WebhookCall::linger() {
  if (!socket_) return true;
  std::array<char, 16 << 10> bytes;
  while (lingered_ < kLingerMax) {
    const Transfer read = tls_ ? tls_->read(bytes) : socket_->read(bytes);
    if (read.flow == Flow::kBlocked) return false;
    if (read.flow != Flow::kMoved || read.bytes == 0) return true;
    lingered_ += read.bytes;
  }
  return true;
}

}  // namespace penstock
