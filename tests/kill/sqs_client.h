// SqsClient: one blocking keep-alive connection that speaks AWS JSON 1.0, and to topics the form of AWS Query
// with an answer in JSON.
//
// When the connection breaks before the whole answer came, the call has no answer: whether it was carried
// out is in doubt, and that is exactly what this ring is about.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace penstock {

class SqsClient {
 public:
  explicit SqsClient(std::uint16_t port) : port_(port) {}
  ~SqsClient();
  SqsClient(const SqsClient&) = delete;
  SqsClient& operator=(const SqsClient&) = delete;

  struct Answer {
    int status = 0;
    nlohmann::json body;  // null when empty
  };
  // Nothing if no whole answer came.
  std::optional<Answer> call(const std::string& action, const nlohmann::json& request);
  // Values are letters, digits and what needs no escape in a form.
  std::optional<Answer> call_sns(const std::string& action, const std::string& form);

 private:
  std::optional<Answer> post(const std::string& headers, const std::string& body);
  bool connect_once();
  void disconnect();

  std::uint16_t port_;
  int socket_ = -1;
};

}  // namespace penstock
