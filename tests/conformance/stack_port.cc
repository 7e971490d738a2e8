#include "tests/conformance/stack_port.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

namespace penstock::conformance {
namespace {

constexpr std::uint64_t kBodyMax = 64 << 20;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

StackPort::StackPort() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const as_socket = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, as_socket, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, as_socket, &size) != 0) {
    throw std::runtime_error("no port on loopback");
  }
  port_ = ntohs(address.sin_port);
}

StackPort::~StackPort() {
  for (const Connection& connection : connections_) ::close(connection.socket);
  ::close(listener_);
}

std::string StackPort::address() const { return "http://127.0.0.1:" + std::to_string(port_); }

void StackPort::leave() {
  stack_ = nullptr;
  statuses_.clear();
  connections_.remove_if([](const Connection& connection) {
    if (connection.request == 0) return false;
    ::close(connection.socket);
    return true;
  });
}

bool StackPort::waits(std::uint64_t request) const {
  for (const Connection& connection : connections_) {
    if (connection.request == request) return true;
  }
  return false;
}

bool StackPort::readable(int reader) {
  pollfd watched{reader, POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

bool StackPort::serve(int reader, std::chrono::milliseconds longest) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (true) {
    deliver();
    std::vector<pollfd> watched{{reader, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const Connection& connection : connections_) watched.push_back({connection.socket, POLLIN, 0});
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0 || poll(watched.data(), watched.size(), static_cast<int>(left.count())) <= 0)
      return false;
    bool waits = false;
    std::size_t at = 2;
    for (auto connection = connections_.begin(); connection != connections_.end(); ++at) {
      if (watched[at].revents == 0 || read_from(*connection, waits)) {
        ++connection;
        continue;
      }
      ::close(connection->socket);
      connection = connections_.erase(connection);
    }
    if (watched[1].revents != 0) accept_one();
    if (waits || watched[0].revents != 0) return true;
  }
}

void StackPort::deliver() {
  for (Connection& connection : connections_) {
    if (connection.request == 0) continue;
    const ApiResponse* response = stack_->answer(connection.in_stack);
    if (response == nullptr) continue;
    send(connection, std::exchange(connection.request, 0), *response);
  }
}

void StackPort::accept_one() {
  const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket >= 0) connections_.emplace_back().socket = socket;
}

bool StackPort::read_from(Connection& connection, bool& waits) {
  char buffer[65536];
  const ssize_t size = recv(connection.socket, buffer, sizeof buffer, 0);
  if (size <= 0) return false;
  connection.unread.append(buffer, static_cast<std::size_t>(size));
  while (!connection.unread.empty()) {
    if (!connection.parser) {
      connection.parser.emplace();
      connection.parser->eager(true);
      connection.parser->body_limit(kBodyMax);
    }
    boost::beast::error_code error;
    const std::size_t taken = connection.parser->put(boost::asio::buffer(connection.unread), error);
    connection.unread.erase(0, taken);
    if (error == boost::beast::http::error::need_more) return true;
    if (error) return false;
    if (!connection.parser->is_done()) {
      if (taken == 0) return true;
      continue;
    }
    if (take_request(connection)) waits = true;
  }
  return true;
}

// True: it waits.
bool StackPort::take_request(Connection& connection) {
  const auto message = connection.parser->release();
  connection.parser.reset();
  ApiRequest request{.method = view(message.method_string()),
                     .target = view(message.target()),
                     .headers = {},
                     .body = message.body()};
  for (const auto& field : message)
    request.headers.emplace_back(view(field.name_string()), view(field.value()));
  ++arrived_;
  const std::uint64_t number = stack_->send(request);
  if (const ApiResponse* response = stack_->answer(number)) {
    send(connection, arrived_, *response);
    return false;
  }
  connection.request = arrived_;
  connection.in_stack = number;
  return true;
}

int StackPort::status_of(std::uint64_t request) const {
  const auto found = statuses_.find(request);
  return found == statuses_.end() ? 0 : found->second;
}

void StackPort::send(Connection& connection, std::uint64_t request, const ApiResponse& response) {
  statuses_[request] = response.status;
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " Answer\r\n";
  if (!response.content_type.empty()) text.append("Content-Type: ").append(response.content_type).append("\r\n");
  for (const auto& [name, value] : response.headers)
    text.append(name).append(": ").append(value).append("\r\n");
  // The command line makes a connection for each call and keeps them all.
  text += "Connection: close\r\nContent-Length: " + std::to_string(response.body.size()) + "\r\n\r\n" +
          response.body;
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t size = ::send(connection.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size <= 0) return;  // it is read from once more, and found to be over
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace penstock::conformance
