// HttpClient: a plain blocking socket to a loopback port, for tests: it sends what it is told, be it HTTP
// or not. Every wait ends after ten seconds, with a failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

struct HttpAnswer {
  int status = 0;
  std::string head;  // with the status line and the empty line
  std::string body;

  // The value of a header, by its name as sent; empty if there is none.
  std::string header(std::string_view name) const;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);
  // Takes over a connected socket.
  static HttpClient over(int socket) { return HttpClient(socket, 0); }
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient(const HttpClient&) = delete;

  bool connected() const { return socket_ >= 0; }
  void send(std::string_view bytes);
  // The next answer; `head_only`: without a body, whatever its length says.
  HttpAnswer answer(bool head_only = false);
  HttpAnswer exchange(std::string_view bytes) {
    send(bytes);
    return answer();
  }
  // POST of an SQS action in AWS's JSON protocol.
  HttpAnswer call(std::string_view action, std::string_view json);
  // Sends no more, still reads.
  void shut_sending();
  // Resets the connection: what is on its way is lost.
  void reset();
  void close();
  // True when the server has closed and nothing came before.
  bool ended();

 private:
  HttpClient(int socket, int) : socket_(socket) {}
  bool read_more();

  int socket_ = -1;
  std::string received_;
};

std::string json_request(std::string_view action, std::string_view json);

}  // namespace penstock
