#include "bench/daemon.h"

#include <stdexcept>
#include <utility>

#include "bench/scripts.h"

namespace penstock {
namespace {

std::vector<std::string> arguments(const std::string& program, const std::string& data,
                                   const std::vector<std::string>& more) {
  std::vector<std::string> all{program,       "serve",  "--listen", "127.0.0.1:0", "--admin-listen",
                               "127.0.0.1:0", "--data", data,       "--log-level", "warning"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

class OneCall final : public HttpScript {
 public:
  explicit OneCall(std::string request) : request_(std::move(request)) {}
  std::string_view next(std::size_t) override {
    return std::exchange(sent_, true) ? std::string_view{} : request_;
  }
  void answered(std::size_t, const HttpAnswer& answer) override {
    status = answer.status;
    body = answer.body;
  }
  int status = 0;
  std::string body;

 private:
  std::string request_;
  bool sent_ = false;
};

}  // namespace

Daemon::Daemon(const std::string& program, const std::string& data, const std::vector<std::string>& more)
    : process_(arguments(program, data, more)) {
  const std::string ready = process_.line();
  const std::string prefix = "penstock ready: api http://127.0.0.1:";
  if (ready.rfind(prefix, 0) != 0) throw std::runtime_error("unexpected ready line: " + ready);
  port_ = static_cast<std::uint16_t>(std::stoul(ready.substr(prefix.size())));
  const std::string by_tls = ",https://127.0.0.1:";
  if (const std::size_t at = ready.find(by_tls); at != std::string::npos)
    tls_port_ = static_cast<std::uint16_t>(std::stoul(ready.substr(at + by_tls.size())));
  admin_port_ = static_cast<std::uint16_t>(std::stoul(ready.substr(ready.rfind(':') + 1)));
}

std::string Daemon::call(const std::string& action, const std::string& json) const {
  OneCall script(sqs_call(action, json));
  run_http_load(port_, 1, std::chrono::seconds(60), script);
  if (script.status != 200)
    throw std::runtime_error(action + " was answered " + std::to_string(script.status) + ": " + script.body);
  return script.body;
}

std::string Daemon::metric(const std::string& name) const {
  OneCall script("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  run_http_load(admin_port_, 1, std::chrono::seconds(60), script);
  const std::size_t line = script.body.find("\n" + name + " ");
  if (line == std::string::npos) throw std::runtime_error("there is no metric " + name);
  return script.body.substr(line + 1, script.body.find('\n', line + 1) - line - 1);
}

std::string Daemon::create_queue(const std::string& name, const std::string& attributes) const {
  const std::string json = "{\"QueueName\":\"" + name + "\",\"Attributes\":{" + attributes + "}}";
  return std::string(json_string(call("CreateQueue", json), "QueueUrl"));
}

std::uint64_t Daemon::number(const std::string& name) const {
  const std::string line = metric(name);
  return std::stoull(line.substr(line.rfind(' ') + 1));
}

}  // namespace penstock
