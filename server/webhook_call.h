// WebhookCall: one HTTP exchange with a receiver, from the connection to the status of its answer.
//
//     connecting --> sending, receiving --> answered --> lingering (what the receiver still says is dropped)
//         | refused: the next address
//
// It connects to exactly the addresses that it was given. It follows no redirect, decodes nothing, and keeps
// no more than the head of the answer. One thread owns it; nothing here waits.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/endpoint.h"
#include "server/socket.h"
#include "server/socket_watch.h"
#include "server/tls_stream.h"

namespace penstock {

class WebhookCall {
 public:
  struct Target {
    std::vector<IpAddress> addresses;  // tried in this order
    std::uint16_t port = 0;
    std::string host;  // whose certificate is wanted
    bool host_is_address = false;
    SSL_CTX* tls = nullptr;  // null: plain HTTP
  };
  struct Answer {
    int status = 0;                       // 0: there was none
    std::vector<std::string> challenges;  // WWW-Authenticate
    std::string why;                      // of status 0
  };

  WebhookCall(Target target, std::string request, SocketWatch& watch, std::uint64_t id);

  // Begins, or goes on after a word about its socket. True once it has an answer.
  bool begin();
  bool go_on();
  const Answer& answer() const { return answer_; }

  // No address has taken the connection yet, and so many are left to be tried.
  bool connecting() const { return connecting_; }
  std::size_t addresses_left() const { return target_.addresses.size() - next_address_; }
  // Gives the one up that is being tried. True once it has an answer.
  bool connect_elsewhere() { return connect_next(); }

  // After its answer: reads on. True once the receiver has ended the connection or has said too much.
  bool linger();

 private:
  bool connect_next();
  bool connected();
  bool exchange();
  bool take_head();
  bool fail(std::string why);

  Target target_;
  std::string request_;
  SocketWatch& watch_;
  const std::uint64_t id_;
  std::size_t next_address_ = 0;
  std::optional<Socket> socket_;
  std::unique_ptr<TlsStream> tls_;
  bool connecting_ = false;
  std::size_t sent_ = 0;
  std::string received_;
  std::size_t received_bytes_ = 0;  // by all connections of this exchange
  std::size_t lingered_ = 0;
  Answer answer_;
};

}  // namespace penstock
