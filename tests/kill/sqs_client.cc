#include "tests/kill/sqs_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace penstock {

SqsClient::~SqsClient() { disconnect(); }

void SqsClient::disconnect() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

bool SqsClient::connect_once() {
  if (socket_ >= 0) return true;
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{30, 0};
  const int yes = 1;
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return true;
  disconnect();
  return false;
}

std::optional<SqsClient::Answer> SqsClient::call(const std::string& action, const nlohmann::json& request) {
  return post("Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS." + action + "\r\n",
              request.dump());
}

std::optional<SqsClient::Answer> SqsClient::call_sns(const std::string& action, const std::string& form) {
  return post("Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n",
              "Version=2010-03-31&Action=" + action + "&" + form);
}

std::optional<SqsClient::Answer> SqsClient::post(const std::string& headers, const std::string& body) {
  if (!connect_once()) return std::nullopt;
  const std::string message = "POST / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n" +
                              headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  for (std::size_t sent = 0; sent < message.size();) {
    const ssize_t now = send(socket_, message.data() + sent, message.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) {
      disconnect();
      return std::nullopt;
    }
    sent += static_cast<std::size_t>(now);
  }
  std::string received;
  std::size_t head = std::string::npos;
  std::size_t length = 0;
  while (head == std::string::npos || received.size() < head + length) {
    char buffer[64 << 10];
    const ssize_t got = recv(socket_, buffer, sizeof(buffer), 0);
    if (got <= 0) {
      disconnect();
      return std::nullopt;
    }
    received.append(buffer, static_cast<std::size_t>(got));
    if (head != std::string::npos) continue;
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    head = end + 4;
    const std::size_t field = received.find("Content-Length: ");
    if (field < end) length = std::strtoull(received.c_str() + field + 16, nullptr, 10);
  }
  Answer answer;
  answer.status = std::atoi(received.c_str() + 9);
  if (length > 0) answer.body = nlohmann::json::parse(received.substr(head, length), nullptr, false);
  return answer;
}

}  // namespace penstock
