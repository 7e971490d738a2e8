#include "server/health.h"

#include "server/version.h"

namespace penstock {
namespace {

ApiResponse json(int status, std::string body) {
  ApiResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

std::string status_body(std::string_view status) {
  return R"({"status":")" + std::string(status) + R"(","version":")" + std::string(version()) + R"("})";
}

}  // namespace

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::optional<ApiResponse> answer_health(const ApiRequest& request, bool ready) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view path = path_of(request.target);
  if (path == "/health/live") return json(200, status_body("live"));
  if (path == "/health" || path == "/health/ready") {
    return json(ready ? 200 : 503, status_body(ready ? "ready" : "starting"));
  }
  if (path == "/_localstack/health") {
    return json(ready ? 200 : 503, R"({"services":{"sqs":")" + std::string(ready ? "running" : "starting") +
                                       R"("},"version":")" + std::string(version()) + R"("})");
  }
  return std::nullopt;
}

}  // namespace penstock
