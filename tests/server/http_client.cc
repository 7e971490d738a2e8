#include "tests/server/http_client.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "tests/server/answer_text.h"

namespace penstock {
namespace {

void limit_waits(int socket) {
  const timeval limit{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

std::string HttpAnswer::header(std::string_view name) const {
  const std::string line = "\r\n" + std::string(name) + ": ";
  const std::size_t at = head.find(line);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + line.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  limit_waits(socket_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

HttpClient::~HttpClient() { close(); }

HttpClient::HttpClient(HttpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {
  limit_waits(socket_);
}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return;  // the server closed; its answer tells
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

bool HttpClient::read_more() {
  char buffer[65536];
  const ssize_t size = recv(socket_, buffer, sizeof buffer, 0);
  if (size <= 0) {
    EXPECT_FALSE(size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) << "nothing came for ten seconds";
    return false;
  }
  received_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

HttpAnswer HttpClient::answer(bool head_only) {
  return take_answer(received_, head_only, [this] { return read_more(); });
}

HttpAnswer HttpClient::call(std::string_view action, std::string_view json) {
  return exchange(json_request(action, json));
}

void HttpClient::shut_sending() { shutdown(socket_, SHUT_WR); }

void HttpClient::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void HttpClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool HttpClient::ended() { return received_.empty() && !read_more(); }

std::string json_request(std::string_view action, std::string_view json) {
  return "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.0\r\n"
         "X-Amz-Target: AmazonSQS." +
         std::string(action) + "\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" +
         std::string(json);
}

}  // namespace penstock
